"""The arguments and results of the calendar service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay
from workbench.domain.clock.hours import Hours
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.due_date_changes import DueChange
from workbench.services.foundation.calendar_days import CalendarOverride


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The days in force in a year, with the overrides, the published days, and the policy's hours and zone."""

    year: int
    today: date
    days: tuple[CalendarDay, ...]
    overrides: Mapping[date, CalendarOverride]
    published: Mapping[date, CalendarDay]
    hours: Hours
    zone: ZoneInfo
    suspensions: tuple[Suspension, ...] = ()
    """The suspensions of days of the year, in the order of their starts."""

    def suspensions_on(self, day: date) -> list[Suspension]:
        """Return the suspensions of any part of a day."""
        return [one for one in self.suspensions if one.stops_days(day, day, self.zone)]

    @property
    def status(self) -> DayStatus:
        """Provisional if any day of the year is provisional, else official."""
        is_provisional = any(day.status is DayStatus.PROVISIONAL for day in self.days)
        return DayStatus.PROVISIONAL if is_provisional else DayStatus.OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySetting:
    """A change of one day by an admin.

    Empty `hours` mean the hours of the policy. `as_published` removes the override that an admin set earlier.
    """

    on: date
    working: bool = False
    hours: Hours = ()
    name: str = ""
    as_published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEffect:
    """The effect of a change of the calendar: the changed days as they were and as they are, and the changed dates."""

    before: tuple[CalendarDay, ...]
    after: tuple[CalendarDay, ...]
    due_changes: tuple[DueChange, ...]
    deadline_changes: tuple[DueChange, ...] = ()
    """The moves of applicants' deadlines from days that become days off."""

    @property
    def changes_nothing(self) -> bool:
        """Whether no day would change."""
        return not self.after

    @property
    def moved_due_dates(self) -> tuple[DueChange, ...]:
        """The due dates that move."""
        return tuple(change for change in self.due_changes if change.is_date_moved)

    @property
    def notified_count(self) -> int:
        """How many applicants get a notice that their due date or their deadline is later."""
        return sum(change.is_notified for change in (*self.due_changes, *self.deadline_changes))

    @property
    def certainty_change_count(self) -> int:
        """How many due dates stay the same but become provisional or official."""
        return len(self.due_changes) - len(self.moved_due_dates)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImport:
    """The effect of importing holiday notices."""

    rows: int
    created: int
    updated: int
    years: tuple[int, ...]
    """The years whose notice is published."""
    unpublished: tuple[int, ...]
    """The years whose notice is not published yet."""
    kept: tuple[CalendarOverride, ...]
    """The overrides that stay in force on days of the notices."""
    effect: CalendarEffect
