"""Reads from the events of the audit log what the rows of the database must be."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import table_of
from workbench.domain.policy.retention import RetentionKind
from workbench.services.foundation.audit_log import CALENDAR, LETTERS, ROWS
from workbench.services.site.due_erasures import ERASED, WHOLE

_EVENT = table_of(EventRow)
DIFFERS = "differs"
"""The mark in place of a digest if a row had been changed before its event."""

SIGNED = {"approved": "approve", "returned": "return"}
"""The statuses of checked decisions, each with the action of its event."""

_ACTIONS = (
    *("init", "reviewers add", "reviewers role", "reviewers deactivate", "reviewers activate"),
    *("policy apply", "decide", "approve", "return", "undo", "notice-sent", ERASED),
    *("suspend", "resume", "import"),
)
SUSPENDED = ("since", "until", "province", "agent")
"""The names in the body of an event about a suspension."""


@dataclass(slots=True)
class LoggedState:
    """The state according to the events: roles by person, policies by version, makers and digests by decision.

    `rows` has the digests of the rows that any event says were changed, by table and number. `first_added` has the
    first row of each table that was added with an event; earlier rows are of earlier versions.
    """

    first_action: str = ""
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    policies: dict[int, str] = field(default_factory=dict)
    decisions: dict[int, tuple[int, str]] = field(default_factory=dict)
    signatures: set[tuple[str, int, int]] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    inactive: set[int] = field(default_factory=set)
    sent: dict[int, str] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    without_documents: set[int] = field(default_factory=set)
    letters: dict[int, str] = field(default_factory=dict)
    calendar: str = ""
    suspensions: dict[int, dict[str, str]] = field(default_factory=dict)
    batches: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)
    rows: dict[tuple[str, int], str] = field(default_factory=dict)
    first_added: dict[str, int] = field(default_factory=dict)

    def apply_facts(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the facts that any event may record: the state of its case, letters, the calendar, and changed rows."""
        if row.case_id and row.state:
            self.states[row.case_id] = row.state
        self.letters |= {int(number): digest for number, digest in body.get(LETTERS, {}).items()}
        self.calendar = body.get(CALENDAR, self.calendar)
        for name, change in body.get(ROWS, {}).items():
            self._apply_change(name, change)

    def _apply_change(self, name: str, change: tuple[str | None, str] | None) -> None:
        """Apply a changed row, or removed ones; it differs from then on if it was changed before without an event."""
        table, _blank, numbers = name.partition(" ")
        first, _dash, last = numbers.partition("-")
        if change is None:
            for number in range(int(first), int(last or first) + 1):
                # A later row can get the same number.
                self.rows.pop((table, number), None)
                if table == "notice":
                    # The undo of an import also deletes the letters to its applicants.
                    self.letters.pop(number, None)
            return
        key = (table, int(first))
        was, became = change
        if was is None:
            self.first_added.setdefault(table, key[1])
        elif self.rows.get(key, was) != was:
            became = DIFFERS
        self.rows[key] = became

    def _apply_person(self, action: str, body: dict[str, Any]) -> None:
        """Apply an event about a person."""
        person = body.get("reviewer", 0)
        if action == "reviewers deactivate":
            self.inactive.add(person)
        elif action == "reviewers activate":
            self.inactive.discard(person)
        # The program removes roles first, so a role in both lists stays.
        self.roles[person] -= set(body.get("remove", ()))
        self.roles[person] |= {*body.get("roles", ()), *body.get("add", ())}

    def _apply_erasure(self, case_id: int, body: dict[str, Any]) -> None:
        """Apply an erasure: from then on, the digests of its event are the expected ones."""
        if WHOLE in body.get("parts", ()):
            self.erased.add(case_id)
        if {WHOLE, RetentionKind.DOCUMENTS.value}.intersection(body.get("parts", ())):
            self.without_documents.add(case_id)
        for number, (was, became) in body.get("decisions", {}).items():
            maker_id, digest = self.decisions.get(int(number), (0, ""))
            self.decisions[int(number)] = maker_id, became if digest in {"", was} else DIFFERS
        for number, (was, became) in body.get("notices", {}).items():
            for known in (self.sent, self.letters):
                if int(number) in known:
                    known[int(number)] = became if known[int(number)] in {"", was} else DIFFERS

    def apply_act(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the act of an event."""
        if row.action == "init":
            self.roles[row.actor_id] |= set(body.get("roles", ()))
        elif row.action == "import" and row.batch_id:
            self.batches.add(row.batch_id)
        elif row.action in {"suspend", "resume"} and "suspension" in body:
            self.suspensions[body["suspension"]] = {name: body[name] for name in SUSPENDED if name in body}
        elif row.action.startswith("reviewers "):
            self._apply_person(row.action, body)
        elif row.action == ERASED:
            self._apply_erasure(row.case_id, body)
        else:
            self._apply_decision(row.action, row.actor_id, body)

    def _apply_decision(self, action: str, actor_id: int, body: dict[str, Any]) -> None:
        """Apply an event about a decision, a sent notice or the policy."""
        decision = body.get("decision", 0)
        if action == "policy apply":
            self.policies[body.get("policy", 0)] = body.get("sha256", "")
        elif action == "notice-sent":
            self.sent[body.get("notice", 0)] = body.get("sha256", "")
        elif action == "decide":
            self.decisions[decision] = (actor_id, body.get("sha256", ""))
        elif action == "undo":
            self.undone.add(decision)
        elif action in SIGNED.values():
            self.signatures.add((action, decision, actor_id))


def logged_state(session: Session) -> LoggedState:
    """Return the state according to all events of the log."""
    logged = LoggedState(
        first_action=session.execute(select(_EVENT.c.action).order_by(_EVENT.c.seq).limit(1)).scalar() or ""
    )
    names = ("action", "actor_id", "case_id", "batch_id", "state", "is_refused", "body")
    has_facts = (_EVENT.c.state != "", *(_EVENT.c.body.contains(f'"{name}":') for name in (LETTERS, CALENDAR, ROWS)))
    acts = _EVENT.c.action.in_(_ACTIONS) & _EVENT.c.is_refused.is_(False)
    events = select(*(_EVENT.c[name] for name in names)).where(or_(acts, *has_facts))
    for row in session.execute(events.order_by(_EVENT.c.seq)).yield_per(5_000):
        body = json.loads(row.body)
        # A refusal within a larger act has the facts of what the act changed before it.
        logged.apply_facts(row, body)
        if not row.is_refused:
            logged.apply_act(row, body)
    return logged
