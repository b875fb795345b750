"""What is said about a case that one reads and does not hold."""

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import FAINT, Part, joined
from workbench.domain.case.actor import Actor
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseHeader
from workbench.domain.case.lifecycle import STATE_WORDS, Action, role_refusal
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import _


def standing_line(header: CaseHeader, actor: Actor, view: View) -> Content:
    """Say in one line that the case is only read, and who has it."""
    key = "$text-accent bold"
    parts: list[Part] = [
        (_("Read only"), "bold"),
        (f" {view.symbols.dot} ", FAINT),
        (_who_has(header, actor, view), ""),
    ]
    parts += [("   Esc ", key), (_("back"), FAINT)]
    return joined(*parts)


def why_no_verdict(header: CaseHeader, actor: Actor, view: View) -> str:
    """Say why no verdict is given here, and what can be done."""
    refusal = role_refusal(Action.DECIDE, actor)
    if refusal:
        return refusal
    case = format_case(header.id)
    if header.held_by is not None:
        until = view.clock(header.held_until) if header.held_until is not None else ""
        said = _("{case} is held by {login} until {until}; only who holds a case decides it.")
        return said.format(case=case, login=header.held_by, until=until)
    if header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        return _("Nobody holds {case}; n on the desk takes the next case, and that one is decided.").format(case=case)
    return _("{case} is {state}; this action is not possible in that state.").format(
        case=case, state=_(STATE_WORDS[header.state])
    )


def _who_has(header: CaseHeader, actor: Actor, view: View) -> str:
    if header.held_by is not None:
        until = view.clock(header.held_until) if header.held_until is not None else ""
        return _("held by {login} until {until}").format(login=header.held_by, until=until)
    if header.assignee is not None and header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        if header.assignee == actor.login:
            return _("assigned to you; n on the desk takes it in its turn")
        return _("assigned to {login}").format(login=header.assignee)
    return _(STATE_WORDS[header.state])
