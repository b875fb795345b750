"""The audit log: one hash-chained event for each act, including refused ones."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Boolean, Select, select
from sqlmodel import Session

from db.columns import as_stored, to_us
from db.dialect import append_events, receipts_of, take_changes
from db.enums import CaseState
from db.models import CaseRow, EventRow
from db.queries.published import chunks
from workbench.domain.case.lifecycle import Actor
from workbench.domain.case.running import clock_runs

_READ_TOGETHER = 5_000
_FIRST_PREV_HASH = "0" * 64

_EVENT = EventRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table

_BOOLEAN_COLUMNS = [column.name for column in _EVENT.c if isinstance(column.type, Boolean)]

_FACTS = "facts of the next event"
"""The key under which a session stores facts for its next event."""

_LAST_OWN_EVENT = "last event"
"""The key under which a session has the number and the hash of the last event that it wrote."""

KNOWN_EVENTS = "known events"
"""The key under which a session has the events of some cases, as a list for each, with those that it writes."""

CALENDAR, ROWS, TOGETHER = "calendar", "changed_rows", "rows_together"
"""The names of facts in events: the digest of all calendar days, the digests of changed rows, and the digests of many
rows together, which are the receipts of an import or all rows at an upgrade."""

_LAST_EVENT = select(_EVENT.c.seq, _EVENT.c.hash).order_by(_EVENT.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """The result of verifying the hash chain."""

    event_count: int
    """The number of valid events."""
    head: str
    """The hash of the last valid event."""
    broken_at: int | None
    """The number of the first event that does not match, None if all match."""

    @property
    def is_whole(self) -> bool:
        """Whether every event matches the event before it."""
        return self.broken_at is None


# `json.dumps` makes a new encoder for each call that has options, which takes a fifth of the time of `verify`.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=repr)


def _digest(prev_hash: str, values: Mapping[str, Any]) -> str:
    """Return SHA-256 of the previous hash and the canonical JSON of an event."""
    return hashlib.sha256((prev_hash + _CANONICAL.encode(values)).encode()).hexdigest()


def append(session: Session, actor: Actor, action: str, at: datetime, **columns: Any) -> int:
    """Append one event in the caller's write transaction, and return its number; `event_of` explains the columns."""
    note_changed_rows(session)
    body = {**(columns.pop("body", None) or {}), **session.info.pop(_FACTS, {})}
    return append_all(session, [event_of(actor, action, at, body=body, **columns)])


