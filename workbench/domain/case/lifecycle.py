"""The permissions of all actions by role and state, in one table.

Changes by time or imports are not actions: a case lapses when its deadline passes, and evidence that was received in
time returns a lapsed case to the queue or to rectifying.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from db.enums import FINAL_STATES, CaseState, Priority, Risk, Role, ServiceClass, Verdict
from workbench.i18n import N_, _, comma_joined

S = CaseState
R = Role

OPEN_STATES = frozenset(S) - FINAL_STATES


class Action(StrEnum):
    """An act on a case, as named in commands, keys and the log."""

    NEXT = "next"
    TAKE = "take"
    RELEASE = "release"
    SKIP = "skip"
    ASIDE = "aside"
    DECIDE = "decide"
    UNDO = "undo"
    APPROVE = "approve"
    RETURN = "return"
    COMMENT = "comment"
    VERIFY = "verify"
    INQUIRE = "inquire"
    INQUIRY_ANSWER = "inquiry-answer"
    INQUIRY_WITHDRAW = "inquiry-withdraw"
    CHECKLIST = "checklist"
    REVEAL = "reveal"
    DOCUMENTS = "documents"
    ASSIGN = "assign"
    ANSWER = "answer"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    CLASS = "class"
    PRIORITY = "priority"
    SUSPEND = "suspend"
    RESUME = "resume"
    FORECAST = "forecast"
    WAIVE = "waive"
    JUDGE = "judge"
    CONTACT = "contact"
    REOPEN = "reopen"
    APPEAL = "appeal"
    APPEAL_DECIDE = "appeal-decide"
    DOSSIER = "dossier"
    LEGAL_HOLD = "legal-hold"
    LEGAL_HOLD_END = "legal-hold-end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person with roles; `identity` says how the person was identified (os:UID or named:UID)."""

    id: int
    login: str
    roles: frozenset[Role]
    identity: str

    def has(self, *roles: Role) -> bool:
        """Say whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_only_verifier(self) -> bool:
        """Whether the person may do nothing but answer inquiries."""
        return self.roles == {Role.VERIFIER}


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may act, in which states, and whether the actor must hold the case."""

    roles: frozenset[Role]
    states: frozenset[CaseState]
    needs_hold: bool = False


WORKERS = frozenset({R.REVIEWER, R.SUPERVISOR})
SPREAD_ROLES = frozenset({R.REVIEWER})
"""The roles among whose people cases are spread."""
WORK_LIST_ROLES = frozenset({R.SUPERVISOR, R.ADMIN})
"""The roles that get the work lists: letters to send, and measures to carry out."""
LETTER_RECORDERS = WORKERS | WORK_LIST_ROLES
"""The roles that record the outcomes of letters."""
ABSENCE_RECORDERS = frozenset({R.SUPERVISOR, R.ADMIN})
"""The roles that record who is away, and who is back."""
INQUIRY_READERS = WORKERS | {R.AUDITOR, R.VERIFIER}
"""The roles that list inquiries; a person who is only a verifier lists those to one department."""
EVERY_STATE = frozenset(S)
_STATES_WITH_DUE_DATE = OPEN_STATES - {S.INCOMPLETE}

