"""The queue screen: every case in a list that can be filtered, opened to read and assigned."""

from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.content import Content

from screens.queue.acts import ACTS, order_by_title, refusal
from screens.queue.filter_bar import FilterBar
from screens.queue.filter_help import filter_key_lines
from screens.queue.layout import Preset
from screens.queue.list_screen import ListScreen
from screens.queue.row_text import legend_lines
from screens.shell.bindings import bind, bind_key
from screens.widgets.paged_list import PagedList
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.filter.keys import REOPEN_FILTER
from workbench.domain.filter.parser import in_shown_words
from workbench.i18n import N_
from workbench.keys import queue as keys
from workbench.keys.command import Command
from workbench.keys.registry import BACK, COMMAND_BY_ID, GO

PRESETS: dict[str, Preset] = {
    preset.id: preset
    for preset in (
        Preset(id="queue", name=N_("Queue"), filter_text=""),
        Preset(id="mine", name=N_("Mine"), filter_text="who:me"),
        Preset(id="pending", name=N_("Pending cases"), filter_text="state:pending"),
        Preset(id="reopen", name=N_("To open again"), filter_text=REOPEN_FILTER),
    )
}


_MARKING_ACTIONS = frozenset({"mark", "range", "mark_all"})
_ROW_ACTIONS = _MARKING_ACTIONS | {"open", "move"}
"""The actions that need a list with cases."""


class QueueScreen(ListScreen):
    """Shows the cases of a preset: the whole queue, the reviewer's own, the pending, or those to open again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.OPEN_CASE, "open"),
        bind(keys.TAKE, f"app.act('{keys.TAKE.id}')"),
        bind(keys.FILTER, "filter"),
        bind(keys.SCOPE, f"app.act('{keys.SCOPE.id}')"),
        bind(keys.MARK_ROW, "mark"),
        bind(keys.MARK_RANGE, "range"),
        bind(keys.MARK_ALL, "mark_all"),
        *(bind(COMMAND_BY_ID[command_id], f"list_act('{command_id}')") for command_id in ACTS),
        *(bind_key(keys.VIEW, key, f"app.act('{keys.VIEW.id}.{key}')") for key in keys.VIEW.keys),
        bind(keys.RELOAD, "again"),
        *(bind_key(keys.MOVE, key, f"move('{key}')") for key in keys.MOVE.keys),
        bind(BACK, "back"),
        bind(keys.LEAVE_QUEUE, "desk"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"back", "desk"}:
            # Esc first closes the filter line, the range and the marks; only then it leaves the screen.
            has_marks = bool(self.rows.marks) or self.rows.range_from is not None
            has_step_back = self.bar.is_open or has_marks or self.way_back != "desk"
            return has_step_back if action == "back" else not has_step_back
        if action == "list_act":
            command, row = COMMAND_BY_ID[str(parameters[0])], self.rows.current
            is_without_case = command.action is not None and row is None
            is_refused = is_without_case or refusal(command, row, self.services.actor) is not None
            return None if is_refused else True
        if action in _MARKING_ACTIONS and role_refusal(Action.ASSIGN, self.services.actor) is not None:
            return None
        if action in _ROW_ACTIONS:
            return True if self.rows.length else None
        return True

    @on(events.Click, "#titles")
    def order_by_title(self, event: events.Click) -> None:
        """Order the list by the clicked title."""
        order_by_title(self, event.x - self.query_one("#titles").styles.padding.left)

    def why_not(self, key: str) -> str | None:
        """Return why the command of a key cannot be run now; None if it can be, or if the key has no command."""
        command = next((queue_command for queue_command in keys.QUEUE_COMMANDS if key in queue_command.keys), None)
        return refusal(command, self.rows.current, self.services.actor) if command is not None else None

    def more_help(self, width: int) -> list[Content]:
        """Return the help on the columns and the filter, for the help page."""
        return [*legend_lines(width, self.view().symbols), Content(), *filter_key_lines(width)]

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands in the footer, the most important first; none while the filter line shows its own keys."""
        if self.bar.is_open:
            return ()
        if self.rows.marks or self.rows.range_from is not None:
            return (keys.ASSIGN, keys.PRIORITY, keys.CLASS, BACK)
        leaving = (keys.LEAVE_QUEUE, BACK)
        shown = (keys.OPEN_CASE, keys.FILTER, *leaving, GO, keys.ORDER, keys.COLUMNS, keys.COUNT, keys.TAKE)
        return (keys.REOPEN, *shown) if self.preset.id == "reopen" else shown

    def action_filter(self) -> None:
        self.bar.open(in_shown_words(self.cases.filter_text))

    @on(FilterBar.Applied)
    def apply(self, event: FilterBar.Applied) -> None:
        """Show the cases of the filter that was entered."""
        self.bar.is_open = False
        self.cases.filter_by(event.text)
        self.show_header()

    @on(PagedList.RowClicked)
    def action_open(self) -> None:
        row = self.rows.current
        if row is not None:
            self._open_case(row.id)

    def action_move(self, key: str) -> None:
        self.cases.move(key)

    def action_mark(self) -> None:
        self.rows.range_from = None
        self.rows.toggle()
        self.show_header()

    def action_range(self) -> None:
        if self.rows.range_from is None:
            self.rows.range_from = self.rows.cursor
            self.rows.refresh()
            self.show_header()
        else:
            self.cases.mark_range()

    def action_mark_all(self) -> None:
        self.cases.mark_all()

    def action_again(self) -> None:
        self.cases.load()

    async def action_back(self) -> None:
        if self.bar.is_open:
            self.bar.is_open = False
            self.rows.focus()
        elif self.rows.range_from is not None:
            self.rows.range_from = None
            self.rows.refresh()
        elif self.rows.marks:
            self.rows.clear()
        else:
            await self.action_desk()
        self.show_header()

    @work(exclusive=True, group="dialog")
    async def action_list_act(self, command_id: str) -> None:
        await ACTS[command_id](self)
