"""The commands of the queue on its list or on cases: order, columns, views, counts, assign and open again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from screens.queue.columns import usable_layout
from screens.shell.base_screen import attempt, report
from workbench.domain.case.actor import Actor
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.domain.filter.ordering import ListLayout
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.keys import queue as keys
from workbench.keys.command import Command
from workbench.saved_views import SavedViews

if TYPE_CHECKING:
    from screens.queue.screen import QueueScreen
    from workbench.domain.filter.views import QueueView


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
    """Show the list in a layout, and remember it for this list; that of a view is only remembered by saving it."""
    screen.cases.show_layout(layout)
    if screen.cases.view_name:
        return
    try:
        screen.look.keep_layout(screen.preset.id, layout)
    except StorageFailed as error:
        report(screen, error)


async def save_view(screen: "QueueScreen") -> None:
    """Save the filter, order and columns of the list under a name and a key."""
    from screens.dialogs.choice import ChoiceDialog
    from workbench.domain.filter.views import VIEW_KEYS, QueueView, name_problem

    views, cases = screen.views, screen.cases
    taken = {key: view.name for key, view in views.by_key.items()}
    words = {key: f"{key}  {taken[key]}" if key in taken else key for key in VIEW_KEYS}
    free = next((key for key in VIEW_KEYS if key not in taken), VIEW_KEYS[0])
    dialog = ChoiceDialog(_("Save this view"), words, _("key"), placeholder=_("name of the view"), chosen=free)
    answer = await screen.app.push_screen_wait(dialog)
    if answer is None:
        return
    key, name = answer
    if (problem := name_problem(name)) is not None:
        screen.notify(_("The view was not saved: {why}").format(why=problem), severity="error")
        return
    view = QueueView(name=name, filter_text=cases.filter_text, layout=cases.layout_now)
    if await attempt(screen, partial(asyncio.to_thread, _saved, views, key, view)):
        cases.show_view(view)
        screen.notify(_("Saved: {key} in any list shows {name}.").format(key=key, name=name), timeout=6)


def _saved(views: SavedViews, key: str, view: "QueueView") -> bool:
    views.save(key, view)
    return True


async def show_usual(screen: "QueueScreen") -> None:
    """Show the list with its own filter, and the order and columns that were kept for it."""
    from workbench.domain.filter.views import QueueView

    screen.cases.show_view(QueueView(name="", layout=usable_layout(screen.look.layout(screen.preset.id))))


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
    keys.SAVE_VIEW.id: save_view,
    keys.USUAL_VIEW.id: show_usual,
    keys.ASSIGN.id: assign,
    keys.REOPEN.id: reopen,
}
"""The functions by the ids of their commands."""
