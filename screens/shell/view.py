"""How a case is shown: the clocks, the time zone, the symbols, and the revealed fields."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.domain.case.vocabulary import Priority, Severity
from workbench.settings.symbols import ascii_of
from workbench.wording.amounts import day_on_screen, instant_on_screen, relative_day

if TYPE_CHECKING:
    from textual.widget import Widget

ZONE = ZoneInfo("Asia/Shanghai")
"""The time zone while no case is shown; a case is shown in the zone of its policy."""


def machine_time() -> datetime:
    """Return the time of this machine; the default clock."""
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock that tells the time, and the clock that measures durations."""

    now: Callable[[], datetime] = machine_time
    """Returns the time, with its time zone."""
    monotonic: Callable[[], float] = time.monotonic
    """Returns seconds, which measure the time between keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """One character for each meaning; the defaults are Unicode symbols."""

    block: str = "✗"
    warn: str = "!"
    info: str = "i"
    fine: str = "✓"
    mine: str = "◆"
    up: str = "▲"
    down: str = "▼"
    provisional: str = "◐"
    cursor: str = "▏"
    dot: str = "·"
    rule: str = "─"
    separator: str = "│"
    ellipsis: str = "…"
    bars: str = " ▁▂▃▄▅▆▇█"
    shades: str = " ░▒▓█"
    chosen: str = "(•)"
    unchosen: str = "( )"
    changed: str = "±"
    removed: str = "–"
    added: str = "+"

    def of_severity(self, severity: Severity) -> str:
        """Return the mark of a finding."""
        return {Severity.BLOCK: self.block, Severity.WARN: self.warn, Severity.INFO: self.info}[severity]

    def of_priority(self, priority: Priority) -> str:
        """Return the mark of a priority, empty for the normal one."""
        return {
            Priority.URGENT: self.up * 2,
            Priority.HIGH: self.up,
            Priority.NORMAL: "",
            Priority.LOW: self.down,
        }[priority]


UNICODE = Symbols()
_ASCII: dict[str, Any] = {field.name: ascii_of(getattr(UNICODE, field.name)) for field in fields(Symbols)}
ASCII = Symbols(**_ASCII | {"cursor": ">", "bars": " .:-=+*#@", "shades": " .:+#", "chosen": "(o)"})


def symbols_of(widget: "Widget") -> Symbols:
    """Return the symbols that the app of a widget draws with."""
    return ASCII if widget.app.has_class("-ascii") else UNICODE


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The settings with which a case is drawn; `revealed` has the revealed personal values by field name."""

    now: datetime
    zone: ZoneInfo
    symbols: Symbols
    revealed: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = False
    """Whether long entries are shown whole, because their panel is zoomed."""

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
        """Return month and day, in 5 cells; for a day of another year the whole date, in 10."""
        return f"{on:%m-%d}" if on.year == self.today.year else on.isoformat()

    def short_moment(self, at: datetime) -> str:
        """Return the time of day of an instant of today, in 5 cells, else its day as `short_day` does."""
        on = at.astimezone(self.zone).date()
        return self.time_of_day(at) if on == self.today else self.short_day(on)

    def short_instant(self, at: datetime) -> str:
        """Return month, day and time, in 11 cells; for an instant of another year the whole date, in 10."""
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
