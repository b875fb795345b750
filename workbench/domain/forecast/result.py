"""The forecast in calendar days, as screens, commands and letters show it."""

from dataclasses import dataclass
from datetime import date, datetime

from db.enums import CaseState


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

    `reviewers` decide about `per_day` cases a working day. `is_thin`: there was too little history, so the assumptions
    of the policy were used. `is_suspended`: work is suspended and assumed to resume tomorrow. `is_provisional`: some
    days are in a year whose calendar is not published.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForecast(ForecastConditions):
    """The forecast of one open case.

    `ahead` counts the cases before it in the queue, None if it is not queued. `sent_back` is the share (0 to 1) of
    similar cases that the first verdict sends back, None if unknown. `checked` is when the result of a verdict that
    awaits its check is released, else None; until then the case is not decided. `is_incomplete`: the forecast assumes
    that the missing documents arrive now. `is_with_others`: the case is pending but does not wait for its applicant.
    """

    case_id: int
    state: CaseState
    first_verdict: DayRange
    passed: DayRange
    is_decided: bool
    ahead: int | None
    sent_back: float | None
    is_incomplete: bool
    is_with_others: bool = False
    checked: DayRange | None = None


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
    made_at: datetime
    held: int = 0
