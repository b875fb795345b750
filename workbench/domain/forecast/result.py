"""The forecast as screens, commands and letters tell it: in days, with what it leans on."""

from dataclasses import dataclass
from datetime import date, datetime

from db.enums import CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """The day by which something happens in one of two cases, and that by which it happens in nine of ten."""

    p50: date
    p90: date

    @property
    def is_one_day(self) -> bool:
        """Whether both are the same."""
        return self.p50 == self.p90


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForecast:
    """What is expected of one open case.

    `ahead` counts the cases before it in the queue, None where it is not queued; `reviewers` decide about `per_day`
    a working day; `sent_back` is the share of cases like it that are sent back at first (0 to 1, None: not known).
    `is_thin` says that too little history is there and the policy's assumptions were taken; `is_incomplete` that it
    counts as if the missing documents came now, `is_suspended` that it counts as if suspended work went on tomorrow.
    `checked` is when the result is out of a verdict that a second person looks at, None where nobody has to; until then
    nothing is decided. One that `is_with_others` is pending on somebody else than its applicant.

    While all reviewers are away `reviewers` is 0, and `back_on` the day on which the first is back. If it is not known
    that anybody comes back the forecast `is_endless`: no date can be told, and the days of what is to come are all the
    last one that is looked at. `is_provisional` says that it leans on days of which the calendar is not published.
    """

    case_id: int
    state: CaseState
    first_verdict: DayRange
    passed: DayRange
    is_decided: bool
    ahead: int | None
    reviewers: int
    per_day: float
    sent_back: float | None
    is_thin: bool
    is_incomplete: bool
    is_suspended: bool
    is_with_others: bool = False
    checked: DayRange | None = None
    back_on: date | None = None
    is_endless: bool = False
    is_provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast:
    """How the queue goes with so many reviewers: days to clear it, and how many of its cases are decided too late.

    `held` of the queued ones are before somebody now. `usual_reviewers` are there now. `days` are the working days of
    each simulated course, the shortest first;
    `cleared` are the days of the calendar. `is_suspended` says that it counts as if suspended work went on tomorrow;
    `back_on`, `is_endless` and `is_provisional` are as in CaseForecast, and an endless one has no `days`.
    """

    queued: int
    reviewers: int
    usual_reviewers: int
    per_day: float
    p50_days: float
    p90_days: float
    cleared: DayRange
    late_p50: int
    late_p90: int
    days: tuple[float, ...]
    is_thin: bool
    is_suspended: bool
    made_at: datetime
    held: int = 0
    back_on: date | None = None
    is_endless: bool = False
    is_provisional: bool = False
