"""Finds evidence about numbers and subjects that no application has: it had none, or retention erased it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.columns import from_us, to_us
from db.dialects.sqlite import DAY_AS_US


class UnlinkedKind(StrEnum):
    """A kind of evidence that belongs to numbers or subjects; calls are counted by number, not by record."""

    COMPLAINTS = "complaints"
    CREDIT = "credit"
    OPT_OUTS = "optouts"
    CALLS = "calls"


_HALF_DAY_US = 12 * 60 * 60 * 1_000_000
# A day is compared at noon in UTC, which is on the same day in the zones from UTC-12 to UTC+12.
_PARTS = {
    "checked": f"{DAY_AS_US.format(day='coalesce(r.checked_on, r.listed_on)')} + {_HALF_DAY_US}",
    "called": f"{DAY_AS_US.format(day='w.window_to')} + {_HALF_DAY_US}",
}

# Evidence without a date of its own counts from its import. An erased application has no numbers and no subjects.
_ROWS = {
    UnlinkedKind.COMPLAINTS: """
        SELECT c.id AS key, c.received_at AS at
        FROM complaint c JOIN import_batch b ON b.id = c.batch_id AND b.published_at IS NOT NULL
        WHERE NOT EXISTS (SELECT 1 FROM card k WHERE k.msisdn_hash = c.msisdn_hash)""",
    UnlinkedKind.CREDIT: """
        SELECT r.id AS key, coalesce({checked}, b.published_at) AS at
        FROM credit_record r JOIN import_batch b ON b.id = r.batch_id AND b.published_at IS NOT NULL
        WHERE NOT EXISTS (SELECT 1 FROM application a WHERE a.uscc = r.subject_no)
              AND NOT EXISTS (SELECT 1 FROM application a WHERE a.handler_id_hash = r.subject_hash)
              AND r.subject_no NOT IN (SELECT a.legal_rep_id_no FROM application a)""",
    UnlinkedKind.OPT_OUTS: """
        SELECT o.id AS key, o.since AS at
        FROM opt_out o JOIN import_batch b ON b.id = o.batch_id AND b.published_at IS NOT NULL
        WHERE o.msisdn <> '' AND o.msisdn NOT IN (SELECT k.msisdn FROM card k)""",
    # The figures of service periods have hashes of their own beside the hash of the number.
    UnlinkedKind.CALLS: """
        SELECT group_concat(DISTINCT w.msisdn_hash) AS key, max(coalesce({called}, b.published_at)) AS at
        FROM call_window w JOIN import_batch b ON b.id = w.batch_id AND b.published_at IS NOT NULL
        WHERE w.msisdn <> ''
        GROUP BY w.msisdn
        HAVING NOT max(EXISTS (SELECT 1 FROM card k WHERE k.msisdn_hash = w.msisdn_hash))""",
}


def _with_rows(statement: str) -> dict[UnlinkedKind, TextClause]:
    return {kind: text(f"WITH unlinked AS ({rows.format(**_PARTS)}) {statement}") for kind, rows in _ROWS.items()}


_DUE = _with_rows("SELECT key FROM unlinked WHERE at < :before ORDER BY at")
_LATER = _with_rows("SELECT count(*), min(at) FROM unlinked WHERE at >= :before")


def unlinked_before(session: Session, kind: UnlinkedKind, before: datetime) -> list[str]:
    """Return the evidence of a kind from before an instant: the ids of rows, or the joined hashes of each number."""
    return [str(key) for key in session.execute(_DUE[kind], {"before": to_us(before)}).scalars()]


def hashes_of_number(joined: str) -> list[str]:
    """Return the joined hashes of a number and of its service periods."""
    return joined.split(",")


def unlinked_since(session: Session, kind: UnlinkedKind, since: datetime) -> tuple[int, datetime | None]:
    """Return the count of the evidence of a kind from an instant on, and the earliest time of it."""
    number, earliest = session.execute(_LATER[kind], {"before": to_us(since)}).one()
    return number, None if earliest is None else from_us(int(earliest))
