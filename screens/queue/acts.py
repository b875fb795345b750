"""The commands of the queue that open a dialog: order, columns, counts, assign and open again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from screens.shell.base_screen import report
from workbench.domain.case.actor import Actor
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.errors import StorageFailed
from workbench.keys import queue as keys
from workbench.keys.command import Command
from workbench.look import ListLayout

if TYPE_CHECKING:
    from screens.queue.screen import QueueScreen


def may_open(command: Command, row: CaseRowView | None, actor: Actor) -> bool:
    """Say whether a dialog can be opened with the cursor on a row: one that changes cases needs a row, and a role."""
    if command.action is None:
        return True
    if command.refusal(actor) is not None or row is None:
        return False
    return command is not keys.REOPEN or is_allowed(Action.REOPEN, row.state, actor)


async def choose_order(screen: "QueueScreen") -> None:
    """Ask for the order of the list."""
    from screens.queue.layout_dialogs import OrderDialog

    layout = screen.cases.layout_now
    dialog = OrderDialog(layout.order)
    if await screen.app.push_screen_wait(dialog):
        _show_and_keep(screen, replace(layout, order=dialog.chosen))


async def choose_columns(screen: "QueueScreen") -> None:
    """Ask for the columns of the list."""
    from screens.queue.layout_dialogs import ColumnsDialog

    layout = screen.cases.layout_now
    dialog = ColumnsDialog(layout.columns, screen.cases.row_width)
    if await screen.app.push_screen_wait(dialog):
        _show_and_keep(screen, replace(layout, columns=dialog.chosen))


def _show_and_keep(screen: "QueueScreen", layout: ListLayout) -> None:
    """Show the list in a layout, and remember it for this list."""
    screen.cases.show_layout(layout)
    try:
        screen.look.keep_layout(screen.preset.id, layout)
    except StorageFailed as error:
        report(screen, error)


async def count_by(screen: "QueueScreen") -> None:
    """Show how the cases of the list are distributed; a chosen value narrows the filter."""
    from screens.queue.breakdown_dialog import BreakdownDialog, BreakdownPicker

    cases = screen.cases
    picker = BreakdownPicker(cases.counted_by)
    if not await screen.app.push_screen_wait(picker):
        return
    dialog = BreakdownDialog(screen.services.breakdowns, cases.filter_text, picker.chosen, screen.view())
    is_narrowed = await screen.app.push_screen_wait(dialog)
    cases.counted_by = dialog.by
    if is_narrowed and dialog.term not in cases.filter_text.split():
        cases.filter_by(f"{cases.filter_text} {dialog.term}".strip())
        screen.show_header()


async def assign(screen: "QueueScreen") -> None:
    """Assign the marked cases, or the one under the cursor."""
    from screens.dialogs.assign import assign_cases

    case_ids = screen.rows.chosen
    if case_ids and await assign_cases(screen, screen.services, case_ids, screen.view()):
        screen.rows.clear()
        screen.cases.load()


async def reopen(screen: "QueueScreen") -> None:
    """Open the case under the cursor again."""
    from screens.dialogs.reopen import reopen_case

    row = screen.rows.current
    if row is not None and await reopen_case(screen, screen.services, row.id):
        screen.cases.load()


ACTS: dict[str, Callable[["QueueScreen"], Awaitable[None]]] = {
    keys.ORDER.id: choose_order,
    keys.COLUMNS.id: choose_columns,
    keys.COUNT.id: count_by,
    keys.ASSIGN.id: assign,
    keys.REOPEN.id: reopen,
}
"""The dialogs by the ids of their commands."""
