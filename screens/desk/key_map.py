"""The table of the commands on a case: the function that each runs, and why it cannot be run now."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from textual.binding import Binding

from screens.desk import case_commands, deadline_commands
from screens.desk.acts import applicant_commands, legal_hold, undoing
from screens.desk.case_screen import EXCLUSIVE_GROUPS, CaseScreen
from screens.desk.session import DeskSession
from screens.shell.bindings import bind, refusal_elsewhere
from screens.shell.view import View
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.lifecycle import PERMISSIONS, Action, erased_refusal, state_refusal
from workbench.domain.case.vocabulary import CaseState, Verdict
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys.command import Command
from workbench.keys.registry import with_keys


@dataclass(frozen=True, slots=True)
class DeskCommand:
    """A command on a case; state, role and hold must allow its action."""

    command: Command
    run: case_commands.CommandFunction
    group: str = ""
    """The group of its worker; empty for a command that runs without a worker."""
    needs_case: bool = True


def _switch_auto_next(screen: CaseScreen) -> None:
    """Switch the automatic next case after a verdict on or off."""
    session = screen.session
    session.auto_next = not session.auto_next
    screen.show_header()
    if session.auto_next:
        screen.notify(_("After a verdict, the next case comes by itself."))
    else:
        screen.notify(with_keys(_("You take each case yourself, with {desk.next}.")))


def _end_scope(screen: CaseScreen) -> None:
    """End the scope of the desk."""
    screen.session.scope = ""
    screen.show_header()
    screen.refresh_bindings()
    screen.notify(with_keys(_("The scope is ended; {desk.next} takes every case again.")))
    if screen.session.case is None:
        screen.show_page()


async def choose_act(screen: CaseScreen, case: CaseFile) -> Command | None:
    """List the acts on a case, and return the chosen one; None if there is none, or if it has a screen of its own."""
    # Imported late, as dialogs are: the first frame needs none.
    from screens.desk.acts.act_list import choose_act

    commands = [desk_command.command for desk_command in COMMANDS.values()]
    return await choose_act(screen, case, commands, partial(why_not, screen))


async def _show_acts(screen: CaseScreen, case: CaseFile) -> None:
    command = await choose_act(screen, case)
    if command is None:
        return
    # The case may have changed while the list was open.
    if (refused := why_not(screen, command.keys[0])) is not None:
        screen.notify(refused, timeout=6)
    else:
        await screen.run_action(f"act('{command.id}')")


async def _show_letters(screen: CaseScreen, case: CaseFile) -> None:
    from screens.desk.acts.letter_list import show_letters

    await show_letters(screen, case)


_AT_THE_DESK = (
    DeskCommand(desk.NEXT, case_commands.take_next, "claim", needs_case=False),
    DeskCommand(desk.UNDO, undoing.undo, needs_case=False),
    DeskCommand(desk.END_SCOPE, _end_scope, needs_case=False),
    DeskCommand(desk.AUTO_NEXT, _switch_auto_next, needs_case=False),
)
_ON_A_CASE: tuple[DeskCommand, ...] = (
    DeskCommand(desk.PASS, partial(case_commands.decide, verdict=Verdict.PASS), "dialog"),
    DeskCommand(desk.FAIL, partial(case_commands.decide, verdict=Verdict.FAIL), "dialog"),
    DeskCommand(desk.PEND, partial(case_commands.decide, verdict=Verdict.PENDING), "dialog"),
    DeskCommand(desk.RECTIFY, partial(case_commands.decide, verdict=Verdict.FAIL, items_first=True), "dialog"),
    DeskCommand(desk.TAKE, applicant_commands.take, "dialog"),
    DeskCommand(desk.ASIDE, case_commands.put_aside, "dialog"),
    DeskCommand(desk.SKIP, case_commands.skip, "dialog"),
    DeskCommand(desk.RELEASE, case_commands.release, "write"),
    DeskCommand(desk.ASSIGN, case_commands.assign, "dialog"),
    DeskCommand(desk.REOPEN, case_commands.reopen, "dialog"),
    DeskCommand(desk.ANSWER, applicant_commands.record_reply, "dialog"),
    DeskCommand(desk.RESUBMIT, applicant_commands.record_resubmission, "dialog"),
    DeskCommand(desk.WITHDRAW, applicant_commands.withdraw, "dialog"),
    DeskCommand(desk.APPEAL, case_commands.file_appeal, "dialog"),
    DeskCommand(desk.WAIVE, deadline_commands.waive, "dialog"),
    DeskCommand(desk.EXTEND, deadline_commands.extend, "dialog"),
    DeskCommand(desk.CLASS, deadline_commands.change_class, "dialog"),
    DeskCommand(desk.PRIORITY, deadline_commands.change_priority, "dialog"),
    DeskCommand(desk.LEGAL_HOLD, legal_hold.change_legal_hold, "dialog"),
    DeskCommand(desk.COMMENT, case_commands.comment, "dialog"),
    DeskCommand(desk.INQUIRE, case_commands.inquire, "dialog"),
    DeskCommand(desk.CONTACT, case_commands.record_contact, "dialog"),
    DeskCommand(desk.CHECKLIST, case_commands.answer_checklist, "dialog"),
    DeskCommand(desk.VERIFY, case_commands.verify, "dialog"),
    DeskCommand(desk.DOCUMENTS, case_commands.list_documents, "dialog"),
    DeskCommand(desk.LETTERS, _show_letters, "dialog"),
    DeskCommand(desk.CHANGES, case_commands.show_changes, "dialog"),
    DeskCommand(desk.EXPLAIN, case_commands.explain, "read"),
    DeskCommand(desk.PHONE_ESTIMATE, case_commands.show_phone_estimate, "read"),
    DeskCommand(desk.ACTS, _show_acts, "dialog"),
    DeskCommand(desk.REVEAL, case_commands.reveal),
)

COMMANDS: dict[str, DeskCommand] = {
    desk_command.command.id: desk_command for desk_command in (*_AT_THE_DESK, *_ON_A_CASE)
}
"""The commands by id."""

COMMAND_OF_KEY: dict[str, DeskCommand] = {
    key: desk_command for desk_command in COMMANDS.values() for key in desk_command.command.keys
}


def bindings(*, is_desk: bool) -> Iterable[Binding]:
    """Yield the bindings of the commands on a case, and of those that only the desk has."""
    for desk_command in (*(_AT_THE_DESK if is_desk else ()), *_ON_A_CASE):
        yield bind(desk_command.command, f"act('{desk_command.command.id}')")
    yield bind(desk.FIND, f"app.act('{desk.FIND.id}')")


def refusal(desk_command: DeskCommand, session: DeskSession, view: View) -> str | None:
    """Return why a command cannot be run now and what to do, None if it can be run."""
    case, command = session.case, desk_command.command
    if (refused := command.refusal(session.services.actor)) is not None:
        return refused
    if not desk_command.needs_case:
        return _desk_refusal(command, session)
    if case is None:
        return with_keys(
            _("No case is shown. To take a case, press {desk.next}; to open one of the queue, press {go.queue}.")
        )
    return None if command.action is None else _refusal_on(case, command.action, session, view)


def _desk_refusal(command: Command, session: DeskSession) -> str | None:
    """Return why a command of the desk that needs no case cannot be run now, None if it can be run."""
    if command is desk.NEXT:
        return with_keys(_(case_commands.FINISH_FIRST)) if session.is_unfinished else None
    if command is desk.UNDO and session.undoable is None:
        return _("None of your acts can be undone now.")
    if command is desk.END_SCOPE and not session.scope:
        return with_keys(_("The desk has no scope; {queue.scope} on a filtered list of the queue sets one."))
    return None


def _refusal_on(case: CaseFile, action: Action, session: DeskSession, view: View) -> str | None:
    """Return why an action is not possible on the shown case now, None if it is; on an erased case, none is."""
    if case.header.erased_at is not None:
        return erased_refusal(format_case(case.header.id), case.header.erased_at.astimezone(view.zone).date())
    return _refusal_of_stored(case, action, session, view)


def _refusal_of_stored(case: CaseFile, action: Action, session: DeskSession, view: View) -> str | None:
    """Return why hold, state or rights forbid an action on a case that is not erased, None if they allow it."""
    header, name = case.header, format_case(case.header.id)
    if action is Action.TAKE and session.is_held:
        return _("{case} is on your desk already.").format(case=name)
    if PERMISSIONS[action].needs_hold and not session.is_held:
        return _hold_refusal(header, view, is_lost=session.is_lost)
    if (refused := state_refusal(action, header.state, name)) is not None:
        return refused
    if action in {Action.REOPEN, Action.TAKE}:
        return _personal_refusal(action, session, name)
    # An appeal that was received in time can still be entered later.
    if action is Action.APPEAL and case.appeal_until is None:
        return _("The appeal against the result of {case} was decided; no other is possible.").format(case=name)
    return None


def _personal_refusal(action: Action, session: DeskSession, name: str) -> str | None:
    """Return why this person may not reopen or take the case, None if they may."""
    reason = session.refusals.get(action)
    if reason is None:
        return _("It is not known yet whether you may do this with {case}.").format(case=name)
    return reason or None


def _hold_refusal(header: CaseHeader, view: View, *, is_lost: bool) -> str:
    """Return why only the holder of a case can act on it, and what the reviewer can do instead."""
    name = format_case(header.id)
    if is_lost:
        return with_keys(_("You no longer hold {case}. To take another case, press {desk.next}.")).format(case=name)
    if header.held_by is not None:
        until = view.moment(header.held_until) if header.held_until is not None else ""
        message = _("{case} is held by {login} until {until}; only its holder can do this.")
        return message.format(case=name, login=header.held_by, until=until)
    if header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        message = _("Nobody holds {case}. To work on a case, press {desk.next} on the desk: it takes the next one.")
        return with_keys(message).format(case=name)
    return state_refusal(Action.DECIDE, header.state, name) or ""


def why_not(screen: CaseScreen, key: str) -> str | None:
    """Return why the command of a key cannot be run now; None if it can be, or if the key has no command."""
    command = COMMAND_OF_KEY.get(key)
    if command is None:
        return None
    if not command.needs_case and not screen.IS_DESK:
        return refusal_elsewhere(command.command, screen.session.services.actor)
    return refusal(command, screen.session, screen.view())


class CaseCommandScreen(CaseScreen):
    """A screen that shows a case and has the keys of the commands on it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return self.panels.is_zoomed
        is_refused = action == "act" and refusal(COMMANDS[str(parameters[0])], self.session, self.view()) is not None
        return None if is_refused else True

    def why_not(self, key: str) -> str | None:
        return why_not(self, key)

    def action_act(self, command_id: str) -> None:
        command, case = COMMANDS[command_id], self.session.case
        if case is None and command.needs_case:
            return
        run = partial(command.run, self, case) if command.needs_case else partial(command.run, self)
        if command.group:
            self.run_worker(run, group=command.group, exclusive=command.group in EXCLUSIVE_GROUPS)
        else:
            run()
