"""The sheet with the changes since the last round, where the reviewer judges the items to rectify."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from screens.changes.text import ChangesText
from screens.dialogs.text_sheet import PageDialog
from screens.shell.base_screen import attempt
from screens.shell.bindings import bind, bind_key
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, Static, key_hints, plain
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.changes import RoundChanges
from workbench.domain.case.records import ItemLine
from workbench.domain.case.vocabulary import ItemResult
from workbench.i18n import _
from workbench.keys import desk as keys
from workbench.keys.command import Place
from workbench.keys.registry import HELP
from workbench.wording.case.labels import ITEM_RESULT_WORDS

JudgeItem = Callable[[int, ItemResult], Awaitable[tuple[ItemLine, ...]]]
"""Judges the item with a number, counted from 1, and returns all items."""

_KEYS = {"1": ItemResult.FIXED, "2": ItemResult.PARTLY, "3": ItemResult.NOT_FIXED}


class ChangesSheet(PageDialog[bool]):
    """Shows the changes; with `judge`, digits judge the item under the cursor. The result is whether one was judged."""

    DEFAULT_CSS = "ChangesSheet > Vertical { width: 118; max-height: 100%; }"
    AUTO_FOCUS = None
    FRAME_LINES = 6
    PLACE: ClassVar[Place] = "changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind_key(keys.JUDGE_ITEM, key, f"judge('{result.value}')") for key, result in _KEYS.items()),
        bind(keys.SHOW_UNCHANGED, "unfold"),
        bind(keys.ITEM_ABOVE, "move(-1)"),
        bind(keys.ITEM_BELOW, "move(1)"),
        bind_key(keys.SCROLL_PAGE, "pageup", "scroll(-1)"),
        bind_key(keys.SCROLL_PAGE, "pagedown", "scroll(1)"),
        bind_key(keys.SCROLL_ENDS, "home", "scroll_to(0)"),
        bind_key(keys.SCROLL_ENDS, "end", "scroll_to(-1)"),
        bind(keys.LEAVE_CHANGES, "back"),
    ]

    message = getters.query_one("#message", Static)

    def __init__(self, case: CaseFile, comparison: RoundChanges, view: View, judge: JudgeItem | None = None) -> None:
        title = _("{case}: what changed since round {round}")
        super().__init__(title.format(case=format_case(case.header.id), round=comparison.since_round))
        self._case = case
        self._comparison = comparison
        self._view = view
        self._judge = judge
        self._items = case.asked_items
        self._cursor = _first_unjudged(self._items)
        """The item that digits judge; past the last one after all were judged, so that no digit changes a judgement."""
        self._is_folded = True
        self._has_judged = False
        # The first key can come before the page is drawn.
        self._line_of_item = [0] * len(case.asked_items)
        self._line_of_unchanged = 0

    def parts(self) -> ComposeResult:
        yield self.page(can_focus=False)
        yield Static(id="message", markup=False)
        judging = [(key, _(ITEM_RESULT_WORDS[result])) for key, result in _KEYS.items()] if self._can_judge else []
        hints = [
            *judging,
            (keys.SHOW_UNCHANGED.key, _("all")),
            ("Esc", _("panels") if self._judge else _("back")),
            (HELP.key, _("keys")),
        ]
        yield Static(key_hints(*hints), id="foot", markup=False)

    @property
    def _can_judge(self) -> bool:
        return self._judge is not None and bool(self._items)

    @work(group="write")
    async def save(self, result: ItemResult) -> None:
        """Save the judgement of the item under the cursor, and move to the first item that is not judged."""
        if self._judge is None:
            return
        judge = partial(self._judge, self._cursor + 1, result)
        items = await attempt(self, judge, lambda error: self.message.update(plain(str(error), ERROR)))
        if items is not None:
            self._items, self._has_judged = items, True
            self.message.update("")
            self._cursor = _first_unjudged(items)
            self.draw()

    def action_judge(self, result: str) -> None:
        if not self._can_judge:
            self.message.update(plain(_("There is no item to judge here. Press Esc first to choose a panel."), MUTED))
        elif self._cursor == len(self._items):
            self.message.update(plain(_("All items are judged. Choose one with ↑ to judge it again."), MUTED))
        else:
            self.save(ItemResult(result))

    def action_move(self, step: int) -> None:
        """Move to the next item in a direction; scroll if there is none."""
        at = self._cursor + step
        if self._can_judge and 0 <= at < len(self._items):
            self._cursor = at
            self.draw()
            self.body.scroll_to(y=max(0, self._line_of_item[at] - self.body.size.height // 2), animate=False)
        else:
            self.body.scroll_relative(y=step, animate=False)

    def action_scroll(self, pages: int) -> None:
        """Scroll by a page."""
        self.body.scroll_relative(y=pages * max(1, self.body.size.height - 1), animate=False)

    def action_scroll_to(self, line: int) -> None:
        """Scroll to a line of the page; -1 is its end."""
        self.body.scroll_to(y=line if line >= 0 else self.body.max_scroll_y, animate=False)

    def action_unfold(self) -> None:
        """Switch between all unchanged entries and those that the earlier verdict named, and scroll to them."""
        self._is_folded = not self._is_folded
        self.draw()
        self.call_after_refresh(lambda: self.action_scroll_to(self._line_of_unchanged))

    def action_back(self) -> None:
        self.leave(self._has_judged)

    def lines(self, width: int) -> list[Content]:
        text = ChangesText(self._case, self._comparison, self._view, width)
        lines: list[Content] = []
        self._line_of_item = []
        if self._items:
            asked = _("Asked for in round {round}").format(round=self._comparison.since_round)
            lines.append(plain(asked, f"{MUTED} bold"))
        for index, item in enumerate(self._items):
            self._line_of_item.append(len(lines))
            style = "on $panel" if index == self._cursor and self._can_judge else ""
            lines += [line.stylize(style) if style else line for line in text.item_lines(index + 1, item)]
        lines += [Content(), *text.change_lines()] if lines else list(text.change_lines())
        self._line_of_unchanged = len(lines) + 1
        return [*lines, Content(), *text.unchanged_lines(is_folded=self._is_folded)]


def _first_unjudged(items: Sequence[ItemLine]) -> int:
    """Return the index of the first item that is not judged; if all are, the number of items."""
    return next((index for index, item in enumerate(items) if item.judged is None), len(items))
