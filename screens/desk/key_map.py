"""Which key of the desk does what, and when it can be done."""

from typing import TYPE_CHECKING

from workbench.domain.case.actor import Actor
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.keys import desk
from workbench.keys.command import Command

if TYPE_CHECKING:
    from workbench.domain.case.casefile import CaseFile

ACTS: tuple[tuple[Command, str], ...] = (
    (desk.NEXT, "next"),
    (desk.PASS, "verdict('pass')"),
    (desk.FAIL, "verdict('fail')"),
    (desk.PEND, "verdict('pending')"),
    (desk.RECTIFY, "rectify"),
    (desk.UNDO, "undo"),
    (desk.ASIDE, "aside"),
    (desk.SKIP, "skip"),
    (desk.RELEASE, "release"),
    (desk.ASSIGN, "assign"),
    (desk.FIND, "app.find"),
    (desk.COMMENT, "comment"),
    (desk.CHECKLIST, "checklist"),
    (desk.VERIFY, "verify"),
    (desk.DOCUMENTS, "documents"),
    (desk.EXPLAIN, "explain"),
    (desk.SAY, "say"),
    (desk.REVEAL, "reveal"),
    (desk.IDENTITY, "panel('identity')"),
    (desk.CALLS, "panel('activity')"),
    (desk.CREDIT, "panel('credit')"),
    (desk.HISTORY, "panel('history')"),
    (desk.NEXT_PANEL, "step(1)"),
    (desk.PREVIOUS_PANEL, "step(-1)"),
    (desk.FIELD_UP, "field(-1)"),
    (desk.FIELD_DOWN, "field(1)"),
    (desk.ZOOM, "zoom"),
)

_VERDICT_KEYS = frozenset(
    key for command in (desk.PASS, desk.FAIL, desk.PEND, desk.RECTIFY) for key in command.all_keys
)
_ASKS: dict[str, Action] = {
    "verdict": Action.DECIDE,
    "rectify": Action.DECIDE,
    "aside": Action.ASIDE,
    "skip": Action.SKIP,
    "release": Action.RELEASE,
    "comment": Action.COMMENT,
    "checklist": Action.CHECKLIST,
    "verify": Action.VERIFY,
    "reveal": Action.REVEAL,
    "documents": Action.DOCUMENTS,
    "assign": Action.ASSIGN,
    "say": Action.FORECAST,
}
_NEEDS_CASE = frozenset({"explain", "panel", "step", "field", "zoom"})


def is_verdict(key: str) -> bool:
    """Say whether a key asks for a verdict."""
    return key in _VERDICT_KEYS


def allowed_on(action: str, case: "CaseFile | None", actor: Actor, *, holds: bool) -> bool | None:
    """Say whether an act of the desk can be done now: None dims its key; acts that it does not know are allowed."""
    if action in _NEEDS_CASE:
        return True if case is not None else None
    asked = _ASKS.get(action)
    if asked is None:
        return True
    if case is None:
        return None
    return True if is_allowed(asked, case.header.state, actor, holds=holds) else None
