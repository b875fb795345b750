"""Finds evidence about numbers and subjects that no application has, or no longer has after an erasure.

The reasons of exports, which may name people, are kept and erased in the same way.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.columns import from_us, to_us


class UnlinkedKind(StrEnum):
    """A kind of evidence that belongs to no application; calls are counted by number, not by record."""

    COMPLAINTS = "complaints"
    CREDIT = "credit"
    OPT_OUTS = "optouts"
    EXPORT_REASONS = "export-reasons"
    CALLS = "calls"


KINDS_OF_ROWS = tuple(kind for kind in UnlinkedKind if kind is not UnlinkedKind.CALLS)
"""The kinds that are counted by record."""


# Evidence counts from its import, so that its application has the whole period to arrive, and an older version never
# outlives a newer one. Only an opt-out may begin later; all its versions count from the latest of their times.
# An erased application has no numbers and no subjects.
_ROWS = {
    UnlinkedKind.COMPLAINTS: """
        SELECT c.id AS key, b.published_at AS at, c.batch_id AS batch, c.msisdn_hash AS about
        FROM complaint c JOIN import_batch b ON b.id = c.batch_id AND b.published_at IS NOT NULL
        WHERE NOT EXISTS (SELECT 1 FROM card k WHERE k.msisdn_hash = c.msisdn_hash)""",
    UnlinkedKind.CREDIT: """
        SELECT r.id AS key, b.published_at AS at, r.batch_id AS batch, r.subject_hash AS about
        FROM credit_record r JOIN import_batch b ON b.id = r.batch_id AND b.published_at IS NOT NULL
        WHERE NOT EXISTS (SELECT 1 FROM application a WHERE a.uscc = r.subject_no)
              AND NOT EXISTS (SELECT 1 FROM application a WHERE a.handler_id_hash = r.subject_hash)
              AND r.subject_no NOT IN (SELECT a.legal_rep_id_no FROM application a)""",
    UnlinkedKind.OPT_OUTS: """
        SELECT o.id AS key, max(max(o.since, b.published_at)) OVER (PARTITION BY o.callee_hash, o.msisdn) AS at
        FROM opt_out o JOIN import_batch b ON b.id = o.batch_id AND b.published_at IS NOT NULL
        WHERE o.msisdn <> '' AND o.msisdn NOT IN (SELECT k.msisdn FROM card k)""",
    UnlinkedKind.EXPORT_REASONS: "SELECT id AS key, exported_at AS at FROM export_reason",
    # The figures of service periods have hashes of their own beside the hash of the number.
    UnlinkedKind.CALLS: """
        SELECT group_concat(DISTINCT w.msisdn_hash) AS key, max(b.published_at) AS at
        FROM call_window w JOIN import_batch b ON b.id = w.batch_id AND b.published_at IS NOT NULL
        WHERE w.msisdn <> ''
        GROUP BY w.msisdn
        HAVING NOT max(EXISTS (SELECT 1 FROM card k WHERE k.msisdn_hash = w.msisdn_hash))""",
}


def _with_rows(statement: str) -> dict[UnlinkedKind, TextClause]:
    return {kind: text(f"WITH unlinked AS ({rows}) {statement}") for kind, rows in _ROWS.items()}


_BEFORE = _with_rows("SELECT key FROM unlinked WHERE at < :instant ORDER BY at, key")
_SINCE = _with_rows("SELECT count(*), min(at) FROM unlinked WHERE at >= :instant")

_OF_BATCH = _with_rows("SELECT count(DISTINCT about) FROM unlinked WHERE batch = :batch") | {
    # The window of all versions would be computed for every opt-out.
    UnlinkedKind.OPT_OUTS: text("""
        SELECT count(DISTINCT o.msisdn) FROM opt_out o
        WHERE o.batch_id = :batch AND o.msisdn <> '' AND o.msisdn NOT IN (SELECT k.msisdn FROM card k)""")
}


def unlinked_of_batch(session: Session, kind: UnlinkedKind, batch_id: int) -> int:
    """Count the phone numbers or subjects of a batch's records of a kind that no application has."""
    return int(session.execute(_OF_BATCH[kind], {"batch": batch_id}).scalar_one())


def unlinked_rows_before(session: Session, kind: UnlinkedKind, before: datetime) -> list[int]:
    """Return the ids of the rows of a kind from before an instant, oldest first."""
    return list(session.execute(_BEFORE[kind], {"instant": to_us(before)}).scalars())


def unlinked_numbers_before(session: Session, before: datetime) -> list[list[str]]:
    """Return the numbers whose calls are all from before an instant: the hashes of each and of its service periods."""
    joined = session.execute(_BEFORE[UnlinkedKind.CALLS], {"instant": to_us(before)}).scalars()
    return [hashes.split(",") for hashes in joined]


def unlinked_since(session: Session, kind: UnlinkedKind, since: datetime) -> tuple[int, datetime | None]:
    """Return the count of the evidence of a kind from an instant on, and its earliest time."""
    number, earliest = session.execute(_SINCE[kind], {"instant": to_us(since)}).one()
    return number, None if earliest is None else from_us(int(earliest))
