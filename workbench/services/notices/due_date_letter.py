"""The facts of letters to applicants about dates: receipts, delays, deadlines, and the states that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, Language
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import ForecastPolicy, Policy
from workbench.services.notices.letter import Bars, Letter, LetterItem
from workbench.wording.findings import LetterDetails
from workbench.wording.what_would_help import findings_in_letters

if TYPE_CHECKING:
    from workbench.domain.forecast.result import CaseForecast


class ClockLetterKind(StrEnum):
    """The kind of a letter about a date or state, and of its notice."""

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


@dataclass(frozen=True, kw_only=True)
class StatedFacts:
    """What a letter about a due date says besides what the case itself shows.

    Attributes:
        is_late: Whether the due date will not be kept.
        is_called_off: Whether an announced suspension does not happen.
        is_appeal: Whether the date is the due date of the answer to an appeal.
        deadline: What a letter about a moved deadline also says; None in the other letters.
        item: The item whose own deadline is extended; empty for the common deadline.
        items: What the applicant had to submit or rectify, in a letter about the state of a case.
        asked: What the applicant still has to rectify, in a letter that repeats or extends the deadline.
        asked_until: The last day to submit `items` (for EXPIRED), or what other rules require (for POLICY).
        waived: What is no longer needed.
        bars: The bars in force, in a letter about the state of a case; None in the other letters.
        appeal_until: The last day to appeal or to object.
        answer_days: The working days within which an appeal is answered.
        corrects: The number of the notice that the letter takes back, and when that was written; None without one.
        earlier_case_no: The passed case whose result is reviewed again because of other rules.
        was_passed: Whether the review had been passed (for REOPENED).
        is_deadline_moved: Whether the deadline moved because its letter was sent late (for LAPSE_UNDONE).
        is_decided_alone: Whether one person reviews alone, who opens the own verdict again (for REOPENED).
        provisional_years: The years with an unpublished calendar that a date in the letter depends on.
        release_at: When the letter is released, if not at once.
    """

    kind: ClockLetterKind
    is_late: bool = False
    is_called_off: bool = False
    is_appeal: bool = False
    deadline: DeadlineFacts | None = None
    item: str = ""
    items: tuple[LetterItem, ...] = ()
    asked: tuple[LetterItem, ...] = ()
    asked_until: date | None = None
    waived: tuple[str, ...] = ()
    bars: tuple[Bars, ...] | None = None
    appeal_until: date | None = None
    answer_days: int = 0
    corrects: tuple[int, datetime] | None = None
    earlier_case_no: str = ""
    was_passed: bool = False
    is_deadline_moved: bool = False
    is_decided_alone: bool = False
    provisional_years: tuple[int, ...] = ()
    release_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ClockLetter(StatedFacts, Letter):
    """The facts of a letter about a due date or the state of a case.

    Attributes:
        due_at: The due date of the case as it is now, or the deadline of the applicant.
        stopped_at: The past or future start of the open suspension that stops the clock, None without one. If it is
            before the due date, the letter does not promise `due_at`.
        is_with_applicant: Whether the review waits for the applicant.
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

    due_at: datetime
    is_provisional: bool = False
    stopped_at: datetime | None = None
    is_with_applicant: bool = False
    awaits_others: bool = False
    told_on: date | None = None
    cause: str = ""
    is_queue_long: bool = False
    forecast_sentence: str = ""
    is_forecast_later: bool = False
    shows_due_date: bool = True
    suggestions: str = ""
    saved_days: int = 0

    @property
    def template(self) -> str:
        """The name of the template."""
        # A letter about the state of a case always has the last day to appeal or to object.
        return "deadline" if self.deadline else "status" if self.appeal_until else "clock"

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
    def told_due_at(self) -> datetime | None:
        """The due date or deadline, unless the letter only repeats the deadline of the applicant."""
        return None if self.keeps_deadline or not self.shows_due_date else self.due_at

    @property
    def appeal_until_on(self) -> date | None:
        """The last day to appeal, if the letter states one."""
        if self.deadline is not None:
            return self.due_on if self.deadline.what == "appeal" else None
        return self.appeal_until if self.kind is ClockLetterKind.LAPSED else None

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
        return {"forecast_sentence": "", "is_forecast_later": False, "shows_due_date": True}
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
