"""Reads from the events of the audit log what the rows of the database must be."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from db.columns import to_us
from db.models import EventRow
from db.queries.published import table_of
from workbench.domain.policy.retention import RetentionKind
from workbench.services.foundation.audit_log import CALENDAR, ROWS, TOGETHER, rows_named
from workbench.services.site.due_erasures import ERASED, WHOLE

_EVENT = table_of(EventRow)
DIFFERS = "differs from what its events say"
"""The mark in place of a digest if a row had been changed before its event."""

LETTER, FIRST_ROW = "notice", ("policy_version", 1)
"""The table of letters, and a row of each database: a log with its digest has the digests of all rows."""

_ACTIONS = (
    *("init", "reviewers add", "reviewers role", ERASED),
    # The digests that earlier versions wrote.
    *("policy apply", "decide", "notice-sent", "suspend", "resume", "import"),
)
_DIGEST = re.compile(".{32}")
_LETTERS = "letters"


@dataclass(slots=True)
class LoggedState:
    """The state according to the events: roles by person, states and erasures of cases, the calendar, digests of rows.

    `rows` has the digests of the rows that any event says were added or changed, by table and number. Only the log of
    an earlier version is read for `texts`, digests of another kind, and `first_added`, the first row of each table with
    an event.
    """

    first_action: str = ""
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    erased: set[int] = field(default_factory=set)
    without_documents: set[int] = field(default_factory=set)
    calendar: str = ""
    states: dict[int, str] = field(default_factory=dict)
    rows: dict[tuple[str, int], str] = field(default_factory=dict)
    texts: dict[tuple[str, int], str] = field(default_factory=dict)
    first_added: dict[str, int] = field(default_factory=dict)

    def apply_facts(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the facts that any event may record: the state of its case, the calendar, and digests of rows."""
        if row.case_id and row.state:
            self.states[row.case_id] = row.state
        self.texts |= {(LETTER, int(number)): digest for number, digest in body.get(_LETTERS, {}).items()}
        self.calendar = body.get(CALENDAR, self.calendar)
        for name, change in body.get(ROWS, {}).items():
            self._apply_change(name, change)
        for table, runs in body.get(TOGETHER, {}).items():
            for numbers, digests in runs.items():
                self.rows |= zip(rows_named(table, numbers), _DIGEST.findall(digests), strict=True)

    def _apply_change(self, name: str, change: tuple[str | None, str] | None) -> None:
        """Apply a changed row, or removed ones; it differs from then on if it was changed before without an event."""
        table, _blank, numbers = name.partition(" ")
        if change is None:
            for key in rows_named(table, numbers):
                # A later row can get the same number.
                for known in (self.rows, self.texts):
                    known.pop(key, None)
            return
        key = (table, int(numbers))
        was, became = change
        if was is None:
            self.first_added.setdefault(table, key[1])
        elif self.rows.get(key, was if FIRST_ROW not in self.rows else "") != was:
            became = DIFFERS
        self.rows[key] = became

    def _apply_person(self, body: dict[str, Any]) -> None:
        """Apply an event about a person."""
        person = body.get("reviewer", 0)
        # The program removes roles first, so a role in both lists stays.
        self.roles[person] -= set(body.get("remove", ()))
        self.roles[person] |= {*body.get("roles", ()), *body.get("add", ())}

    def _apply_erasure(self, case_id: int, body: dict[str, Any]) -> None:
        """Apply an erasure: from then on, the digests of its event are the expected ones."""
        if WHOLE in body.get("parts", ()):
            self.erased.add(case_id)
        if {WHOLE, RetentionKind.DOCUMENTS.value}.intersection(body.get("parts", ())):
            self.without_documents.add(case_id)
        for kind, table in (("decisions", "decision"), ("notices", LETTER)):
            for number, (was, became) in body.get(kind, {}).items():
                known = self.texts.get((table, int(number)), was)
                self.texts[table, int(number)] = became if known == was else DIFFERS

    def apply_act(self, row: Any, body: dict[str, Any]) -> None:
        """Apply the act of an event."""
        if row.action == "init":
            self.roles[row.actor_id] |= set(body.get("roles", ()))
        elif row.action.startswith("reviewers "):
            self._apply_person(body)
        elif row.action == ERASED:
            self._apply_erasure(row.case_id, body)
        elif "suspension" in body:
            times = [body.get(name) and to_us(datetime.fromisoformat(body[name])) for name in ("since", "until")]
            self.texts["suspension", body["suspension"]] = repr([*times, body.get("province"), body.get("agent")])
        elif row.action == "import" and row.batch_id:
            self.texts["import_batch", row.batch_id] = ""
        elif row.action in _WITH_DIGEST:
            table, name = _WITH_DIGEST[row.action]
            self.texts[table, body.get(name, 0)] = body.get("sha256", "")


_WITH_DIGEST = {
    "decide": ("decision", "decision"),
    "notice-sent": (LETTER, "notice"),
    "policy apply": ("policy_version", "policy"),
}
"""The table of the row that an event of an earlier version is about, and the name of its number."""


def logged_state(session: Session) -> LoggedState:
    """Return the state according to all events of the log."""
    first_action = session.execute(select(_EVENT.c.action).order_by(_EVENT.c.seq).limit(1)).scalar() or ""
    logged = LoggedState(first_action=first_action)
    names = ("action", "actor_id", "case_id", "batch_id", "state", "is_refused", "body")
    facts = (_EVENT.c.body.contains(f'"{name}":') for name in (_LETTERS, CALENDAR, ROWS, TOGETHER))
    acts = _EVENT.c.action.in_(_ACTIONS) & _EVENT.c.is_refused.is_(False)
    events = select(*(_EVENT.c[name] for name in names)).where(or_(acts, _EVENT.c.state != "", *facts))
    for row in session.execute(events.order_by(_EVENT.c.seq)).yield_per(5_000):
        body = json.loads(row.body)
        # A refusal within a larger act has the facts of what the act changed before it.
        logged.apply_facts(row, body)
        if not row.is_refused:
            logged.apply_act(row, body)
    return logged
