"""The letters that tell applicants when their answer is due: receipts, delays, and that work resumes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, Language
from workbench.domain.finding import Finding
from workbench.domain.forecast.faster import asked_in_letters
from workbench.domain.letter_dates import letter_day, letter_instant
from workbench.domain.policy import ForecastPolicy, Policy, Supplier
from workbench.services.letters import ComposedLetter, environment, signature

if TYPE_CHECKING:
    from workbench.domain.forecast.told import CaseForecast


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
    then the due date is the one so far, as it is where `is_late` says that it is past or will not be kept. `cause` is
    what staff wrote for the applicant, empty for a delay by volume. `expected` is the sentence of the forecast, empty
    where none is told; `tells_due` says whether the due date is told. `asked` is what the applicant can do to make it
    faster, a line each.
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
    expected: str = ""
    tells_due: bool = True
    asked: str = ""
    supplier: Supplier
    written_at: datetime
    zone: str

    @property
    def is_open(self) -> bool:
        """Whether work is suspended and nobody knows until when."""
        return self.stopped_at is not None


def time_told(forecast: "CaseForecast | None", policy: ForecastPolicy, language: Language) -> tuple[str, bool]:
    """Return what a letter says of time as the policy has it: the sentence of the forecast, and whether the due date.

    Where there is no forecast to tell, it is the due date.
    """
    if forecast is None or not policy.is_told:
        return "", True
    # What it leans on takes longer to import than the first frame may.
    from workbench.domain.forecast.told_words import letter_sentence

    return letter_sentence(forecast, language), policy.tells_promise


def asked_lines(findings: Iterable[Finding], policy: Policy, language: Language) -> str:
    """Return what the applicant can do to make it faster, in the applicant's language, a numbered line each."""
    found = asked_in_letters(findings, policy, language.value)
    return "\n".join(
        f"{number}. {noticed}可先提交或整改：{item}。"
        if language is Language.ZH
        else f"{number}. {noticed} It helps to hand in or mend: {item}."
        for number, (noticed, item) in enumerate(found, start=1)
    )


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
