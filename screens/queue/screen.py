"""The queue: every case in a list, found by a filter, opened to read, given to a person."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content

from screens.queue.filter_bar import FilterBar
from screens.queue.filter_help import key_lines
from screens.queue.layout import Preset, QueueFace
from screens.queue.queue_legend import legend_lines
from screens.shell.bindings import bind, bind_key
from screens.shell.clock import Clock
from screens.widgets.paged_list import RowView
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.errors import WorkbenchError
from workbench.i18n import _, marked
from workbench.keys import queue as keys
from workbench.keys.command import Command, Place
from workbench.keys.registry import BACK, GO
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices

MOST_MARKED = 5_000
"""So many cases are marked and given away at once."""

PRESETS: dict[str, Preset] = {
    preset.id: preset
    for preset in (
        Preset(id="queue", name=marked("Queue"), filter_text=""),
        Preset(id="mine", name=marked("Mine"), filter_text="who:me"),
        Preset(id="pending", name=marked("Pending cases"), filter_text="state:pending"),
    )
}

_OF_SUPERVISORS = frozenset({"assign", "mark", "range", "mark_all"})
_NEED_A_ROW = frozenset({"open", "mark", "range", "mark_all", "assign", "move"})


class QueueScreen(QueueFace):
    """The mode of the queue, and of the lists that are saved filters of it."""

    PLACE: ClassVar[Place] = "queue"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.OPEN_CASE, "open"),
        bind(keys.FILTER, "filter"),
        bind(keys.MARK_ROW, "mark"),
        bind(keys.MARK_RANGE, "range"),
        bind(keys.MARK_ALL, "mark_all"),
        bind(keys.ASSIGN, "assign"),
        bind(keys.LOOK_AGAIN, "again"),
        *(bind_key(keys.MOVE, key, f"move('{key}')") for key in keys.MOVE.keys),
        bind(BACK, "back"),
        bind(keys.TO_DESK, "desk"),
    ]

    def __init__(
        self, clock: Clock, services: "ScreenServices", preset: Preset, open_case: Callable[[int], object]
    ) -> None:
        super().__init__(clock, services, preset)
        self._open_case = open_case

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in {"back", "desk"}:
            is_in_list = self.bar.is_open or bool(self.rows.marks) or self.rows.range_from is not None
            return is_in_list is (action == "back")
        if action in _OF_SUPERVISORS and role_refusal(Action.ASSIGN, self.services.actor) is not None:
            return None
        if action in _NEED_A_ROW:
            return True if self.rows.length else None
        return True

    def more_help(self, width: int) -> list[Content]:
        """Return what the page of keys tells about the columns and the filter."""
        return [*legend_lines(width, self.view().symbols), Content(), *key_lines(width)]

    @property
    def hinted(self) -> tuple[Command, ...]:
        """What the footer names, first what matters more; while a filter is typed its own lines do."""
        if self.bar.is_open:
            return ()
        if self.rows.marks or self.rows.range_from is not None:
            return (keys.ASSIGN, keys.MARK_ROW, keys.MARK_RANGE, BACK)
        return (keys.OPEN_CASE, keys.FILTER, keys.TO_DESK, GO)

    def ask_filter(self) -> None:
        """Open the line in which the filter is typed."""
        self.bar.open(self.filter_text)

    @on(FilterBar.Applied)
    def apply(self, event: FilterBar.Applied) -> None:
        """Show what the filter asks for; an empty one brings back what the list begins with."""
        self.bar.close()
        # What is still being marked belongs to the list that goes.
        self.workers.cancel_group(self, "mark")
        self.filter_text = event.text or self.preset.filter_text
        self.rows.clear()
        self.rows.cursor = 0
        self.rows.pages = None
        self.wants_end = False
        self.rows.focus()
        self.load()
        self.show_head()

    @on(FilterBar.Left)
    def leave_filter(self) -> None:
        """Leave the filter as it was."""
        self.bar.close()
        self.rows.focus()
        self.refresh_bindings()

    @on(RowView.Chosen)
    def choose(self) -> None:
        """Open the row that was clicked."""
        self.action_open()

    def action_open(self) -> None:
        row = self.rows.current
        if row is not None:
            self._open_case(row.id)

    def action_filter(self) -> None:
        self.ask_filter()

    def action_move(self, key: str) -> None:
        rows, page = self.rows, max(1, self.rows.size.height - 1)
        at = rows.cursor
        to = {"up": at - 1, "down": at + 1, "pageup": at - page, "pagedown": at + page, "home": 0}
        self.wants_end = key == "end"
        rows.move_to(to.get(key, rows.length - 1))

    def action_mark(self) -> None:
        self.rows.range_from = None
        self.rows.toggle()
        self.show_head()

    def action_range(self) -> None:
        if self.rows.range_from is None:
            self.rows.range_from = self.rows.cursor
            self.rows.refresh()
            self.show_head()
        else:
            self.mark_range()

    def action_mark_all(self) -> None:
        self.mark_all()

    def action_assign(self) -> None:
        self.assign()

    def action_again(self) -> None:
        self.load()

    def action_back(self) -> None:
        if self.bar.is_open:
            self.leave_filter()
        elif self.rows.range_from is not None:
            self.rows.range_from = None
            self.rows.refresh()
        else:
            self.rows.clear()
        self.show_head()

    @work(exclusive=True, group="mark")
    async def mark_all(self) -> None:
        """Mark every case of the filter, and say how many that are."""
        try:
            found = await asyncio.to_thread(self.services.queue.ids, self.filter_text, MOST_MARKED)
        except WorkbenchError as error:
            self.complain(error)
            return
        self.rows.mark(found)
        self._say_marked(len(found))

    @work(exclusive=True, group="mark")
    async def mark_range(self) -> None:
        """Mark the cases of the range that was drawn: those that were seen, none that came between them since."""
        drawn, pages = self.rows.range, self.rows.pages
        if drawn is None or pages is None:
            return
        first, last = drawn
        wanted = min(last - first + 1, MOST_MARKED)
        seen = [pages.row(first + at) for at in range(wanted)]
        found = [row.id for row in seen if row is not None]
        if len(found) < wanted:
            try:
                rows = await asyncio.to_thread(
                    self.services.queue.page, self.filter_text, start=first, limit=wanted, total=pages.count
                )
            except WorkbenchError as error:
                self.complain(error)
                return
            found = [row.id for row in rows]
            is_same = len(found) == wanted and all(
                row is None or row.id == case_id for row, case_id in zip(seen, found, strict=True)
            )
            if not is_same:
                said = _("The list has changed since the range was drawn; nothing is marked. n reads it again.")
                self.notify(said, severity="warning", markup=False)
                return
        self.rows.range_from = None
        self.rows.mark(found)
        if last - first + 1 > wanted:
            self._say_marked(len(found))
        self.show_head()

    def _say_marked(self, number: int) -> None:
        """Say how many were marked, and whether that is all."""
        said = _("{count} marked.").format(count=count(number))
        if number >= MOST_MARKED:
            said = _("The first {count} are marked; so many are given away at once.").format(count=count(number))
        self.notify(said, markup=False, timeout=5)
        self.show_head()

    @work(exclusive=True, group="dialog")
    async def assign(self) -> None:
        """Give the marked cases to a person, or the one under the cursor."""
        from screens.dialogs.assign import give_away

        row = self.rows.current
        case_ids = tuple(sorted(self.rows.marks)) or ((row.id,) if row is not None else ())
        if case_ids and await give_away(self, self.services, case_ids, self.view()):
            self.rows.clear()
            self.load()
