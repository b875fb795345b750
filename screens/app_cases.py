"""Opens cases from lists, read-only or on the desk, and takes them to the desk."""

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from screens.shell.base_screen import attempt, close, in_thread, run_in_worker
from screens.shell.protocols import ShowsCase
from workbench.i18n import _
from workbench.keys.registry import with_keys

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.app_base import AppBase
    from screens.board.screen import BoardScreen
    from screens.desk.screen import DeskScreen
    from screens.quality.screen import QualityScreen
    from screens.queue.screen import QueueScreen
    from workbench.domain.case.casefile import CaseFile
    from workbench.services.wiring import Services

AddModes = Callable[[Collection[str]], object]
"""Adds the modes, except the given ones."""


def open_case(app: "AppBase", desk: "DeskScreen", case_id: int, then: str = "") -> None:
    """Open a case of a list on the desk if the reviewer holds it, else read-only; `then` is a command to run on it."""
    run_in_worker(app, partial(_open_case, app, desk, case_id, then), "case", is_exclusive=True)


async def _open_case(app: "AppBase", desk: "DeskScreen", case_id: int, then: str) -> None:
    from screens.desk.screen import ReadOnlyScreen

    services = desk.session.services
    case = await attempt(app, in_thread(services.casefiles.show, case_id))
    if case is None:
        return
    if case.header.held_by != desk.session.login:
        app.push_screen(ReadOnlyScreen(app.clock, services, case, then))
        await attempt(app, in_thread(services.readings.record, case_id))
    elif await desk.carry_out(partial(desk.session.open_held, case)) is not None:
        await app.switch_mode("desk")
        if then:
            desk.action_act(then)


async def open_acts(app: "AppBase") -> None:
    """List the acts on the case under the cursor of a list; the chosen one opens the case."""
    screen = _screen_below(app)
    if app.desk is not None and isinstance(screen, ShowsCase) and screen.case is not None:
        run_in_worker(app, partial(_open_acts, app, app.desk, screen.case), "dialog")


async def _open_acts(app: "AppBase", desk: "DeskScreen", case: "CaseFile") -> None:
    from screens.desk.key_map import choose_act
    from screens.desk.screen import ReadOnlyScreen

    # The screen is not shown yet: if the person leaves the list, the list of cases is still there.
    command = await choose_act(ReadOnlyScreen(app.clock, desk.session.services, case), case)
    if command is not None:
        open_case(app, desk, case.header.id, command.id)


def board_screen(app: "AppBase", services: "Services") -> "BoardScreen":
    """Return the screen of the board, which shows the cases of a figure in the queue."""
    from screens.board.screen import BoardScreen

    return BoardScreen(app.clock, services, partial(show_list, app))


def quality_screen(app: "AppBase", services: "Services", add_modes: "AddModes") -> "QualityScreen":
    """Return the screen of the quality review, from which a sampled case is read blindly."""
    from screens.quality.screen import QualityScreen

    read = partial(_read_blindly, app, services, add_modes)
    return QualityScreen(app.clock, services, partial(run_in_worker, app, read, "claim", is_exclusive=True))


async def _read_blindly(app: "AppBase", services: "Services", add_modes: "AddModes") -> None:
    """Show a sampled case for a blind second opinion; `add_modes` makes the screens anew, except those of some modes.

    The other screens may still show what was decided.
    """
    from screens.desk.blind_screen import BlindScreen
    from workbench.keys.registry import MODES

    # A tuple, because None says that nothing could be read.
    read = await attempt(app, in_thread(lambda: (services.opinions.read(),)))
    if read is None or read[0] is None:
        return
    kept = {"desk", app.current_mode}
    for mode in {command.id.removeprefix("go.") for command in MODES} - kept:
        await app.remove_mode(mode)
    add_modes(kept)
    app.push_screen(BlindScreen(app.clock, services, read[0]))


def _screen_below(app: "AppBase") -> "Screen[Any]":
    """Return the screen below the palette, which may not be closed yet when its command runs."""
    return next((screen for screen in reversed(app.screen_stack) if not screen.is_modal), app.screen)


async def take_case(app: "AppBase") -> None:
    """Take the case that is open or under the cursor to the desk; ask for the reason first."""
    case_id = _case_id_on(_screen_below(app))
    if app.desk is not None and case_id is not None:
        run_in_worker(app, partial(_ask_and_take, app, app.desk, case_id), "dialog")


def _case_id_on(screen: "Screen[Any]") -> int | None:
    """Return the case that is open on a screen, or under the cursor of its list."""
    from screens.desk.case_screen import CaseScreen
    from screens.queue.screen import QueueScreen

    if isinstance(screen, QueueScreen):
        return screen.rows.current.id if screen.rows.current is not None else None
    case = screen.session.case if isinstance(screen, CaseScreen) else None
    return case.header.id if case is not None else None


