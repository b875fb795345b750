"""The forecast in calendar days, as screens, commands and letters show it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from db.enums import CaseState
from workbench.domain.policy.settings import BilingualText


class PassNeed(StrEnum):
    """What has to happen before a case can pass."""

    DOCUMENTS = "documents"
    ITEMS = "items"
    APPEAL = "appeal"
    CHECK = "check"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """The share (0 to 1) of similar cases that passed at the first decision, with its 90 % interval.

    Attributes:
        share: The share.
        low: The lower end of the interval.
        high: The upper end of the interval.
        cases: How many cases were decided.
        findings: The severity of the most severe findings of these cases: block, warn or none.
        has_same_rules: Whether the block findings of these cases come from the same rules.
    """

    share: float
    low: float
    high: float
    cases: int
    findings: str
    has_same_rules: bool


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

    Attributes:
        reviewers: How many reviewers decide, 0 while all are away.
        per_day: About how many cases they decide on a working day.
        is_thin: Whether assumptions of the policy were used, because there are fewer than 30 first verdicts, or too few
            days with verdicts.
        is_suspended: Whether work is suspended, and assumed to resume tomorrow.
        back_on: The day on which the first reviewer returns while all are away, None if no return is known.
        is_endless: Whether all reviewers are away and no return is known. Then there are no dates to show, and all
            future days are the last day of the horizon.
        is_provisional: Whether some days are in a year whose calendar is not published.
        is_queue_long: Whether the queue is longer than usual, as `domain.forecast.queue.usual_length` measures it.
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

    Attributes:
        case_id: The case.
        state: Its state.
        first_verdict: When it gets its first verdict; in the past once it `is_decided`.
        decided: When the next decision is made; while a verdict awaits its check, when the result is released.
        passed: When similar cases passed, including their corrections; None while something stands against a pass.
        passed_needs: What must happen before it can pass.
        has_warnings: Whether a finding warns, so that nobody can say that it passes if nothing is found.
        pass_rate: How often similar cases passed at the first decision, for staff only; None after that decision, and
            without history.
        is_decided: Whether it got its first verdict.
        ahead: How many cases are before it in the queue, None if it is not queued.
        sent_back: The share (0 to 1) of similar cases that the first verdict sends back, None if unknown.
        is_incomplete: Whether documents are missing; the forecast assumes that they arrive now.
        is_with_others: Whether it is pending but does not wait for its applicant.
        answer: When the answer comes, as in similar waits; None if unknown, and then no other day is known either.
        saved_days: By how many working days the p90 of `passed` comes sooner if the applicant now clears up what was
            found. Only the forecast of a single case or of a new case has this, others have 0.
    """

    case_id: int
    state: CaseState
    first_verdict: DayRange
    decided: DayRange
    passed: DayRange | None
    passed_needs: tuple[PassNeed, ...] = ()
    has_warnings: bool = False
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
class DepartmentTime:
    """How long a department takes to answer inquiries.

    Attributes:
        department: Its code in the policy.
        name: Its name.
        answered: How many inquiries it answered.
        p50_days: The median of the working days between question and answer; None without an answer.
        p90_days: The 90 % quantile of these working days; None without an answer.
        open: How many inquiries it has not answered.
        overdue: How many of these are overdue.
    """

    department: str
    name: BilingualText
    answered: int
    p50_days: float | None
    p90_days: float | None
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast(ForecastConditions):
    """The forecast of the queue with a number of reviewers: how long to clear it, and how many cases are decided late.

    Attributes:
        queued: How many cases are queued.
        usual_reviewers: How many reviewers are present now.
        p50_days: The median of the working days to clear the queue.
        p90_days: The 90 % quantile of these working days.
        cleared: The calendar days on which the queue is cleared.
        late_p50: The median of the cases decided late.
        late_p90: The 90 % quantile of the cases decided late.
        days: The working days to clear the queue in each simulated path, sorted; empty if the forecast is endless.
        held: How many of the queued cases reviewers hold.
        departments: How long each department takes that has answered an inquiry, or has to.
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
    departments: tuple[DepartmentTime, ...] = ()
