"""The commands of the queue: order, columns, views and counts of its list, and acts on its cases."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screens.queue.layout import usable_layout
from screens.queue.row_text import order_at
from screens.shell.base_screen import attempt, in_thread, report
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, Action, Actor, state_refusal
from workbench.domain.case.vocabulary import ExportKind
from workbench.domain.filter.case_row import CaseRowView
from workbench.domain.filter.ordering import ListLayout
from workbench.errors import StorageFailed
from workbench.i18n import _, ngettext
from workbench.keys import queue as keys
from workbench.keys.command import Command
from workbench.services.case.output_folder import absolute_path, suggested_path
from workbench.settings.saved_views import SavedViews
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from screens.queue.list_screen import ListScreen
    from workbench.services.records.exporting.request import ExportReport
    from workbench.services.time.deadlines.bulk_changes import BulkResult
    from workbench.settings.queue_view import QueueView


def refusal(command: Command, row: CaseRowView | None, actor: Actor) -> str | None:
    """Return why a command cannot be run with the cursor on a row, None if it can be."""
    refused = command.refusal(actor)
    if refused is None and command is keys.REOPEN and row is not None:
        return state_refusal(Action.REOPEN, row.state, format_case(row.id))
    return refused


async def choose_order(screen: "ListScreen") -> None:
    """Ask for the order of the list."""
    from screens.queue.layout_dialogs import OrderDialog

    layout = screen.cases.chosen_layout
    order = await screen.app.push_screen_wait(OrderDialog(layout.order))
    if order is not None:
        _show_and_keep(screen, replace(layout, order=order))


def order_by_title(screen: "ListScreen", x: int) -> None:
    """Order the list by the column whose title was clicked; a second click reverses the order."""
    order = order_at(x, screen.cases.row_width, screen.cases.shown_layout)
    if order:
        _show_and_keep(screen, replace(screen.cases.chosen_layout, order=order))


async def choose_columns(screen: "ListScreen") -> None:
    """Ask for the columns of the list."""
    from screens.queue.layout_dialogs import ColumnsDialog

    layout = screen.cases.chosen_layout
    columns = await screen.app.push_screen_wait(ColumnsDialog(layout.columns, screen.cases.row_width))
    if columns is not None:
        _show_and_keep(screen, replace(layout, columns=columns))


def _show_and_keep(screen: "ListScreen", layout: ListLayout) -> None:
    """Show the list in a layout, and save it for this list; the layout of a view is only saved with the view."""
    screen.cases.show_layout(layout)
    if screen.cases.view_name:
        return
    try:
        screen.look.keep_layout(screen.preset.id, layout)
    except StorageFailed as error:
        report(screen, error)


async def save_view(screen: "ListScreen") -> None:
    """Save the filter, order and columns of the list under a name and a key."""
    from screens.dialogs.choice import ChoiceDialog
    from workbench.settings.queue_view import VIEW_KEYS, QueueView, name_problem

    views, cases = screen.views, screen.cases
    taken = {key: view.shown_name for key, view in views.by_key.items()}
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
    view = QueueView(name=name, filter_text=cases.filter_text, layout=cases.chosen_layout)
    if await attempt(screen, in_thread(_store_view, views, key, view)):
        cases.show_view(view)
        screen.notify(_("Saved: {key} in any list shows {name}.").format(key=key, name=view.shown_name), timeout=6)


def _store_view(views: SavedViews, key: str, view: "QueueView") -> bool:
    """Save a view and return True, because `attempt` returns None if it fails."""
    views.save(key, view)
    return True


async def show_usual(screen: "ListScreen") -> None:
    """Show the list with its own filter, and with its saved order and columns."""
    from workbench.settings.queue_view import QueueView

    screen.cases.show_view(QueueView(name="", layout=usable_layout(screen.look.layout(screen.preset.id))))


async def count_by(screen: "ListScreen") -> None:
    """Show how the cases of the list are distributed; a chosen value narrows the filter."""
    from screens.queue.breakdown_dialog import BreakdownDialog, BreakdownPicker

    cases = screen.cases
    by = await screen.app.push_screen_wait(BreakdownPicker(cases.counted_by))
    if by is None:
        return
    dialog = BreakdownDialog(screen.services.breakdowns, cases.filter_text, by, screen.view())
    term = await screen.app.push_screen_wait(dialog)
    cases.counted_by = dialog.by
    if term is not None and f" {term} " not in f" {cases.filter_text} ":
        cases.filter_by(f"{cases.filter_text} {term}".strip())
        screen.show_header()


async def export_list(screen: "ListScreen") -> None:
    """Ask for a file, and write the list to it with its filter, order and columns."""
    from screens.dialogs.prompt import Prompt
    from screens.dialogs.task_dialog import BusyDialog

    title, push = _("Export this list"), screen.app.push_screen_wait
    hint = _("The file has all cases of the filter, in this order, with these columns, masked. This is logged.")
    suggested = str(suggested_path(f"queue-{screen.view().today}.xlsx", Path.home()))
    file = await push(Prompt(title, hint, suggested, problem_of=_file_problem, is_prose=False))
    if file is None:
        return
    busy = BusyDialog(title, partial(_write_list, screen, file), _("Writing the file …"))
    report = await push(busy)
    if report is not None:
        message = ngettext("Wrote {rows} row to {file}.", "Wrote {rows} rows to {file}.", report.rows)
        screen.notify(message.format(rows=commas(report.rows), file=report.path), timeout=8)


def _file_problem(file: str) -> str | None:
    if Path(file).suffix.lower() in {".csv", ".xlsx", ".jsonl"}:
        return None
    return _("The end of its name chooses the format: .xlsx, .csv or .jsonl.")


def _write_list(screen: "ListScreen", file: str) -> "ExportReport":
    from workbench.services.records.exporting.request import ExportRequest

    cases = screen.cases
    path, text, layout = absolute_path(Path(file)), cases.filter_text, cases.chosen_layout
    return screen.services.exports.write(
        ExportRequest(what=ExportKind.QUEUE, output=path, filter_text=text, layout=layout)
    )


async def assign(screen: "ListScreen") -> None:
    """Assign the marked cases, or the one under the cursor."""
    from screens.dialogs.assign import assign_cases

    case_ids = screen.rows.marked_or_current
    if case_ids and await assign_cases(screen, screen.services, lambda: [("", case_ids)], screen.view()):
        screen.rows.clear()
        screen.cases.load()


async def undo_last_move(screen: "ListScreen") -> None:
    """Undo the last move of cases."""
    from screens.dialogs.assign import undo_move

    if await undo_move(screen, screen.services):
        screen.cases.load()


async def change_priority(screen: "ListScreen") -> None:
    """Change the priority of the marked cases, or of the one under the cursor."""
    texts = (_("Priority of {cases}"), _("Why? Only colleagues read it."))
    present = screen.rows.current.priority if screen.rows.current is not None else None
    await _change(screen, texts, (PRIORITY_WORDS, present), screen.services.bulk_changes.change_priorities)


async def change_class(screen: "ListScreen") -> None:
    """Change the service class of the marked cases, or of the one under the cursor."""
    texts = (_("Service class of {cases}"), _("Why? The applicant reads it if the due date moves later."))
    present = screen.rows.current.service_class if screen.rows.current is not None else None
    await _change(screen, texts, (CLASS_WORDS, present), screen.services.bulk_changes.change_classes)


async def _change(
    screen: "ListScreen",
    texts: tuple[str, str],
    values: tuple[Mapping[Any, str], object],
    act: Callable[[tuple[int, ...], Any, str], "BulkResult"],
) -> None:
    """Ask for a value and a reason, set the value of the chosen cases, and list the refused cases.

    Args:
        screen: The screen with the list.
        texts: The title of the dialog, with `{cases}` for the chosen cases, and the hint in the field for the reason.
        values: All values with their untranslated words, and the present value of the case under the cursor.
        act: Sets the value of cases; its arguments are the cases, the value and the reason.
    """
    from screens.dialogs.assign import list_refused
    from screens.dialogs.assign_text import cases_words
    from screens.dialogs.choice import ChoiceDialog
    from screens.dialogs.task_dialog import BusyDialog

    (title, hint), (untranslated, present) = texts, values
    words = {value: _(word) for value, word in untranslated.items()}
    case_ids, push = screen.rows.marked_or_current, screen.app.push_screen_wait
    title = title.format(cases=format_case(case_ids[0]) if len(case_ids) == 1 else cases_words(len(case_ids)))
    answer = await push(ChoiceDialog[Any](title, words, _("choose"), placeholder=hint, chosen=present))
    if answer is None:
        return
    value, reason = answer
    busy = _("Changing {cases} …").format(cases=cases_words(len(case_ids)))
    change = await push(BusyDialog(title, partial(act, case_ids, value, reason), busy))
    if change is None:
        return
    screen.rows.clear()
    screen.cases.load()
    if change.changed:
        message = _("{cases}: now {value}.").format(cases=cases_words(len(change.changed)), value=words[value])
        screen.notify(message, timeout=8)
    list_refused(screen, _("Not changed: {cases}"), change.refused)


async def reopen(screen: "ListScreen") -> None:
    """Open the case under the cursor again."""
    from screens.dialogs.reopen import reopen_case

    row = screen.rows.current
    if row is not None and await reopen_case(screen, screen.services, row.id):
        screen.cases.load()


ACTS: dict[str, Callable[["ListScreen"], Awaitable[None]]] = {
    keys.ORDER.id: choose_order,
    keys.COLUMNS.id: choose_columns,
    keys.COUNT.id: count_by,
    keys.SAVE_VIEW.id: save_view,
    keys.USUAL_VIEW.id: show_usual,
    keys.EXPORT.id: export_list,
    keys.ASSIGN.id: assign,
    keys.UNDO_MOVE.id: undo_last_move,
    keys.PRIORITY.id: change_priority,
    keys.CLASS.id: change_class,
    keys.REOPEN.id: reopen,
}
"""The functions by the ids of their commands."""
