"""The symbols that screens draw: a Unicode set, and an ASCII set for terminals that draw Unicode symbols too wide."""

from dataclasses import dataclass, fields
from typing import Any

from textual.widget import Widget

from workbench.domain.case.vocabulary import Priority, Severity
from workbench.signs import ascii_of


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
    bar: str = "│"
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


DRAWN = Symbols()
_ASCII: dict[str, Any] = {field.name: ascii_of(getattr(DRAWN, field.name)) for field in fields(Symbols)}
ASCII = Symbols(**_ASCII | {"cursor": ">", "bars": " .:-=+*#@", "shades": " .:+#", "chosen": "(o)"})


def symbols_of(widget: Widget) -> Symbols:
    """Return the symbols that the app of a widget draws with."""
    return ASCII if widget.app.has_class("-ascii") else DRAWN
