"""Reads from the events of the audit log what the rows of the database must be."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import table_of
from workbench.domain.policy.retention import RetentionKind
from workbench.services.foundation.audit_log import CALENDAR, ROWS, TOGETHER, in_order, rows_named
from workbench.services.site.due_erasures import ERASED, WHOLE

_EVENT = table_of(EventRow)
_DIFFERS = "differs from what its events say"
"""The mark in place of a digest if a row had been changed before its event; upgrades to schema 16 logged it too."""

_ACTIONS = ("init", "reviewers add", "reviewers role", ERASED)
_DIGEST = re.compile(".{32}")


@dataclass(slots=True)
class LoggedState:
    """The state of the database according to the events."""

    first_action: str = ""
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The roles by the id of the person."""
    erased: set[int] = field(default_factory=set)
    """The erased cases."""
    without_documents: set[int] = field(default_factory=set)
    """The cases whose documents were erased, alone or with the case."""
    calendar: str = ""
    """The digest of the calendar."""
    states: dict[int, str] = field(default_factory=dict)
    """The states of cases."""
    rows: dict[tuple[str, int], str] = field(default_factory=dict)
    """The digests of rows that were added or changed, by table and number."""

    def apply_facts(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the facts that any event may record: the state of its case, the calendar, and digests of rows."""
        if row.case_id and row.state:
            self.states[row.case_id] = row.state
        self.calendar = body.get(CALENDAR, self.calendar)
        for name, change in body.get(ROWS, {}).items():
            self._apply_change(name, change)
        for table, runs in body.get(TOGETHER, {}).items():
            for numbers, digests in runs.items():
                self.rows |= zip(rows_named(table, numbers), _DIGEST.findall(digests), strict=True)

    def _apply_change(self, name: str, change: tuple[str | None, str] | None) -> None:
        """Apply a changed row, or removed rows.

        If the digest before the change is not that of the last event, the row was changed without an event in between.
        The row then keeps the mark `_DIFFERS`.
        """
        table, _blank, numbers = name.partition(" ")
        if change is None:
            for key in rows_named(table, numbers):
                # A later row can get the same number.
                self.rows.pop(key, None)
            return
        key = (table, int(numbers))
        was, became = change
        if was is not None and self.rows.get(key) != was:
            became = _DIFFERS
        self.rows[key] = became

    def _apply_person(self, body: dict[str, Any]) -> None:
        """Apply an event about a person."""
        person = body.get("reviewer", 0)
        # The program removes roles first, so a role in both lists stays.
        self.roles[person] -= set(body.get("remove", ()))
        self.roles[person] |= {*body.get("roles", ()), *body.get("add", ())}

    def _apply_erasure(self, case_id: int, body: dict[str, Any]) -> None:
        """Apply an erasure."""
        if WHOLE in body.get("parts", ()):
            self.erased.add(case_id)
        if {WHOLE, RetentionKind.DOCUMENTS.value}.intersection(body.get("parts", ())):
            self.without_documents.add(case_id)

    def apply_act(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the act of an event."""
        if row.action == "init":
            self.roles[row.actor_id] |= set(body.get("roles", ()))
        elif row.action.startswith("reviewers "):
            self._apply_person(body)
        elif row.action == ERASED:
            self._apply_erasure(row.case_id, body)


def logged_state(session: Session) -> LoggedState:
    """Return the state according to all events of the log."""
    first_action = session.execute(select(_EVENT.c.action).order_by(_EVENT.c.seq).limit(1)).scalar() or ""
    logged = LoggedState(first_action=first_action)
    names = ("seq", "action", "actor_id", "case_id", "batch_id", "state", "is_refused", "body")
    facts = (_EVENT.c.body.contains(f'"{name}":') for name in (CALENDAR, ROWS, TOGETHER))
    acts = _EVENT.c.action.in_(_ACTIONS) & _EVENT.c.is_refused.is_(False)
    events = select(*(_EVENT.c[name] for name in names)).where(or_(acts, _EVENT.c.state != "", *facts))
    for row in in_order(session, events):
        body = json.loads(row.body)
        # The event of a refusal inside a larger act also has the facts that the act had changed until then.
        logged.apply_facts(row, body)
        if not row.is_refused:
            logged.apply_act(row, body)
    return logged
