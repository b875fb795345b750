"""The log: one hash-chained event for each act, refused ones included."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from db.columns import to_us
from db.enums import CaseState
from db.models import CaseRow, EventRow
from workbench.domain.case.actor import Actor
from workbench.domain.case.running import clock_runs

GENESIS = "0" * 64

_TOGETHER = 1_000

_EVENT = EventRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Whether the log is whole: how many events, the last hash, and the first one that does not fit."""

    events: int
    head: str
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """Say whether every event fits to the one before it."""
        return self.broken_at is None


def _digest(prev_hash: str, values: Mapping[str, Any]) -> str:
    """Return SHA-256 of the previous hash and the canonical JSON of an event."""
    body = {**values, "at": to_us(values["at"])}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256((prev_hash + canonical).encode()).hexdigest()


def append(  # noqa: PLR0913 - an event has as many columns
    session: Session,
    actor: Actor,
    action: str,
    at: datetime,
    *,
    case_id: int | None = None,
    batch_id: int | None = None,
    state: CaseState | None = None,
    waits_for: str = "",
    is_refused: bool = False,
    counted_at: datetime | None = None,
    body: Mapping[str, Any] | None = None,
) -> int:
    """Write one event at the end of the chain, in the caller's write transaction, and return its number.

    `body` holds codes, counts and keyed hashes, never a personal value. An event with a state says whether the clock
    runs from then on and under which version of the policy, and from which instant it counts if not from its own:
    what an applicant sent counts from its receipt.
    """
    seq, prev_hash = _end(session)
    clock: dict[str, Any] = {} if state is None else _clock(session, case_id, counted_at)
    values = {
        **_values(seq + 1, actor, action, at, {**(body or {}), **clock}),
        "case_id": case_id,
        "batch_id": batch_id,
        "state": state.value if state else "",
        "is_clock_running": clock_runs(state, waits_for) if state else None,
        "is_refused": is_refused,
    }
    session.execute(insert(_EVENT).values(**values, prev_hash=prev_hash, hash=_digest(prev_hash, values)))
    return seq + 1


def append_many(
    session: Session, actor: Actor, action: str, at: datetime, bodies: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """Write one event for each case and its body, at the end of the chain, in the caller's write transaction.

    Thousands at once take a fraction of the time that one by one would hold the write lock.
    """
    seq, prev_hash = _end(session)
    rows: list[dict[str, Any]] = []
    for number, (case_id, body) in enumerate(bodies, start=seq + 1):
        values = {**_values(number, actor, action, at, body), "case_id": case_id}
        digest = _digest(prev_hash, values)
        rows.append({**values, "prev_hash": prev_hash, "hash": digest})
        prev_hash = digest
    for start in range(0, len(rows), _TOGETHER):
        session.execute(insert(_EVENT), rows[start : start + _TOGETHER])


def _end(session: Session) -> tuple[int, str]:
    """Return number and hash of the last event, those before the first if there is none."""
    last = session.execute(select(_EVENT.c.seq, _EVENT.c.hash).order_by(_EVENT.c.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def _values(seq: int, actor: Actor, action: str, at: datetime, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an event that concerns no case, no batch and no state."""
    return {
        "seq": seq,
        "at": at,
        "actor_id": actor.id or None,
        "actor_login": actor.login,
        "identity": actor.identity,
        "action": action,
        "case_id": None,
        "batch_id": None,
        "state": "",
        "is_clock_running": None,
        "is_refused": False,
        "body": json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


def _clock(session: Session, case_id: int | None, counted_at: datetime | None) -> dict[str, Any]:
    """Return what an event says of the clock beside whether it runs."""
    policy = session.execute(select(col(CaseRow.policy_version_id)).where(col(CaseRow.id) == case_id)).scalar()
    said = {} if policy is None else {"policy": policy}
    return said if counted_at is None else {**said, "counted_at": to_us(counted_at)}


def _rows(session: Session) -> Iterator[Any]:
    yield from session.execute(select(_EVENT).order_by(_EVENT.c.seq)).yield_per(5000)


def verify(session: Session) -> ChainReport:
    """Recompute the chain from the first event."""
    prev_hash, count = GENESIS, 0
    for row in _rows(session):
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
        claimed_prev, claimed = values.pop("prev_hash"), values.pop("hash")
        fits = row.seq == count + 1 and claimed_prev == prev_hash and claimed == _digest(prev_hash, values)
        if not fits:
            return ChainReport(events=count, head=prev_hash, broken_at=row.seq)
        prev_hash, count = claimed, count + 1
    return ChainReport(events=count, head=prev_hash, broken_at=None)