PERMISSIONS: dict[Action, Permission] = {
    Action.NEXT: Permission(WORKERS, frozenset({S.QUEUED, S.IN_REVIEW})),
    Action.TAKE: Permission(WORKERS, frozenset({S.QUEUED, S.IN_REVIEW})),
    Action.RELEASE: Permission(WORKERS, frozenset({S.IN_REVIEW}), needs_hold=True),
    Action.SKIP: Permission(WORKERS, frozenset({S.IN_REVIEW}), needs_hold=True),
    Action.ASIDE: Permission(WORKERS, frozenset({S.IN_REVIEW}), needs_hold=True),
    Action.DECIDE: Permission(WORKERS, frozenset({S.IN_REVIEW}), needs_hold=True),
    Action.UNDO: Permission(WORKERS, EVERY_STATE - {S.INCOMPLETE}),
    Action.APPROVE: Permission(WORKERS, frozenset({S.AWAITING_CHECK})),
    Action.RETURN: Permission(WORKERS, frozenset({S.AWAITING_CHECK})),
    Action.COMMENT: Permission(WORKERS, EVERY_STATE),
    Action.VERIFY: Permission(WORKERS, OPEN_STATES),
    Action.INQUIRE: Permission(WORKERS, _STATES_WITH_DUE_DATE),
    Action.INQUIRY_ANSWER: Permission(frozenset({R.VERIFIER}), _STATES_WITH_DUE_DATE),
    Action.INQUIRY_WITHDRAW: Permission(WORKERS, _STATES_WITH_DUE_DATE),
    Action.CHECKLIST: Permission(WORKERS, OPEN_STATES),
    Action.REVEAL: Permission(frozenset({R.REVIEWER, R.SUPERVISOR, R.ADMIN}), EVERY_STATE),
    Action.DOCUMENTS: Permission(frozenset({R.REVIEWER, R.SUPERVISOR, R.ADMIN}), EVERY_STATE),
    Action.ASSIGN: Permission(
        frozenset({R.SUPERVISOR}), frozenset({S.QUEUED, S.IN_REVIEW, S.PENDING, S.AWAITING_CHECK})
    ),
    Action.ANSWER: Permission(WORKERS, frozenset({S.PENDING})),
    Action.RESUBMIT: Permission(WORKERS, frozenset({S.RECTIFYING, S.LAPSED})),
    Action.WITHDRAW: Permission(WORKERS, OPEN_STATES),
    Action.EXTEND: Permission(frozenset({R.SUPERVISOR}), _STATES_WITH_DUE_DATE),
    Action.CLASS: Permission(frozenset({R.SUPERVISOR}), OPEN_STATES),
    Action.PRIORITY: Permission(frozenset({R.SUPERVISOR}), OPEN_STATES),
    Action.SUSPEND: Permission(frozenset({R.SUPERVISOR}), EVERY_STATE),
    Action.RESUME: Permission(frozenset({R.SUPERVISOR}), EVERY_STATE),
    Action.FORECAST: Permission(WORKERS, OPEN_STATES),
    Action.WAIVE: Permission(frozenset({R.SUPERVISOR}), frozenset({S.RECTIFYING})),
    Action.JUDGE: Permission(WORKERS, frozenset({S.IN_REVIEW}), needs_hold=True),
    Action.CONTACT: Permission(WORKERS, EVERY_STATE),
    Action.REOPEN: Permission(frozenset({R.SUPERVISOR}), frozenset({S.PASSED, S.FAILED, S.LAPSED})),
    Action.APPEAL: Permission(WORKERS, frozenset({S.FAILED, S.LAPSED})),
    Action.APPEAL_DECIDE: Permission(frozenset({R.SUPERVISOR}), frozenset({S.APPEALED})),
    Action.DOSSIER: Permission(frozenset({R.SUPERVISOR, R.ADMIN, R.AUDITOR}), EVERY_STATE),
    Action.LEGAL_HOLD: Permission(WORK_LIST_ROLES, EVERY_STATE),
    Action.LEGAL_HOLD_END: Permission(WORK_LIST_ROLES, EVERY_STATE),
}

STATE_WORDS: dict[CaseState, str] = {
    S.INCOMPLETE: N_("incomplete"),
    S.QUEUED: N_("queued"),
    S.IN_REVIEW: N_("in review"),
    S.AWAITING_CHECK: N_("awaiting check"),
    S.PENDING: N_("pending"),
    S.RECTIFYING: N_("rectifying"),
    S.PASSED: N_("passed"),
    S.FAILED: N_("failed"),
    S.LAPSED: N_("lapsed"),
    S.APPEALED: N_("appealed"),
    S.WITHDRAWN: N_("withdrawn"),
}

_WHAT_TO_DO_INSTEAD: dict[CaseState, str] = {
    S.INCOMPLETE: N_("It can be reviewed once its missing documents are imported."),
    S.QUEUED: N_("Whoever takes it can decide it."),
    S.IN_REVIEW: N_("Its holder can decide it, put it aside or release it."),
    S.AWAITING_CHECK: N_("Another person approves or returns its verdict first."),
    S.PENDING: N_("Once the reply is recorded (reply received), it can be decided."),
    S.RECTIFYING: N_("Once the answer is recorded (resubmission) or the last item is waived, it can be decided."),
    S.PASSED: N_("Only a supervisor can open it again."),
    S.FAILED: N_("The applicant can appeal, or a supervisor opens it again."),
    S.LAPSED: N_("What came in time can still be recorded (resubmission); else the applicant can appeal."),
    S.APPEALED: N_("The appeal is decided or withdrawn first."),
    S.WITHDRAWN: N_("It stays closed; a new application opens a new case."),
}
"""For each state, what can be done instead of an action that it does not allow."""

VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.PASS: N_("pass"),
    Verdict.FAIL: N_("fail"),
    Verdict.PENDING: N_("pending"),
}

ROLE_WORDS: dict[Role, str] = {
    R.REVIEWER: N_("reviewer"),
    R.SUPERVISOR: N_("supervisor"),
    R.ADMIN: N_("admin"),
    R.AUDITOR: N_("auditor"),
    R.VERIFIER: N_("verifier"),
}