async def _ask_and_take(app: "AppBase", desk: "DeskScreen", case_id: int) -> None:
    """Ask for the reason unless the case is refused or held already, and take it."""
    from screens.dialogs.prompt import ActPrompt
    from workbench.domain.case.case_id import format_case

    taking, name = desk.session.services.taking, format_case(case_id)
    held = desk.session.case if desk.session.is_held else None
    if held is not None and held.header.id == case_id:
        await app.switch_mode("desk")
        return
    answers = await attempt(app, in_thread(lambda: (taking.why_not(case_id), taking.own_skip(case_id))))
    if answers is None:
        # `attempt` has reported that they could not be read.
        return
    refusal, skipped = answers
    if refusal:
        app.notify(refusal, severity="error", timeout=8)
        return
    hint = _("Why this case now? Only colleagues read it, in the history.")
    if skipped:
        hint = f"{_('You skipped this case: “{reason}”.').format(reason=skipped)} {hint}"
    if held is not None:
        stays = with_keys(_("{case} stays yours; {desk.next} shows it after this one.")).format(
            case=format_case(held.header.id)
        )
        hint = f"{hint} {stays}"
    reason = await app.push_screen_wait(ActPrompt(_("Take {case}").format(case=name), hint, _("take")))
    if reason:
        run_in_worker(app, partial(_carry_out_take, app, desk, case_id, reason), "claim")


async def _carry_out_take(app: "AppBase", desk: "DeskScreen", case_id: int, reason: str) -> None:
    from screens.desk.screen import ReadOnlyScreen

    case = await attempt(app, in_thread(desk.session.services.taking.take, case_id, reason))
    if case is not None and await desk.carry_out(partial(desk.session.open_held, case)) is not None:
        screen = app.screen
        if isinstance(screen, ReadOnlyScreen):
            await attempt(app, screen.session.save_draft)
            close(screen)
        await app.switch_mode("desk")
        desk.read_again()


async def undo_verdict(app: "AppBase") -> None:
    """Ask whether to take back your verdict under the cursor of the checks, and show its case on the desk."""
    screen = _screen_below(app)
    if app.desk is not None and isinstance(screen, ShowsCase) and screen.case is not None:
        run_in_worker(app, partial(_ask_and_undo, app, app.desk, screen.case.header.id), "dialog")


async def _ask_and_undo(app: "AppBase", desk: "DeskScreen", case_id: int) -> None:
    from screens.desk.acts.undoing import UndoQuestion
    from workbench.domain.case.case_id import format_case

    question = UndoQuestion(format_case(case_id), [_("Your verdict is taken back, and the case comes to your desk.")])
    undo = in_thread(desk.session.services.undo.undo, case_id)
    if await app.push_screen_wait(question) and await attempt(app, undo) is not None:
        open_case(app, desk, case_id)


async def change_scope(app: "AppBase") -> None:
    """Make the filter of the list the scope of the desk, or end that scope."""
    from screens.queue.screen import QueueScreen
    from workbench.domain.filter.parser import parse_filter
    from workbench.domain.text.mask import mask_digits_within

    screen = _screen_below(app)
    if app.desk is None or not isinstance(screen, QueueScreen):
        return
    session, filter_text = app.desk.session, screen.cases.filter_text
    if not filter_text:
        message = _(
            "Filter the list first ({queue.filter}); then {queue.scope} makes that filter the scope of the desk."
        )
        app.notify(with_keys(message), timeout=6)
        return
    if session.scope != filter_text and not parse_filter(filter_text).may_select_queued:
        message = _("This filter lists no queued cases, so {desk.next} would never find one; the scope did not change.")
        app.notify(with_keys(message), severity="warning", timeout=8)
        return
    session.scope = "" if session.scope == filter_text else filter_text
    message = _("The scope is ended; {desk.next} takes every case again.")
    if session.scope:
        message = _("On the desk, {desk.next} now takes only cases of this filter: {filter}. {desk.scope} ends that.")
    app.notify(with_keys(message).format(filter=mask_digits_within(session.scope)), timeout=6)
    app.desk.show_header()


def show_list(app: "AppBase", filter_text: str) -> None:
    """Show the cases of a filter in the queue."""
    run_in_worker(app, partial(_show_list, app, filter_text), "list", is_exclusive=True)


async def _show_list(app: "AppBase", filter_text: str) -> None:
    screen = await go_to_queue(app)
    if screen is not None:
        screen.cases.filter_by(filter_text)
        screen.way_back = "board"
        screen.show_header()


async def show_view(app: "AppBase", key: str) -> None:
    """Show a saved view in the queue."""
    view = app.views.by_key.get(key)
    if view is None:
        message = _("No view is saved under {key}; {queue.save_view} saves the filter, order and columns of a list.")
        app.notify(with_keys(message).format(key=key), timeout=6)
        return
    screen = await go_to_queue(app)
    if screen is not None:
        screen.cases.show_view(view)


async def go_to_queue(app: "AppBase") -> "QueueScreen | None":
    """Go to the queue, and close a case that covers it; return the screen, or None if a dialog covers it."""
    from screens.desk.screen import ReadOnlyScreen
    from screens.queue.screen import QueueScreen

    await app.switch_mode("queue")
    if isinstance(app.screen, ReadOnlyScreen):
        app.screen.panels.is_zoomed = False
        await app.screen.action_leave().wait()
    if not isinstance(app.screen, QueueScreen):
        return None
    app.screen.way_back = "desk"
    return app.screen


async def insert_text(app: "AppBase") -> None:
    """List the canned texts, and insert the chosen one into the field that has the focus."""
    from screens.desk.case_screen import CaseScreen
    from screens.texts import chooser

    screen = _screen_below(app)
    case = screen.case if isinstance(screen, ShowsCase) else None
    case = screen.session.case if isinstance(screen, CaseScreen) else case
    run_in_worker(app, partial(chooser.insert_text, app, app.settings.texts, case), "dialog")