def event_of(  # noqa: PLR0913 - one parameter for each column
    actor: Actor,
    action: str,
    at: datetime,
    *,
    case_id: int | None = None,
    batch_id: int | None = None,
    state: CaseState | None = None,
    policy_id: int | None = None,
    waits_for: str = "",
    is_refused: bool = False,
    counted_at: datetime | None = None,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an event that is not numbered yet.

    An event with a state also records whether the clock of the case runs from then on.

    Args:
        actor: The person who acts.
        action: The name of the act.
        at: The time of the event.
        case_id: The case that it is about.
        batch_id: The import that it belongs to.
        state: The state of the case after the act.
        policy_id: The version of the policy of the case.
        waits_for: Whom a pending case waits for.
        is_refused: Whether the act was refused.
        counted_at: From when the clock counts if it differs from `at`, such as the receipt of what an applicant sent.
        body: Codes, counts and keyed hashes, never a personal value.
    """
    content = dict(body or {})
    if state is not None:
        content |= {} if policy_id is None else {"policy": policy_id}
        content |= {} if counted_at is None else {"counted_at": to_us(counted_at)}
    return {
        "at": at,
        "actor_id": actor.id or None,
        "actor_login": actor.login,
        "identity": actor.identity,
        "action": action,
        "case_id": case_id,
        "batch_id": batch_id,
        "state": state.value if state else "",
        "is_clock_running": clock_runs(state, waits_for) if state else None,
        "is_refused": is_refused,
        "body": json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


def state_columns(case: CaseRow) -> dict[str, Any]:
    """Return the columns of an event that has the state of a case."""
    state = CaseState(case.state)
    return {"case_id": case.id, "state": state, "policy_id": case.policy_version_id, "waits_for": case.waits_for}


def add_to_next_event(session: Session, name: str, facts: Any) -> None:
    """Add facts to the next event of the caller's transaction."""
    session.info.setdefault(_FACTS, {})[name] = facts


def note_changed_rows(session: Session) -> None:
    """Add the digests of the rows that the transaction changed since the last call to its next event."""
    if changes := take_row_digests(session):
        add_to_next_event(session, ROWS, changes)


def log_remaining_facts(session: Session, actor: Actor, at: datetime) -> None:
    """Append an event with the facts that the caller's transaction has not recorded yet, if there are any."""
    changes = take_row_digests(session)
    if changes or session.info.get(_FACTS):
        append(session, actor, "recorded", at, body={ROWS: changes} if changes else None)


def take_row_digests(session: Session) -> dict[str, list[str | None] | None]:
    """Return the digests before and after of each row that the transaction changed since the last call, by its name.

    A removed row has None instead. Removed rows with consecutive numbers have one entry, such as `notice 1-5000`,
    because undoing an import removes thousands.
    """
    session.flush()
    changes: dict[str, list[str | None] | None] = {}
    removed: list[tuple[str, int]] = []
    for row in take_changes(session.connection()):
        if row.became is None:
            removed.append((row.table, row.id))
        else:
            was = None if row.was is None else row_digest(row.was)
            changes[f"{row.table} {row.id}"] = [was, row_digest(row.became)]
    return changes | dict.fromkeys(runs_of(removed))


def runs_of(rows: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Yield the names of rows; rows of a table with consecutive numbers have one name together."""
    found: list[tuple[str, int, int]] = []
    for table, number in sorted(rows):
        if found and found[-1][0] == table and found[-1][2] == number - 1:
            found[-1] = (table, found[-1][1], number)
        else:
            found.append((table, number, number))
    yield from (f"{table} {first}" if first == last else f"{table} {first}-{last}" for table, first, last in found)


def rows_named(table: str, numbers: str) -> list[tuple[str, int]]:
    """Return the rows of a table that a number or a run of numbers such as `1-5` names."""
    first, _dash, last = numbers.partition("-")
    return [(table, number) for number in range(int(first), int(last or first) + 1)]


def append_many(
    session: Session, actor: Actor, action: str, at: datetime, bodies: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """Append one event for each (case id, body) in the caller's write transaction, much faster than `append` would."""
    append_all(session, (event_of(actor, action, at, case_id=case_id, body=body) for case_id, body in bodies))


def append_all(session: Session, events: Iterable[Mapping[str, Any]]) -> int:
    """Append events, each numbered and chained by its hash to the event before it, and return the last number."""
    # A session writes in one transaction, so nobody else appends events between its own.
    seq, prev_hash = session.info.get(_LAST_OWN_EVENT) or last_event(session)
    rows: list[dict[str, Any]] = []
    for event in events:
        seq += 1
        values = {"seq": seq, **event}
        digest = _digest(prev_hash, {**values, "at": to_us(values["at"])})
        rows.append({**values, "prev_hash": prev_hash, "hash": digest})
        prev_hash = digest
    for chunk in chunks(rows):
        append_events(session.connection(), chunk)
    for case_id, known in session.info.get(KNOWN_EVENTS, {}).items():
        known.extend(SimpleNamespace(**row) for row in rows if row["case_id"] == case_id and not row["is_refused"])
    session.info[_LAST_OWN_EVENT] = seq, prev_hash
    return seq


def keep_last_event(session: Session) -> None:
    """Read the last event for the next one; who holds the write lock can do so before it is needed."""
    session.info.setdefault(_LAST_OWN_EVENT, last_event(session))


def last_event(session: Session) -> tuple[int, str]:
    """Return the number and the hash of the last event; of an empty log, 0 and a hash of zeros."""
    last = session.connection().execute(_LAST_EVENT).first()
    return (last.seq, last.hash) if last else (0, _FIRST_PREV_HASH)


def first_hash(session: Session) -> str:
    """Return the hash of the first event, which identifies a database; of an empty log, a hash of zeros."""
    found = session.execute(select(_EVENT.c.hash).order_by(_EVENT.c.seq).limit(1)).scalar()
    return _FIRST_PREV_HASH if found is None else str(found)


def in_order(session: Session, events: Select[Any]) -> Iterator[Any]:
    """Yield the rows of events, which have the number `seq`, in order; only some thousands of them are in memory.

    The driver of a server reads all rows of a statement at once.
    """
    rest = events.order_by(_EVENT.c.seq).limit(_READ_TOGETHER)
    rows = session.execute(rest).all()
    while rows:
        yield from rows
        rows = session.execute(rest.where(_EVENT.c.seq > rows[-1].seq)).all()


def verify(session: Session) -> ChainReport:
    """Recompute the hash chain from the stored values, from the first event on."""
    prev_hash, count = _FIRST_PREV_HASH, 0
    for row in in_order(session, select(*as_stored(_EVENT))):
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
        stored_prev_hash, stored_hash = values.pop("prev_hash"), values.pop("hash")
        for name in _BOOLEAN_COLUMNS:
            values[name] = _as_boolean(values[name])
        is_next = row.seq == count + 1 and stored_prev_hash == prev_hash
        if not is_next or stored_hash != _digest(prev_hash, values):
            return ChainReport(event_count=count, head=prev_hash, broken_at=row.seq)
        prev_hash, count = stored_hash, count + 1
    return ChainReport(event_count=count, head=prev_hash, broken_at=None)


def _as_boolean(stored: Any) -> Any:
    """Return a stored 0 or 1 as a boolean, and any other value unchanged."""
    return bool(stored) if type(stored) is int and stored in {0, 1} else stored


def row_digest(values: str) -> str:
    """Return a shortened SHA-256 of the values of a row."""
    return hashlib.sha256(values.encode()).hexdigest()[:32]


def log_receipts(session: Session, batch_id: int) -> None:
    """Add the digests of the receipts of a batch to the next event of the caller's transaction, if there are any."""
    if receipts := {number: row_digest(values) for number, values in receipts_of(session.connection(), batch_id)}:
        log_row_digests(session, {"notice": receipts})


def log_row_digests(session: Session, digests: Mapping[str, Mapping[int, str]]) -> None:
    """Add digests of rows, by table and number, to the next event: one text for each run of consecutive numbers."""
    facts = {
        table: {
            run: "".join(of_rows[number] for _table, number in rows_named(table, run))
            for run in (name.partition(" ")[2] for name in runs_of((table, number) for number in of_rows))
        }
        for table, of_rows in digests.items()
    }
    add_to_next_event(session, TOGETHER, facts)


def details(**values: Any) -> Mapping[str, Any]:
    """Return the body of an event without the values that are None or empty."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}
