"""The calendar that the State Council's yearly holiday notice defines.

Source: the format of holiday-cn (`{year, papers, days: [{name, date, isOffDay}]}`), one file for each notice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay, DayKind, assumed_day

_LAST_MONTH = 12
_SPECIAL = frozenset({DayKind.HOLIDAY, DayKind.IN_LIEU, DayKind.MAKE_UP})
"""The kinds of days that a notice names. No holiday of a year falls in its own December."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """One day that a notice names: a day off, or a make-up working day."""

    on: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearNotice:
    """The notice of one year. A notice without days is not published yet."""

    year: int
    days: tuple[NamedDay, ...]

    @property
    def is_published(self) -> bool:
        """Whether the notice is published."""
        return bool(self.days)


def days_defined_by(notices: Iterable[YearNotice], known: Mapping[date, CalendarDay]) -> dict[date, CalendarDay]:
    """Return the calendar days that published notices define, given the known days.

    A notice defines all days of its own year, and the days that it names in the December before. If the notice of the
    next year has defined a day in December, this notice changes the day only if it names it.
    """
    days: dict[date, CalendarDay] = {}
    for notice in sorted(notices, key=lambda notice: notice.year):
        if not notice.is_published:
            continue
        named = {day.on: day for day in notice.days}
        year_ends = (date(notice.year, 1, 1).toordinal(), date(notice.year + 1, 1, 1).toordinal())
        whole_year = {date.fromordinal(n) for n in range(*year_ends)}
        for on in whole_year | named.keys():
            defined_earlier = days.get(on) or known.get(on)
            if on in named:
                days[on] = _calendar_day(named[on], defined_earlier)
            elif defined_earlier is None or not _is_of_next_notice(defined_earlier):
                days[on] = replace(assumed_day(on), status=DayStatus.OFFICIAL)
    return days


def _is_of_next_notice(day: CalendarDay) -> bool:
    """Say whether the next year's notice defined a day: by itself, a year has no official special day in December."""
    return day.on.month == _LAST_MONTH and day.status is DayStatus.OFFICIAL and day.kind in _SPECIAL


def _calendar_day(day: NamedDay, defined_earlier: CalendarDay | None) -> CalendarDay:
    """Return the day of the calendar that a notice defines; an earlier definition says what kind of day off it is."""
    is_weekday = assumed_day(day.on).working
    if day.working:
        kind = DayKind.WORKDAY if is_weekday else DayKind.MAKE_UP
    else:
        # A notice does not say which of the days off is the holiday itself.
        was_in_lieu = defined_earlier is not None and defined_earlier.kind == DayKind.IN_LIEU
        kind = DayKind.IN_LIEU if was_in_lieu else DayKind.HOLIDAY
    return CalendarDay(on=day.on, working=day.working, kind=kind, name=day.name, status=DayStatus.OFFICIAL)
