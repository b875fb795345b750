"""The frequency table of the cases of a list: choosing a property to count by, and a value to filter by."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog
from screens.queue.layout_dialogs import LayoutDialog
from screens.shell.base_screen import attempt, in_thread
from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, Static, joined, plain
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.text.safe import fit, pad_left, pad_right, safe
from workbench.i18n import _
from workbench.keys.queue import COUNT
from workbench.services.queue.breakdowns import BREAKDOWNS, Breakdown, BreakdownRow, Breakdowns
from workbench.wording.amounts import commas, percentage

_COUNT_CELLS = 9
_SHARE_CELLS = 8
_MAX_BAR_CELLS = 20


class BreakdownPicker(LayoutDialog[str]):
    """Asks for the property to count the cases by; the result is one of BREAKDOWNS."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding(",".join(("q", *COUNT.keys)), "back", show=False),
    ]

    def __init__(self, previous: str) -> None:
        super().__init__(_("Count the cases"), "", ("Enter", _("count")))
        self._list = tuple(BREAKDOWNS)
        self._cursor = self._list.index(previous)

    def entry_lines(self, entry: str, width: int) -> list[Content]:  # noqa: ARG002 - the words are short
        """Return the name of a property."""
        return [joined((_(BREAKDOWNS[entry]), ""))]

    def action_choose(self) -> None:
        self.leave(self.current)


class BreakdownDialog(ListDialog[BreakdownRow, str]):
    """Shows how many cases of a filter have each value; the result is the filter term of the chosen row."""

    DEFAULT_CSS = """
    BreakdownDialog > Vertical { width: 88; }
    BreakdownDialog #message { margin-bottom: 1; }
    BreakdownDialog #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding(",".join(("q", *COUNT.keys)), "back", show=False),
    ]

    def __init__(self, breakdowns: Breakdowns, filter_text: str, by: str, view: View) -> None:
        keys = (("Enter", _("only these")), ("← →", _("count by something else")))
        super().__init__(_("Cases {by}").format(by=_(BREAKDOWNS[by])), _("No cases."), *keys)
        self.by = by
        self._breakdowns = breakdowns
        self._filter_text = filter_text
        self._view = view
        self._total = 0

    def parts(self) -> ComposeResult:
        yield Static(id="message", markup=False)
        yield from super().parts()

    def on_mount(self) -> None:
        self.count()

    @work(exclusive=True, group="read")
    async def count(self) -> None:
        """Count the cases, and show the table."""
        self.message.update(plain(_("Counting …"), MUTED))
        count = in_thread(self._breakdowns.count, self._filter_text, self.by)
        breakdown = await attempt(self, count, lambda error: self.message.update(plain(str(error), ERROR)))
        if breakdown is not None:
            self._list, self._total, self._cursor = breakdown.rows, breakdown.total, 0
            self.message.update(self._summary(breakdown))
            self.call_after_refresh(self.draw)

    def _summary(self, breakdown: Breakdown) -> Content:
        """Return how many cases the filter selects, and how many values are left out."""
        words = mask_digits_within(self._filter_text) or _("all open cases")
        parts = [_("{count} cases: {filter}").format(count=commas(breakdown.total), filter=words)]
        if breakdown.others:
            parts.append(_("{count} rarer values are not shown").format(count=commas(breakdown.others)))
        return plain(f" {self._view.symbols.dot} ".join(parts), MUTED)

    def entry_lines(self, entry: BreakdownRow, width: int) -> list[Content]:
        """Return a value with its count, its share and a bar."""
        share = entry.cases / self._total if self._total else 0.0
        bar_cells = min(_MAX_BAR_CELLS, width // 6)
        room = width - _COUNT_CELLS - _SHARE_CELLS - bar_cells - 2
        bar = self._view.symbols.bars[-1] * round(share * bar_cells)
        return [
            joined(
                (pad_right(fit(safe(entry.words), room, self._view.symbols.ellipsis), room), ""),
                (pad_left(commas(entry.cases), _COUNT_CELLS), "bold"),
                (pad_left(percentage(share), _SHARE_CELLS), MUTED),
                (f"  {pad_right(bar, bar_cells)}", ACCENT),
            )
        ]

    def action_step(self, step: int) -> None:
        """Count by the previous or the next property."""
        kinds = tuple(BREAKDOWNS)
        self.by = kinds[(kinds.index(self.by) + step) % len(kinds)]
        title = _("Cases {by}").format(by=_(BREAKDOWNS[self.by]))
        self.query_one("BreakdownDialog > Vertical").border_title = plain(title)
        self._list = None
        self.list_view.update("")
        self.count()

    def action_choose(self) -> None:
        if self.current is not None:
            self.leave(self.current.term)
