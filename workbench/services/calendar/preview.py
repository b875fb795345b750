"""What the calendar of a year is, how a day of it is set, and what a change of it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay
from workbench.domain.clock.hours import Hours
from workbench.services.clock.due_date_changes import MovedDue
from workbench.services.foundation.calendar_days import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """A year as it counts, day by day; `overrides` say what was set by hand, `hours` and `zone` are the policy's."""

    year: int
    today: date
    days: tuple[CalendarDay, ...]
    overrides: Mapping[date, Override]
    published: Mapping[date, CalendarDay]
    hours: Hours
    zone: ZoneInfo

    @property
    def status(self) -> DayStatus:
        """Whether the year was published: provisional while any day of it is."""
        is_open = any(day.status is DayStatus.PROVISIONAL for day in self.days)
        return DayStatus.PROVISIONAL if is_open else DayStatus.OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySetting:
    """How a day is to be; `hours` are empty for those of the policy, `as_published` takes back what was set by hand."""

    on: date
    working: bool = False
    hours: Hours = ()
    name: str = ""
    as_published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEffect:
    """What a change does, or would do: the days that are others afterwards, and the due dates."""

    before: tuple[CalendarDay, ...]
    after: tuple[CalendarDay, ...]
    dues: tuple[MovedDue, ...]

    @property
    def moved(self) -> tuple[MovedDue, ...]:
        """The due dates that move."""
        return tuple(due for due in self.dues if due.moves)

    @property
    def told(self) -> int:
        """How many applicants are told that their due date is later."""
        return sum(due.is_told for due in self.dues)

    @property
    def settled(self) -> int:
        """How many due dates stay, and are no longer provisional, or newly so."""
        return len(self.dues) - len(self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImport:
    """What taking notices in does, or would do; `years` are those that are settled, `unpublished` those not out yet."""

    rows: int
    created: int
    updated: int
    years: tuple[int, ...]
    unpublished: tuple[int, ...]
    kept: tuple[Override, ...]
    effect: CalendarEffect
