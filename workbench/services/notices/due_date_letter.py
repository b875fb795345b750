"""The letters that tell applicants when their answer is due: receipts, delays, and that work resumes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, Language
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import ForecastPolicy, Policy, Supplier
from workbench.services.notices.verdict_letter import ComposedLetter, environment, signature
from workbench.wording.letter_dates import letter_day, letter_instant
from workbench.wording.what_would_help import findings_in_letters

if TYPE_CHECKING:
    from workbench.domain.forecast.result import CaseForecast


class ClockLetterKind(StrEnum):
    """What such a letter tells; the kind of its notice."""

    RECEIPT = "receipt"
    DELAY = "delay"
    RESUMED = "resumed"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLetter:
    """What a letter about a due date tells.

    `due_at` is the new due date, of DEADLINE that of the rectification. `stopped_at` is when an open suspension began
    or begins: if the case was not due by then, the due date is the one so far, as it is where it is past when the
    letter is written, or `is_late` says that it will not be kept. `is_called_off` says that a suspension that was
    announced takes no time. `cause` is what the applicant is told of why, empty for a delay by volume, or for one by
    others who owe information where `awaits_others`. `is_with_applicant` says that the review waits for what the
    applicant was asked for, `was_promised` that a date was told before. `expected` is the sentence of the forecast,
    empty where none is told; `tells_due` says whether the due date is told. `asked` is what the applicant can do to
    make it faster, a line each.
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
    is_called_off: bool = False
    is_with_applicant: bool = False
    awaits_others: bool = False
    was_promised: bool = True
    cause: str = ""
    expected: str = ""
    tells_due: bool = True
    asked: str = ""
    supplier: Supplier
    written_at: datetime
    zone: str

    @property
    def is_open(self) -> bool:
        """Whether a suspension of which nobody knows the end stops the clock before the due date."""
        return self.stopped_at is not None and self.stopped_at < self.due_at

    @property
    def stops_later(self) -> bool:
        """Whether that suspension is still to begin."""
        return self.stopped_at is not None and self.stopped_at > self.written_at

    @property
    def is_missed(self) -> bool:
        """Whether no answer can be promised by the due date: it is past, or will not be kept."""
        return self.is_late or self.due_at <= self.written_at

    @property
    def is_longer_than_told(self) -> bool:
        """Whether the applicant was told of a date before, and is told of dates at all."""
        return self.tells_due and self.was_promised


def time_told(forecast: "CaseForecast | None", policy: ForecastPolicy, language: Language) -> tuple[str, bool]:
    """Return what a letter says of time as the policy has it: the sentence of the forecast, and whether the due date.

    Where there is no forecast to tell, it is the due date.
    """
    if forecast is None or not policy.letters_give_forecast:
        return "", True
    # What it leans on takes longer to import than the first frame may.
    from workbench.wording.forecast import letter_sentence

    return letter_sentence(forecast, language), policy.letters_give_due_date


def asked_lines(findings: Iterable[Finding], policy: Policy, language: Language) -> str:
    """Return what the applicant can do to make it faster, in the applicant's language, a numbered line each."""
    found = findings_in_letters(findings, policy, language.value)
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
