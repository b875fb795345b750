"""The calendar service in memory: real days, overrides in a dictionary, and a few due dates that move."""

from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.screens.cases import NOW
from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar, assumed_day
from workbench.errors import WorkbenchError
from workbench.services.clock.due_date_changes import DueChange
from workbench.services.foundation.calendar_days import CalendarOverride
from workbench.services.time.calendar.preview import CalendarEffect, CalendarYear, DaySetting
from workbench.services.time.calendar.public_holidays import seed_days
from workbench.services.time.calendar.working_calendar import Calendars

ZONE = ZoneInfo("Asia/Shanghai")


@cache
def _seeded(year: int) -> dict[date, CalendarDay]:
    return {day.on: day for day in seed_days("CN", [year])}


class MemoryCalendars(Calendars):
    """A calendar in memory; `broken` makes every read fail, `moved_count` is the number of due dates a change moves."""

    def __init__(self, hours: tuple[tuple[object, object], ...]) -> None:
        self.hours = hours
        self.by_hand: dict[date, CalendarOverride] = {}
        self.broken: WorkbenchError | None = None
        self.moved_count = 7
        self.reasons: list[str] = []

    def year(self, year: int) -> CalendarYear:
        if self.broken is not None:
            raise self.broken
        first = date(year, 1, 1)
        every = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
        known = {on: _seeded(year).get(on) or assumed_day(on) for on in every}
        return CalendarYear(
            year=year,
            today=NOW.astimezone(ZONE).date(),
            days=tuple(self.by_hand[on].day() if on in self.by_hand else known[on] for on in every),
            overrides={on: override for on, override in self.by_hand.items() if on.year == year},
            published=known,
            hours=self.hours,  # type: ignore[arg-type]  # pairs of times
            zone=ZONE,
        )

    def in_force(self) -> WorkingCalendar:
        return WorkingCalendar(self.year(NOW.year).days, hours=self.hours, zone=ZONE.key)  # type: ignore[arg-type]

    def set_day(self, setting: DaySetting, reason: str, *, dry_run: bool = False) -> CalendarEffect:
        before = self.year(setting.on.year)
        overrides_before = dict(self.by_hand)
        self.by_hand.pop(setting.on, None)
        if not setting.as_published:
            self.by_hand[setting.on] = CalendarOverride(
                on=setting.on,
                working=setting.working,
                hours=setting.hours,
                name=setting.name,
                reason=reason,
                by="admin",
                at=NOW,
            )
        after = self.year(setting.on.year)
        if dry_run:
            self.by_hand = overrides_before
        else:
            self.reasons.append(reason)
        changed = [at for at, day in enumerate(after.days) if day != before.days[at]]
        moved = tuple(
            DueChange(
                case_id=number,
                before=NOW + timedelta(days=2, hours=8),
                after=NOW + timedelta(days=6, hours=8),
                is_provisional=number == 2,
            )
            for number in range(1, self.moved_count + 1)
        )
        return CalendarEffect(
            before=tuple(before.days[at] for at in changed),
            after=tuple(after.days[at] for at in changed),
            due_changes=moved if changed else (),
        )
