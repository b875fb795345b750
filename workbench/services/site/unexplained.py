"""Finds rows that no event of the audit log explains, because somebody changed the database outside the program.

Events of earlier versions have no digests: of their decisions only the maker is compared, and of their notices nothing.
Unsent notices, calendar days and the evidence of cases are never compared, so somebody who can write the database file
can change them unseen. What retention erased is compared with the event that says what became of it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import DecisionReasonRow, EventRow, PolicyVersionRow, ReviewerRoleRow, ReviewerRow
from db.queries.published import CASE, DECISION, NOTICE, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.i18n import _, comma_joined
from workbench.services.foundation.audit_log import decision_digest, notice_digest
from workbench.services.site.due_erasures import ERASED, WHOLE

_EVENT = table_of(EventRow)
_REASON = table_of(DecisionReasonRow)
_DIFFERS = "differs"
"""In place of a digest: the row was changed already when it was erased."""

_SIGNED = {"approved": "approve", "returned": "return"}
"""The statuses that a check gives a decision, each with the action of its event."""

_ACTIONS = (
    *("init", "reviewers add", "reviewers role", "reviewers deactivate", "reviewers activate"),
    *("policy apply", "decide", "approve", "return", "undo", "notice-sent", ERASED),
)


@dataclass(slots=True)
class _Logged:
    """The state that the events describe: roles by person, policies by version, makers and digests by decision."""

    first_action: str = ""
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    policies: dict[int, str] = field(default_factory=dict)
    decisions: dict[int, tuple[int, str]] = field(default_factory=dict)
    signatures: set[tuple[str, int, int]] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    inactive: set[int] = field(default_factory=set)
    sent: dict[int, str] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)

    def take_person(self, action: str, body: dict[str, Any]) -> None:
        """Take an event about a person."""
        person = body.get("reviewer", 0)
        if action == "reviewers deactivate":
            self.inactive.add(person)
        elif action == "reviewers activate":
            self.inactive.discard(person)
        # The program removes first, so that a role in both lists stays.
        self.roles[person] -= set(body.get("remove", ()))
        self.roles[person] |= {*body.get("roles", ()), *body.get("add", ())}

    def take_erasure(self, case_id: int, body: dict[str, Any]) -> None:
        """Take what retention erased: from then on a row is what the event says that it became."""
        if WHOLE in body.get("parts", ()):
            self.erased.add(case_id)
        for number, (was, became) in body.get("decisions", {}).items():
            maker_id, digest = self.decisions.get(int(number), (0, ""))
            self.decisions[int(number)] = maker_id, became if digest in {"", was} else _DIFFERS
        for number, (was, became) in body.get("notices", {}).items():
            self.sent[int(number)] = became if self.sent.get(int(number), "") in {"", was} else _DIFFERS

    def take(self, action: str, actor_id: int, body: dict[str, Any]) -> None:
        """Take an event about a decision, a sent notice or the policy."""
        decision = body.get("decision", 0)
        if action == "policy apply":
            self.policies[body.get("policy", 0)] = body.get("sha256", "")
        elif action == "notice-sent":
            self.sent[body.get("notice", 0)] = body.get("sha256", "")
        elif action == "decide":
            self.decisions[decision] = (actor_id, body.get("sha256", ""))
        elif action == "undo":
            self.undone.add(decision)
        else:
            self.signatures.add((action, decision, actor_id))


def unexplained(session: Session) -> Iterator[str]:
    """Yield a sentence for each decision, role and policy version that no event explains as it is."""
    logged = _logged(session)
    if logged.first_action != "init":
        yield _("The log does not begin with the creation of the database: events are missing, or all of them.")
    yield from _erasures(session, logged)
    yield from _decisions(session, logged)
    yield from _notices(session, logged)
    yield from _roles(session, logged)
    yield from _policies(session, logged)


def _logged(session: Session) -> _Logged:
    logged = _Logged(
        first_action=session.execute(select(_EVENT.c.action).order_by(_EVENT.c.seq).limit(1)).scalar() or ""
    )
    acts = select(_EVENT.c.action, _EVENT.c.actor_id, _EVENT.c.case_id, _EVENT.c.body).where(
        _EVENT.c.action.in_(_ACTIONS), _EVENT.c.is_refused.is_(False)
    )
    for action, actor_id, case_id, text in session.execute(acts.order_by(_EVENT.c.seq)).yield_per(5_000):
        body = json.loads(text)
        if action == "init":
            logged.roles[actor_id] |= set(body.get("roles", ()))
        elif action.startswith("reviewers "):
            logged.take_person(action, body)
        elif action == ERASED:
            logged.take_erasure(case_id, body)
        else:
            logged.take(action, actor_id, body)
    return logged


def _erasures(session: Session, logged: _Logged) -> Iterator[str]:
    """Compare which cases are erased: by the log, and by their rows."""
    marked = set(session.execute(select(CASE.c.id).where(CASE.c.erased_at.is_not(None))).scalars())
    for case_id in sorted(marked - logged.erased):
        yield _("{case} is marked as erased, but the log has no event for it.").format(case=format_case(case_id))
    for case_id in sorted(logged.erased - marked):
        yield _("{case} is not marked as erased, although the log has the event.").format(case=format_case(case_id))


def _decisions(session: Session, logged: _Logged) -> Iterator[str]:
    reasons: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(_REASON).order_by(_REASON.c.decision_id, _REASON.c.position)):
        reasons[row.decision_id].append(row.code)
    for decision in session.execute(select(DECISION).order_by(DECISION.c.id)).yield_per(5_000):
        number = format_decision(decision.id)
        maker_id, digest = logged.decisions.pop(decision.id, (0, ""))
        if not maker_id:
            yield _("The log has no event for decision {decision}.").format(decision=number)
        elif maker_id != decision.maker_id or digest not in {"", decision_digest(decision, reasons[decision.id])}:
            yield _("Decision {decision} differs from its event; it was changed.").format(decision=number)
        elif decision.status in _SIGNED and (
            (_SIGNED[decision.status], decision.id, decision.checker_id) not in logged.signatures
        ):
            yield _("The log has no event for the check of decision {decision}.").format(decision=number)
        elif decision.status == "undone" and decision.id not in logged.undone:
            yield _("The log has no event for the undo of decision {decision}.").format(decision=number)
    for gone in logged.decisions:
        yield _("Decision {decision} is missing, although the log has its event.").format(
            decision=format_decision(gone)
        )


def _notices(session: Session, logged: _Logged) -> Iterator[str]:
    """Compare what was sent; what was not sent may still be cancelled and written anew."""
    sent = select(NOTICE).where(NOTICE.c.sent_at.is_not(None)).order_by(NOTICE.c.id)
    for notice in session.execute(sent).yield_per(5_000):
        if logged.sent.pop(notice.id, "") not in {"", notice_digest(notice)}:
            yield _("Notice {notice} is not what was sent; it was changed.").format(notice=notice.id)
    for gone in logged.sent:
        yield _("Notice {notice} is missing or not marked as sent, although the log has its event.").format(notice=gone)


def _roles(session: Session, logged: _Logged) -> Iterator[str]:
    held: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(select(col(ReviewerRoleRow.reviewer_id), col(ReviewerRoleRow.role))):
        held[row.reviewer_id].add(row.role)
    columns = col(ReviewerRow.id), col(ReviewerRow.login), col(ReviewerRow.is_active)
    for person in session.execute(select(*columns).order_by(columns[0])):
        if person.is_active == (person.id in logged.inactive):
            yield _("The log has no event that explains whether {login} is active.").format(login=person.login)
        changed = sorted(held[person.id] ^ logged.roles[person.id])
        if changed:
            message = _("The log has no event that explains why {login} has or lacks these roles: {roles}.")
            yield message.format(login=person.login, roles=comma_joined(changed))


def _policies(session: Session, logged: _Logged) -> Iterator[str]:
    columns = col(PolicyVersionRow.id), col(PolicyVersionRow.sha256)
    for row in session.execute(select(*columns).order_by(columns[0])):
        # The creation of the database brings the first one.
        if row.id > 1 and logged.policies.get(row.id) != row.sha256:
            yield _("Policy version {number} differs from its event, or has none; it was added or changed.").format(
                number=row.id
            )
