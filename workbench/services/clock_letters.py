"""The letters that tell applicants when their answer is due: receipts, delays, and that work resumes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, Language
from workbench.domain.letter_dates import letter_day, letter_instant
from workbench.domain.policy import Supplier
from workbench.services.letters import ComposedLetter, environment, signature


class ClockLetterKind(StrEnum):
    """What such a letter tells; the kind of its notice."""

    RECEIPT = "receipt"
    DELAY = "delay"
    RESUMED = "resumed"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLetter:
    """What a letter about a due date tells.

    `due_at` is the new due date, of DEADLINE that of the rectification. `stopped_at` is when an open suspension began:
    then the due date is the one so far, as it is where `is_late` says that it is past. `cause` is what staff wrote
    for the applicant, empty for a delay by volume.
    """

    kind: ClockLetterKind
    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str
    case_no: str
    application_no: str
    due_at: datetime
    is_provisional: bool = False
    stopped_at: datetime | None = None
    is_late: bool = False
    cause: str = ""
    supplier: Supplier
    written_at: datetime
    zone: str

    @property
    def is_open(self) -> bool:
        """Whether work is suspended and nobody knows until when."""
        return self.stopped_at is not None


def compose_clock_letter(letter: ClockLetter) -> ComposedLetter:
    """Return the letter as it is stored and sent, in the applicant's language."""
    context: Mapping[str, object] = {
        "letter": letter,
        "supplier": signature(letter.supplier, letter.language),
        "instant": partial(letter_instant, zone=letter.zone, language=letter.language),
        "written_day": letter_day(letter.written_at.astimezone(ZoneInfo(letter.zone)).date(), letter.language),
    }
    subject, body = (
        environment().get_template(f"{part}.{letter.language}.jinja").render(context).strip()
        for part in ("clock_subject", "clock")
    )
    return ComposedLetter(subject=subject, body=body)
