"""Letters to applicants about dates: receipts, delays, resumed work, deadlines, and the states that follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, Language
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import ForecastPolicy, Policy
from workbench.services.notices.verdict_letter import (
    Bars,
    ComposedLetter,
    Letter,
    LetterItem,
    item_fields,
    render_letter,
)
from workbench.wording.findings import LetterDetails
from workbench.wording.letter_dates import letter_day, plain_day
from workbench.wording.quotation import quoted_if_foreign
from workbench.wording.what_would_help import findings_in_letters

if TYPE_CHECKING:
    from workbench.domain.forecast.result import CaseForecast


CASE_NO = "\ue000"
"""A placeholder for the number of a case that is not stored yet: a private character that no text uses."""


class ClockLetterKind(StrEnum):
    """The kind of a letter about a date or state, and of its notice; those from INCOMPLETE on have `StatusFacts`."""

    RECEIPT = "receipt"
    RE_REVIEW = "re-review"
    DELAY = "delay"
    RESUMED = "resumed"
    DEADLINE = "deadline"
    INCOMPLETE = "incomplete"
    STILL_INCOMPLETE = "still-incomplete"
    DEADLINE_NEAR = "deadline-near"
    LAPSED = "lapsed"
    LAPSE_UNDONE = "lapse-undone"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REOPENED = "reopened"
    POLICY = "policy"
    DEADLINE_MOVED = "deadline-moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFacts:
    """The contents of a letter about a deadline that a suspension or a day off moves.

    `what` is rectify, answer or appeal. Work is, was or will be suspended from `from_at`, None without a suspension, to
    `to_at`, None for an unknown end. `former_at` is the deadline before. `is_moved` says that it is not the first one.
    """

    what: str
    from_at: datetime | None = None
    to_at: datetime | None = None
    former_at: datetime | None = None
    is_moved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """The contents of a letter about the state of a case, besides a date.

    `items` are what the applicant had to submit or rectify, and `asked_until` the last day for it (only for EXPIRED).
    `bars` are the bars in force. `was_passed` says that the review had been passed (for REOPENED), `is_deadline_moved`
    that the deadline moved because its letter was sent late (for LAPSE_UNDONE), `is_decided_alone` that one person
    reviews alone (for REOPENED).
    """

    items: tuple[LetterItem, ...]
    asked_until: date | None
    bars: tuple[Bars, ...]
    appeal_until: date
    answer_days: int
    provisional_years: tuple[int, ...]
    was_passed: bool = False
    is_deadline_moved: bool = False
    is_decided_alone: bool = False


@dataclass(frozen=True, kw_only=True)
class StatedFacts:
    """What a letter about a due date says besides what the case itself shows.

    Attributes:
        is_late: Whether the due date will not be kept.
        is_called_off: Whether an announced suspension does not happen.
        status: What a letter about the state of a case also says; None in the other letters.
        deadline: What a letter about a moved deadline also says; None in the other letters.
        item: The item whose own deadline is extended; empty for the common deadline.
        asked: What the applicant still has to rectify, in a letter that repeats or extends the deadline.
        waived: What is no longer needed.
        corrects: The number of the notice that the letter takes back, and when that was written; None without one.
        earlier_case_no: The passed case whose result is reviewed again because of other rules.
        release_at: When the letter is released, if not at once.
    """

    kind: ClockLetterKind
    is_late: bool = False
    is_called_off: bool = False
    status: StatusFacts | None = None
    deadline: DeadlineFacts | None = None
    item: str = ""
    asked: tuple[LetterItem, ...] = ()
    waived: tuple[str, ...] = ()
    corrects: tuple[int, datetime] | None = None
    earlier_case_no: str = ""
    release_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ClockLetter(Letter, StatedFacts):
    """The contents of a letter about a due date.

    Attributes:
        due_at: The due date of the case as it is now, or the deadline of the applicant.
        stopped_at: The past or future start of the open suspension that stops the clock, None without one. If it is
            before the due date, the letter does not promise `due_at`.
        is_with_applicant: Whether the review waits for the applicant.
        is_appeal: Whether the date is the due date of the answer to an appeal.
        awaits_others: Whether the review waits for information from third parties.
        told_on: The day of the due date in the last letter that stated one, None without such a letter.
        cause: The reason, as the applicant reads it; empty if none is known but what the next two fields say.
        is_queue_long: Whether more applications than usual wait, see `QueueModel`; without another cause, that is one.
        forecast_sentence: The sentence with the forecast, empty without a forecast.
        is_forecast_later: Whether the forecast has a day after the due date; the letter then does not promise that
            date.
        shows_due_date: Whether the letter shows the due date.
        suggestions: Numbered lines with what the applicant can do to make the review faster.
        saved_days: The working days that it can save by doing so, 0 if the forecasts show none.
    """

    case_no: str = CASE_NO
    due_at: datetime
    is_provisional: bool = False
    stopped_at: datetime | None = None
    is_with_applicant: bool = False
    is_appeal: bool = False
    awaits_others: bool = False
    told_on: date | None = None
    cause: str = ""
    is_queue_long: bool = False
    forecast_sentence: str = ""
    is_forecast_later: bool = False
    shows_due_date: bool = True
    suggestions: str = ""
    saved_days: int = 0
    written_at: datetime

    @property
    def is_stopped(self) -> bool:
        """Whether an open suspension stops the clock before the due date."""
        return self.stopped_at is not None and self.stopped_at < self.due_at

    @property
    def stops_later(self) -> bool:
        """Whether the open suspension starts after the letter is written."""
        return self.stopped_at is not None and self.stopped_at > self.written_at

    @property
    def is_missed(self) -> bool:
        """Whether the letter cannot promise an answer by the due date, which is past or will not be kept."""
        return self.is_late or self.due_at <= self.written_at

    @property
    def keeps_deadline(self) -> bool:
        """Whether the letter only repeats the deadline of the applicant, because other rules do not change it."""
        return self.kind is ClockLetterKind.POLICY and self.is_with_applicant

    @property
    def appeal_until(self) -> date | None:
        """The last day to appeal, if the letter states one."""
        if self.deadline is not None:
            return self.due_on if self.deadline.what == "appeal" else None
        return self.status.appeal_until if self.status and self.kind is ClockLetterKind.LAPSED else None

    @property
    def keeps_told_day(self) -> bool:
        """Whether the letter promises an answer by the day that an earlier letter stated, or before."""
        return self.told_on is not None and self.due_on <= self.told_on and not (self.is_stopped or self.is_missed)

    @property
    def due_on(self) -> date:
        """The day of the due date."""
        return self.due_at.astimezone(ZoneInfo(self.zone)).date()


def forecast_fields(
    forecast: "CaseForecast | None", policy: ForecastPolicy, language: Language, due_on: date
) -> dict[str, Any]:
    """Return the fields of a letter for its forecast and due date, as the policy says.

    Without a forecast, the letter shows the due date.
    """
    if forecast is None or not policy.letters_give_forecast:
        return {}
    # Imported on first use, because the wording takes long to import and would delay the first screen.
    from workbench.wording.forecast import letter_sentence

    promised_on = due_on if policy.letters_give_due_date else None
    return {
        "forecast_sentence": letter_sentence(forecast, language, promised_on),
        "is_forecast_later": promised_on is not None and promised_on < forecast.decided.p90,
        "shows_due_date": policy.letters_give_due_date,
    }


def suggestion_lines(
    findings: Sequence[Finding],
    policy: Policy,
    language: Language,
    kind: ApplicantKind = ApplicantKind.ENTERPRISE,
    found_on: date | None = None,
) -> str:
    """Return numbered lines that say in a language what the applicant can do to make the review faster.

    `found_on` is the local day of the findings; without it the lines do not say when a validity ends.
    """
    ends = {
        finding.observes: found_on + timedelta(days=finding.observed)
        for finding in findings
        if found_on is not None and finding.unit == "days" and isinstance(finding.observed, int)
    }
    spoken = policy.addressing(kind) if findings else policy
    found = findings_in_letters(findings, spoken, language.value, LetterDetails(dates=ends))
    return "\n".join(
        f"{number}. {noticed}可先提交或整改：{item}。"
        if language is Language.ZH
        else f"{number}. {noticed} You can already submit or correct: {item}."
        for number, (noticed, item) in enumerate(found, start=1)
    )


def compose_clock_letter(letter: ClockLetter) -> ComposedLetter:
    """Return the subject and body of a letter, in the applicant's language."""
    template, items = ("clock", ()) if letter.status is None else ("status", letter.status.items)
    template = "deadline" if letter.deadline else template
    return render_letter(
        f"{template}_subject",
        template,
        replace(
            letter,
            cause=quoted_if_foreign(letter.cause, letter.language),
            item=quoted_if_foreign(letter.item, letter.language),
        ),
        **item_fields(items, letter, letter.due_at),
        asked=item_fields(letter.asked, letter, letter.due_at),
        waived=[quoted_if_foreign(text, letter.language) for text in letter.waived],
        day=partial(letter_day, language=letter.language),
        plain=lambda at: plain_day(at.astimezone(ZoneInfo(letter.zone)).date(), letter.language),
        written_day=plain_day(letter.written_at.astimezone(ZoneInfo(letter.zone)).date(), letter.language),
        # The time of day is left out: an applicant can count on the answer by closing time.
        due_day=letter_day(letter.due_on, letter.language),
    )
