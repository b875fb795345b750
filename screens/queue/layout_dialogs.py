"""The dialogs that choose the order and the columns of a list."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog
from screens.queue.columns import CHOOSABLE
from screens.queue.layout import ALWAYS_SHOWN, columns
from screens.shell.base_screen import Result
from screens.widgets.safe_text import ACCENT, MUTED, joined
from workbench.domain.filter.ordering import DEFAULT_ORDER, ORDER_WORDS, list_order_words, reversed_order
from workbench.i18n import N_, _
from workbench.keys import queue

COLUMN_WORDS = {
    "due": N_("due date"),
    "priority": N_("priority"),
    "state": N_("state, with whom and until when it waits"),
    "who": N_("who holds it, or to whom it is assigned"),
    "findings": N_("findings that block or warn"),
    "waits": N_("time since it was received"),
    "round": N_("round"),
    "application": N_("application number"),
    "agent": N_("agent"),
    "province": N_("province"),
    "class": N_("service class"),
    "risk": N_("risk"),
    "received": N_("day on which it was received"),
    "late": N_("chance to be late, and why"),
}
"""The columns that can be chosen, in the order of the dialog."""


class LayoutDialog(ListDialog[str, Result]):
    """A short list of choices."""

    DEFAULT_CSS = """
    LayoutDialog > Vertical { width: 74; }
    LayoutDialog #foot { margin-top: 1; }
    """


class OrderDialog(LayoutDialog[str]):
    """Asks for an order; the result is this order in the syntax of `parse_order`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("left,right", "reverse", show=False),
        Binding(",".join(("q", *queue.ORDER.keys)), "back", show=False),
    ]

    def __init__(self, order: str) -> None:
        super().__init__(_("Order of the list"), "", ("Enter", _("sort")), ("← →", _("reverse")))
        self._current = order or DEFAULT_ORDER
        current_name = self._current.removeprefix("-")
        self._orders = [self._current if name == current_name else name for name in ORDER_WORDS]
        self._list = self._orders
        self._cursor = self._orders.index(self._current)

    def entry_lines(self, entry: str, width: int) -> list[Content]:  # noqa: ARG002 - the words are short
        """Return an order in words, with a mark on the one in force."""
        mark, style = ("• ", "bold") if entry == self._current else ("  ", "")
        return [joined((mark, ACCENT), (list_order_words(entry), style))]

    def action_reverse(self) -> None:
        self._orders[self._cursor] = reversed_order(self._orders[self._cursor])
        self.draw()

    def action_choose(self) -> None:
        self.leave(self.current)


class ColumnsDialog(LayoutDialog[tuple[str, ...]]):
    """Asks for the columns; the result has them, or none for the usual columns.

    Args:
        chosen: The columns that were chosen before.
        width: The cells of a row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("space", "mark", show=False),
        Binding("0", "usual", show=False),
        Binding(",".join(("q", *queue.COLUMNS.keys)), "back", show=False),
    ]

    def __init__(self, chosen: tuple[str, ...], width: int) -> None:
        keys = (("Enter", _("show")), ("Space", _("mark")), ("0", _("the usual columns")))
        super().__init__(_("Columns of the list"), "", *keys)
        shown = [column for column, _cells in columns(width, chosen)]
        self._marked = set(chosen) or {
            name for name, variants in CHOOSABLE.items() if not set(variants).isdisjoint(shown)
        }
        self._width = width
        self._list = tuple(COLUMN_WORDS)

    def entry_lines(self, entry: str, width: int) -> list[Content]:  # noqa: ARG002 - the words are short
        """Return a column with its mark, and whether the window is too narrow for it."""
        is_marked = entry in self._marked
        fitting = {column for column, _cells in columns(self._width, tuple(self._marked))}
        has_no_room = is_marked and fitting.isdisjoint(CHOOSABLE[entry])
        note = f"  {_('no room here')}" if has_no_room else ""
        mark = ("[x] ", f"{ACCENT} bold") if is_marked else ("[ ] ", MUTED)
        return [joined(mark, (_(COLUMN_WORDS[entry]), MUTED if has_no_room else ""), (note, MUTED))]

    def action_mark(self) -> None:
        self._marked ^= {tuple(COLUMN_WORDS)[self._cursor]}
        self.action_move(1)

    def action_usual(self) -> None:
        self.leave(())

    def action_choose(self) -> None:
        # If none is marked, name a column that is always shown, because an empty choice means the usual columns.
        self.leave(tuple(name for name in CHOOSABLE if name in self._marked - ALWAYS_SHOWN) or ("case",))
