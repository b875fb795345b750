"""The values of the calendar: a year, the setting of a day, and the effects of a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay
from workbench.domain.clock.hours import Hours
from workbench.services.clock.due_date_changes import DueChange
from workbench.services.foundation.calendar_days import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The days in force in a year, with the overrides, the published days, and the policy's hours and zone."""

    year: int
    today: date
    days: tuple[CalendarDay, ...]
    overrides: Mapping[date, Override]
    published: Mapping[date, CalendarDay]
    hours: Hours
    zone: ZoneInfo

    @property
    def status(self) -> DayStatus:
        """Whether the year is published: provisional while any of its days is."""
        is_open = any(day.status is DayStatus.PROVISIONAL for day in self.days)
        return DayStatus.PROVISIONAL if is_open else DayStatus.OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySetting:
    """The setting of a day; empty `hours` are those of the policy, `as_published` removes the override of an admin."""

    on: date
    working: bool = False
    hours: Hours = ()
    name: str = ""
    as_published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEffect:
    """The effect of a change of the calendar: the days before and after, and the changed due dates."""

    before: tuple[CalendarDay, ...]
    after: tuple[CalendarDay, ...]
    due_changes: tuple[DueChange, ...]

    @property
    def moved(self) -> tuple[DueChange, ...]:
        """The due dates that move."""
        return tuple(change for change in self.due_changes if change.date_changes)

    @property
    def notified(self) -> int:
        """How many applicants get a notice that their due date is later."""
        return sum(change.is_notified for change in self.due_changes)

    @property
    def certainty_changes(self) -> int:
        """How many due dates stay the same but become provisional or official."""
        return len(self.due_changes) - len(self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImport:
    """The effect of importing notices: `years` are those with a notice, `unpublished` those without."""

    rows: int
    created: int
    updated: int
    years: tuple[int, ...]
    unpublished: tuple[int, ...]
    kept: tuple[Override, ...]
    effect: CalendarEffect
