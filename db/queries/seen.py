"""The same sight of imported rows as a condition, for statements that count many of them in the database."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists, or_

from db.queries.published import BATCH, Snapshot

# Making an alias copies every column, which takes longer than the statement itself, so each is made once. They stand
# in sub-selects of their own.
_BATCH = BATCH.alias("seen_batch")


@cache
def _newer_of(table: Table) -> FromClause:
    return table.alias(f"newer_{table.name}")


def is_seen(batch_id: ColumnElement[int], sight: Snapshot) -> ColumnElement[bool]:
    """Return the condition that a row's batch may be seen."""
    published = _BATCH.c.published_seq.is_not(None) if sight.seq is None else _BATCH.c.published_seq <= sight.seq
    return exists().where(_BATCH.c.id == batch_id, or_(published, _BATCH.c.id == sight.own_batch))


def has_newer(row: FromClause, table: Table, key: Sequence[str], sight: Snapshot) -> ColumnElement[bool]:
    """Return the condition that a later batch has a row of the same key; batches are published in their order."""
    newer = _newer_of(table)
    same = and_(*(newer.c[name] == row.c[name] for name in key))
    return exists().where(same, newer.c.batch_id > row.c.batch_id, is_seen(newer.c.batch_id, sight))
