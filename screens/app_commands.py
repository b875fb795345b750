"""The modes of the workbench, and the commands that work in all of them."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from textual.worker import active_worker

from screens.app_cases import (
    board_screen,
    change_scope,
    go_to_queue,
    insert_text,
    open_acts,
    open_case,
    quality_screen,
    show_view,
    take_case,
    undo_verdict,
)
from screens.desk.start_screen import StartScreen
from screens.shell.base_screen import ModeScreen, attempt, drop_messages, in_thread, run_in_worker
from screens.shell.change_poll import POLL_EVERY_S, ChangePoll
from screens.shell.protocols import CopiesText, HasPlace, ShowsCase
from screens.shell.theme import THEMES
from screens.terminal.input_bursts import takes_text
from workbench.errors import ExitCode, StorageFailed
from workbench.i18n import _, ngettext
from workbench.keys import queue
from workbench.keys.command import Place
from workbench.keys.desk import ACTS, FIND, TAKE, UNDO
from workbench.keys.manual import MANUAL
from workbench.keys.registry import COPY, GO, HELP, MODES, PALETTE, QUIT, TEXTS, THEME

_TICK_GROUP = "time"

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from screens.app_base import AppBase
    from screens.desk.screen import DeskScreen
    from workbench.services.wiring import Services


def add_modes(app: "AppBase", desk: "DeskScreen", kept: Collection[str] = ()) -> None:
    """Add the modes except those in `kept`; every screen except the desk is imported when it is first shown.

    The screen of the mode `checks` is `screens.checks.screen.ChecksScreen`, and so on, unless it needs more arguments.
    """
    clock, services = app.clock, desk.session.services

    def imported_screen(mode: str) -> "Screen[None]":
        module = import_module(f"screens.{mode}.screen")
        screen: Screen[None] = getattr(module, f"{mode.capitalize()}Screen")(clock, services)
        return screen

    def queue_screen(name: str) -> "Screen[None]":
        from screens.queue.screen import PRESETS, QueueScreen

        return QueueScreen(clock, services, PRESETS[name], partial(open_case, app, desk), app.look, app.views)

    needing_more: dict[str, Callable[[], Screen[None]]] = {
        "desk": lambda: desk,
        "board": partial(board_screen, app, services),
        "quality": partial(quality_screen, app, services, partial(add_modes, app, desk)),
        **{name: partial(queue_screen, name) for name in ("queue", "mine", "pending", "reopen")},
    }
    for command in MODES:
        mode = command.id.removeprefix("go.")
        if mode not in kept:
            app.add_mode(mode, needing_more.get(mode, partial(imported_screen, mode)))


async def show_inquiries(app: "AppBase", services: "Services") -> None:
    """Show the only screen of a person who only answers inquiries."""
    from screens.inquiries.screen import InquiriesScreen

    screen = InquiriesScreen(app.clock, services)
    app.add_mode("inquiries", lambda: screen)
    await app.switch_mode("inquiries")
    app.changes = ChangePoll(app, screen, services.is_changed_elsewhere, app.clock)
    if not app.is_headless:
        app.set_interval(POLL_EVERY_S, app.changes.poll_if_changed)


async def go(app: "AppBase", mode: str) -> None:
    """Go to a mode, and close a case that covers its screen."""
    from screens.desk.screen import ReadOnlyScreen

    if app.current_mode == mode and isinstance(app.screen, ReadOnlyScreen):
        app.screen.panels.is_zoomed = False
        app.screen.action_leave()
    drop_messages(app)
    await app.switch_mode(mode)
    if isinstance(app.screen, ModeScreen):
        app.screen.way_back = "desk"


async def choose_mode(app: "AppBase") -> None:
    """Show the modes with their letters, and go to the chosen mode."""
    from screens.dialogs.go_menu import GoMenu

    async def go_to(chosen: str | None) -> None:
        if chosen is not None:
            await go(app, chosen.removeprefix("go."))

    # Not in a worker: the second key may be waiting already, and without the menu it would run another command.
    app.push_screen(GoMenu(MODES), go_to)


async def find_case(app: "AppBase") -> None:
    """Open the filter line of the queue."""
    screen = await go_to_queue(app)
    if screen is not None:
        screen.action_filter()


async def show_help(app: "AppBase") -> None:
    """Show the help page with the keys of the screen."""
    from screens.dialogs.help import key_sheet

    default_place: Place = "everywhere" if app.screen.is_modal else "desk"
    place = app.screen.PLACE if isinstance(app.screen, HasPlace) else default_place
    app.push_screen(key_sheet(app.screen, place, app.services.actor if app.services is not None else None))


async def show_manual(app: "AppBase") -> None:
    """Close the page of keys, and show the chapter of the manual about the screen below."""
    from screens.dialogs.help import KeySheet
    from screens.manual.screen import ChapterViewer, ManualScreen
    from workbench.manual.chapters import chapter_of

    if isinstance(app.screen, KeySheet):
        app.screen.leave()
    places = (screen.PLACE for screen in reversed(app.screen_stack) if isinstance(screen, HasPlace))
    if (place := next(places, "desk")) != "manual":
        await app.push_screen(manual := ManualScreen())
        await manual.query_one(ChapterViewer).go(chapter_of(place).path)


async def show_palette(app: "AppBase") -> None:
    """Show the palette, which finds the commands of the screen by words."""
    from screens.dialogs.palette import CommandProvider, Palette

    app.push_screen(Palette(CommandProvider, _("Find a command …")))


async def change_theme(app: "AppBase") -> None:
    """Switch to the next theme, and save it unless the settings set one."""
    names = [theme.name for theme in THEMES.values()]
    app.theme = names[(names.index(app.theme) + 1) % len(names)]
    if app.settings.theme:
        app.notify(_("The theme lasts until you quit; your settings name another one."))
        return
    try:
        app.look.keep_theme(app.theme)
    except StorageFailed as error:
        app.report_failure(error)


async def quit_workbench(app: "AppBase") -> None:
    """Quit the workbench; if a case is held, ask first."""
    run_in_worker(app, partial(_leave, app), "leave", is_exclusive=True)


async def _leave(app: "AppBase") -> None:
    """Ask whether to release a held case, and end the program unless the person goes back."""
    from screens.dialogs.quit import QuitDialog

    # While the demo is being made, its first cases end with the program, so there is no hold to ask about.
    desk = None if app.services is not None and app.services.background() else app.desk
    case = desk.session.case if desk is not None and desk.session.is_held else None
    if desk is not None and case is not None and case.header.held_until is not None:
        from screens.desk.outcomes import CaseRef

        ref = CaseRef.of(case)
        choice = await app.push_screen_wait(QuitDialog(ref.name, desk.view().instant(case.header.held_until)))
        release = partial(desk.session.give_up, ref, desk.session.services.claims.release)
        if choice is None or (choice == "release" and await desk.carry_out(release) is None):
            return
    await app.end(app.error.exit_code if app.error is not None else ExitCode.OK)


def notify_waiting(app: "AppBase") -> None:
    """Say that the write of this thread waits for the demo, unless an automatic task made it."""
    if getattr(active_worker.get(None), "group", "") != _TICK_GROUP:
        app.call_later(app.notify, _("This is kept, and done as soon as the sample data is complete."), timeout=4)


def catch_up(app: "AppBase", desk: "DeskScreen") -> None:
    """Run the tasks of `workbench tick`, one run at a time, so that an open workbench needs no scheduled job."""
    if all(worker.group != _TICK_GROUP for worker in app.workers):
        run_in_worker(app, partial(_catch_up, app, desk), _TICK_GROUP)


async def _catch_up(app: "AppBase", desk: "DeskScreen") -> None:
    message = _("Due deadlines could not be handled: {cause} The workbench will try again in a few minutes.")
    done = await attempt(
        app,
        in_thread(desk.session.services.catch_up),
        lambda error: app.notify(message.format(cause=error), severity="warning", timeout=8),
    )
    if done is not None and done.has_changes:
        desk.read_again()


async def copy(app: "AppBase") -> None:
    """Copy the selected text, or else what is under the cursor, to the clipboard of the terminal."""
    # In a worker, because a masked field is revealed, or the fields of a panel are listed first. A second press must
    # not reveal the field again, since each reveal is logged.
    if all(worker.group != "copy" for worker in app.workers):
        run_in_worker(app, partial(_copy, app), "copy")


async def _copy(app: "AppBase") -> None:
    """Copy the text selected with the mouse, or else what is under the cursor."""
    from screens.widgets.safe_text import row_text
    from workbench.domain.text.safe import safe
    from workbench.wording.amounts import commas

    # The mouse selects the padding of columns too.
    selected = "\n".join(map(row_text, (app.screen.get_selected_text() or "").splitlines())).strip()
    text = selected or await _text_under_cursor(app)
    if text:
        text = safe(text, keep_newlines=True)
        app.copy_to_clipboard(text)
        message = ngettext("Copied: {count} character.", "Copied: {count} characters.", len(text))
        app.notify(message.format(count=commas(len(text))), timeout=3)
    elif text is None:
        app.notify(_("There is nothing to copy here. Move to a field or a row, or select text with the mouse."))


async def _text_under_cursor(app: "AppBase") -> str | None:
    """Return the text to copy from the focused widget, or else from the screen; see `CopiesText`."""
    # Imported here, because the first frame needs no text fields.
    from textual.widgets import Input, TextArea

    from screens.desk.acts.copying import field_to_copy
    from screens.desk.case_screen import CaseScreen
    from screens.panels.panel import Panel

    screen, focused = app.screen, app.focused
    if isinstance(focused, Input):
        return focused.selected_text or focused.value or None
    if isinstance(focused, TextArea):
        return focused.selected_text or focused.text or None
    if isinstance(screen, CaseScreen) and screen.session.case is not None:
        return await field_to_copy(app, screen.panels.panel)
    if isinstance(focused, Panel):
        return await field_to_copy(app, focused)
    for node in (screen, focused):
        if isinstance(node, CopiesText):
            return await node.text_to_copy()
    return None


COMMANDS: dict[str, Callable[["AppBase"], Awaitable[None]]] = {
    GO.id: choose_mode,
    HELP.id: show_help,
    MANUAL.id: show_manual,
    COPY.id: copy,
    TEXTS.id: insert_text,
    PALETTE.id: show_palette,
    THEME.id: change_theme,
    QUIT.id: quit_workbench,
    FIND.id: find_case,
    ACTS.id: open_acts,
    **dict.fromkeys((TAKE.id, queue.TAKE.id), take_case),
    UNDO.id: undo_verdict,
    queue.SCOPE.id: change_scope,
    **{f"{queue.VIEW.id}.{key}": partial(show_view, key=key) for key in queue.VIEW.keys},
}


def _takes_prose(field: "Widget | None") -> bool:
    """Return whether a widget is a field for text that people read."""
    if not takes_text(field):
        return False
    # Imported here, because the first frame needs no text fields.
    from screens.widgets.text_fields import takes_prose

    return takes_prose(field)


def is_available(app: "AppBase", command_id: str) -> bool:
    """Return whether a command of the app can be run now."""
    screen = app.screen
    if command_id == QUIT.id:
        return not screen.has_class("-leaving")
    if command_id in {HELP.id, PALETTE.id}:
        return isinstance(screen, HasPlace) or (command_id == HELP.id and screen.is_modal)
    if command_id == TEXTS.id:
        return _takes_prose(app.focused)
    if command_id == GO.id and (app.desk is None or screen.is_modal or takes_text(app.focused)):
        return False
    if command_id == ACTS.id:
        return isinstance(screen, ShowsCase) and screen.case is not None
    return command_id == THEME.id or not isinstance(screen, StartScreen)
