"""The commands on a case: what each runs, and when it is available."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.binding import Binding

from screens.desk import case_commands, deadline_commands
from screens.shell.bindings import bind
from workbench.domain.case.lifecycle import Action, is_allowed, role_refusal
from workbench.domain.case.vocabulary import Verdict
from workbench.keys import desk
from workbench.keys.command import Command

if TYPE_CHECKING:
    from screens.desk.session import DeskSession


@dataclass(frozen=True, slots=True)
class DeskCommand:
    """A command on a case.

    State, role and hold must allow the action of its command. `group` is the group of its worker, empty for a command
    that is done at once.
    """

    command: Command
    run: case_commands.Run
    group: str = ""
    needs_case: bool = True


_AT_THE_DESK = (
    DeskCommand(desk.NEXT, case_commands.take_next, "claim", needs_case=False),
    DeskCommand(desk.UNDO, case_commands.undo, needs_case=False),
)
_ON_A_CASE: tuple[DeskCommand, ...] = (
    DeskCommand(desk.PASS, partial(case_commands.decide, verdict=Verdict.PASS), "dialog"),
    DeskCommand(desk.FAIL, partial(case_commands.decide, verdict=Verdict.FAIL), "dialog"),
    DeskCommand(desk.PEND, partial(case_commands.decide, verdict=Verdict.PENDING), "dialog"),
    DeskCommand(desk.RECTIFY, partial(case_commands.decide, verdict=Verdict.FAIL, items_first=True), "dialog"),
    DeskCommand(desk.ASIDE, case_commands.put_aside, "dialog"),
    DeskCommand(desk.SKIP, case_commands.skip, "dialog"),
    DeskCommand(desk.RELEASE, case_commands.release, "write"),
    DeskCommand(desk.ASSIGN, case_commands.assign, "dialog"),
    DeskCommand(desk.REOPEN, case_commands.reopen, "dialog"),
    DeskCommand(desk.APPEAL, case_commands.file_appeal, "dialog"),
    DeskCommand(desk.WAIVE, deadline_commands.waive, "dialog"),
    DeskCommand(desk.EXTEND, deadline_commands.extend, "dialog"),
    DeskCommand(desk.COMMENT, case_commands.comment, "dialog"),
    DeskCommand(desk.CONTACT, case_commands.record_contact, "dialog"),
    DeskCommand(desk.CHECKLIST, case_commands.answer_checklist, "dialog"),
    DeskCommand(desk.VERIFY, case_commands.verify, "dialog"),
    DeskCommand(desk.DOCUMENTS, case_commands.list_documents, "dialog"),
    DeskCommand(desk.CHANGES, case_commands.show_changes, "dialog"),
    DeskCommand(desk.EXPLAIN, case_commands.explain, "read"),
    DeskCommand(desk.PHONE_ESTIMATE, case_commands.show_phone_estimate, "read"),
    DeskCommand(desk.REVEAL, case_commands.reveal),
    DeskCommand(desk.FIELD_UP, lambda screen, _case: screen.panels.panel.move(-1)),
    DeskCommand(desk.FIELD_DOWN, lambda screen, _case: screen.panels.panel.move(1)),
)

COMMANDS: dict[str, DeskCommand] = {each.command.id: each for each in (*_AT_THE_DESK, *_ON_A_CASE)}

VERDICT_KEYS = frozenset(
    key for each in _ON_A_CASE if each.command.action is Action.DECIDE for key in each.command.keys
)


def bindings(*, is_desk: bool) -> Iterable[Binding]:
    """Yield the bindings of the commands on a case, and of those that only the desk has."""
    for each in (*(_AT_THE_DESK if is_desk else ()), *_ON_A_CASE):
        yield bind(each.command, f"act('{each.command.id}')")
    yield bind(desk.FIND, f"app.act('{desk.FIND.id}')")


def is_available(command_id: str, session: "DeskSession") -> bool | None:
    """Say whether a command can be run now; None dims its key."""
    case, action, actor = session.case, COMMANDS[command_id].command.action, session.services.actor
    if command_id == desk.NEXT.id:
        can_run = role_refusal(Action.NEXT, actor) is None and not session.is_unfinished
    elif command_id == desk.UNDO.id:
        can_run = session.undoable is not None
    else:
        holds = session.is_held
        can_run = case is not None and (action is None or is_allowed(action, case.header.state, actor, holds=holds))
        if action is Action.REOPEN:
            can_run = can_run and session.may_reopen
        if case is not None and action is Action.APPEAL and case.appeal_until is None:
            # An appeal that was received in time can still be entered later.
            can_run = False
    return can_run or None
