"""The forecast in calendar days, as screens, commands and letters show it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from db.enums import CaseState


class PassNeed(StrEnum):
    """What has to happen before a case can pass."""

    DOCUMENTS = "documents"
    ITEMS = "items"
    APPEAL = "appeal"
    CHECK = "check"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """The share (0 to 1) of `cases` decided cases that passed at the first decision, with its 90 % interval.

    `findings` are the most severe findings of these cases: block, warn or none. `is_same`: their block findings come
    from the same rules.
    """

    share: float
    low: float
    high: float
    cases: int
    findings: str
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """The day by which something happens with probability 0.5, and the day with probability 0.9."""

    p50: date
    p90: date

    @property
    def is_one_day(self) -> bool:
        """Whether both days are the same."""
        return self.p50 == self.p90


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastConditions:
    """The team and the assumptions of a forecast.

    `reviewers` decide about `per_day` cases a working day. `is_thin`: there are fewer than 30 first verdicts, or
    too few days with verdicts, so assumptions of the policy were used. `is_suspended`: work is suspended and assumed to
    resume tomorrow. `is_provisional`: some days are in a year whose calendar is not published. `is_queue_long`: the
    queue is longer than usual, as `domain.forecast.queue.usual_length` measures it.

    While all reviewers are away, `reviewers` is 0 and `back_on` is the day on which the first returns. If no return is
    known, the forecast `is_endless`: there are no dates to show, and all future days are the last day of the horizon.
    """

    reviewers: int
    per_day: float
    is_thin: bool
    is_suspended: bool
    back_on: date | None = None
    is_endless: bool = False
    is_provisional: bool = False
    is_queue_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForecast(ForecastConditions):
    """The forecast of one open case.

    `ahead` counts the cases before it in the queue, None if it is not queued. `sent_back` is the share (0 to 1) of
    similar cases that the first verdict sends back, None if unknown. `first_verdict` is past once the case
    `is_decided`; `decided` is when the next decision is made and, while a verdict awaits its check, when its result is
    released. `passed` is when similar cases passed, with their corrections; it is None while something stands against
    a pass, and `passed_needs` says what. `pass_rate` is how often similar cases passed at the first decision, for staff
    only; None after that decision and without history. `is_incomplete`: the forecast assumes that the missing documents
    arrive now. `is_with_others`: the case is pending but does not wait for its applicant; `answer` is when such
    waits ended, None if that is not known, and then no other day is known either. `saved_days` are the working
    days by which the case passes sooner, in nine of ten cases, if the applicant now clears up what was found; 0 if that
    saves nothing. Only the forecast of a single case or of a new case has it.
    """

    case_id: int
    state: CaseState
    first_verdict: DayRange
    decided: DayRange
    passed: DayRange | None
    passed_needs: tuple[PassNeed, ...] = ()
    pass_rate: PassRate | None = None
    is_decided: bool
    ahead: int | None
    sent_back: float | None
    is_incomplete: bool
    is_with_others: bool = False
    answer: DayRange | None = None
    saved_days: int = 0

    @property
    def has_no_day(self) -> bool:
        """Whether no day is known: all reviewers are away for good, or nobody knows how long such a wait takes."""
        return self.is_endless or (self.is_with_others and self.answer is None)

    @property
    def awaits_check(self) -> bool:
        """Whether a verdict awaits its check; nothing said to the applicant may reveal it."""
        return self.state is CaseState.AWAITING_CHECK

    @property
    def awaits_items(self) -> bool:
        """Whether the applicant has the case, until what was asked for comes or the deadline passes."""
        return PassNeed.ITEMS in self.passed_needs and not self.awaits_check


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast(ForecastConditions):
    """The forecast of the queue with a number of reviewers: days to clear it, and cases decided late.

    `held` counts the queued cases that reviewers hold. `usual_reviewers` counts those present now. `days` are the
    working days of each simulated path, sorted; an endless forecast has none. `cleared` is in calendar days.
    """

    queued: int
    usual_reviewers: int
    p50_days: float
    p90_days: float
    cleared: DayRange
    late_p50: int
    late_p90: int
    days: tuple[float, ...]
    held: int = 0
