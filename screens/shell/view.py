"""How a case is shown: the time, the zone, the symbols, and the revealed fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from screens.shell.symbols import Symbols
from workbench.wording.amounts import day_on_screen, instant_on_screen, relative_day


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The settings with which a case is drawn; `revealed` has the revealed personal values by field name."""

    now: datetime
    zone: ZoneInfo
    symbols: Symbols
    revealed: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    def day(self, on: date) -> str:
        """Return a day as people read it."""
        return day_on_screen(on, self.today)

    def instant(self, at: datetime) -> str:
        """Return an instant as people read it."""
        return instant_on_screen(at, self.today, self.zone)

    def short_day(self, on: date) -> str:
        """Return a day in 5 cells: month and day; the whole date if it is of another year."""
        return f"{on:%m-%d}" if on.year == self.today.year else on.isoformat()

    def short_moment(self, at: datetime) -> str:
        """Return the time of day of an instant of today, else its day, in 5 cells."""
        on = at.astimezone(self.zone).date()
        return self.time_of_day(at) if on == self.today else self.short_day(on)

    def short_instant(self, at: datetime) -> str:
        """Return an instant in 11 cells: month, day and time; the whole date if it is of another year."""
        local = at.astimezone(self.zone)
        return f"{local:%m-%d %H:%M}" if local.year == self.today.year else f"{local:%Y-%m-%d}"

    def time_of_day(self, at: datetime) -> str:
        """Return the local time of day."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def moment(self, at: datetime) -> str:
        """Return the time of day of an instant of today, else the instant as people read it."""
        return self.time_of_day(at) if at.astimezone(self.zone).date() == self.today else self.instant(at)

    def relative_day(self, on: date) -> str:
        """Return a day relative to today, such as `in 3 days`."""
        return relative_day(on, self.today)

    def shown(self, field_name: str, masked: str) -> str:
        """Return a personal value if it is revealed, else the masked one."""
        return self.revealed.get(field_name, masked)