PRIORITY_WORDS: dict[Priority, str] = {
    Priority.LOW: N_("low"),
    Priority.NORMAL: N_("normal"),
    Priority.HIGH: N_("high"),
    Priority.URGENT: N_("urgent"),
}

CLASS_WORDS: dict[ServiceClass, str] = {
    ServiceClass.EXPEDITED: N_("expedited"),
    ServiceClass.STANDARD: N_("standard"),
    ServiceClass.COMPLEX: N_("complex"),
    ServiceClass.MAXIMUM: N_("maximum"),
    ServiceClass.EXTENDED: N_("extended"),
}

RISK_WORDS: dict[Risk, str] = {
    Risk.LOW: N_("low risk"),
    Risk.MEDIUM: N_("medium risk"),
    Risk.HIGH: N_("high risk"),
}


def role_refusal(action: Action, actor: Actor, act: str = "") -> str | None:
    """Return why the actor's roles do not allow an action, or None if they do; `act` names it in the sentence."""
    return missing_role_refusal(PERMISSIONS[action].roles, actor, act)


def roleless_refusal(login: str, *, is_active: bool) -> str:
    """Return why a person without any role in force can do nothing."""
    message = _("{login} is deactivated; an admin reverses that with `workbench reviewers activate {login}`.")
    if is_active:
        message = _("{login} has no role here; an admin gives one with `workbench reviewers role {login} --add ROLE`.")
    return message.format(login=login)


def missing_role_refusal(allowed: Set[Role], actor: Actor, act: str = "") -> str | None:
    """Return why a person has none of the allowed roles for an act, or None if the person has one.

    `act` names the act in the sentence; without it, the sentence says “this”.
    """
    if not actor.roles.isdisjoint(allowed):
        return None
    words = comma_joined(_(ROLE_WORDS[role]) for role in Role if role in allowed)
    message = _("{login} may not do this; it needs one of these roles: {roles}.")
    if act:
        message = _("{login} may not do this ({act}); it needs one of these roles: {roles}.")
    return message.format(login=actor.login, act=act, roles=words)


work_list_refusal = partial(missing_role_refusal, WORK_LIST_ROLES)
"""Return why a person may neither get nor report the work lists, or None if they may."""

recording_refusal = partial(missing_role_refusal, LETTER_RECORDERS)
"""Return why a person may not record the outcomes of letters, or None if they may."""

absence_refusal = partial(missing_role_refusal, ABSENCE_RECORDERS)
"""Return why a person may not record absences, or None if they may."""

inquiries_refusal = partial(missing_role_refusal, INQUIRY_READERS)
"""Return why a person may not read inquiries, or None if they may."""


def only_inquiries_refusal(actor: Actor) -> str | None:
    """Return why a person who is only a verifier may do nothing but answer inquiries; None for anybody else."""
    if not actor.is_only_verifier:
        return None
    message = _("{login} only answers inquiries (`workbench inquiries`). Everything else is refused and logged.")
    return message.format(login=actor.login)


def admin_refusal(actor: Actor) -> str | None:
    """Return why a person may not do what only admins may, or None if they may."""
    message = _("Only an admin can do this; {login} is not one.")
    return None if actor.has(Role.ADMIN) else message.format(login=actor.login)


def state_refusal(action: Action, state: CaseState, case: str) -> str | None:
    """Return why a state does not allow an action and what can be done instead, or None if it does."""
    if state in PERMISSIONS[action].states:
        return None
    message = _("{case} is {state}; this action is not possible in that state. {way_out}")
    if action is Action.APPEAL and state is CaseState.RECTIFYING:
        message = _(
            "{case} can still be rectified: its letter offers an objection, not an appeal."
            " Record an objection as a resubmission, with its grounds as the note."
        )
    return message.format(case=case, state=_(STATE_WORDS[state]), way_out=_(_WHAT_TO_DO_INSTEAD[state]))


def erased_refusal(case: str, day: date) -> str:
    """Return the refusal of any action on a case that was erased on a local day."""
    message = _(
        "{case} was erased on {day} (retention); only its numbers, days, states and codes are left."
        " Import the application with --as-new to open a new case."
    )
    return message.format(case=case, day=day.isoformat())


def is_allowed(action: Action, state: CaseState, actor: Actor) -> bool:
    """Say whether a person who does not hold a case may act on it in a state."""
    permission = PERMISSIONS[action]
    return not actor.roles.isdisjoint(permission.roles) and state in permission.states and not permission.needs_hold
