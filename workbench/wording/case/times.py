"""The times of a case in words."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from workbench.wording import amounts


@dataclass(frozen=True)
class CaseTimes:
    """The times of a case in the zone of its policy, as seen at `now`."""

    zone: ZoneInfo
    now: datetime

    @cached_property
    def today(self) -> date:
        """The present day in this zone."""
        return self.now.astimezone(self.zone).date()

    def instant(self, at: datetime | None) -> str:
        """Return an instant, `?` if it is unknown."""
        return "?" if at is None else amounts.instant_on_screen(at, self.today, self.zone)

    def day(self, on: date | None) -> str:
        """Return a day, `?` if it is unknown."""
        return "?" if on is None else amounts.day_on_screen(on, self.today)
