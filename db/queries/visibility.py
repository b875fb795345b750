"""Visibility of imported rows as SQL conditions, for statements that count many rows in the database."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists, or_

from db.queries.published import BATCH, Snapshot

# Making an alias copies every column, which takes longer than the statement itself, so each alias is made once. This
# is safe because each sub-select has its own scope of names.
_BATCH = BATCH.alias("visible_batch")


@cache
def _newer_of(table: Table) -> FromClause:
    return table.alias(f"newer_{table.name}")


def is_visible(batch_id: ColumnElement[int], snapshot: Snapshot) -> ColumnElement[bool]:
    """Return the condition that a batch is visible in a snapshot."""
    published = _BATCH.c.published_seq.is_not(None) if snapshot.seq is None else _BATCH.c.published_seq <= snapshot.seq
    return exists().where(_BATCH.c.id == batch_id, or_(published, _BATCH.c.id == snapshot.own_batch))


def has_newer(row: FromClause, table: Table, key: Sequence[str], snapshot: Snapshot) -> ColumnElement[bool]:
    """Return the condition that a later visible batch has a row with the same key. Batches are published in order."""
    newer = _newer_of(table)
    same = and_(*(newer.c[name] == row.c[name] for name in key))
    return exists().where(same, newer.c.batch_id > row.c.batch_id, is_visible(newer.c.batch_id, snapshot))
