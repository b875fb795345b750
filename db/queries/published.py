"""Reads imported rows and cases, in chunks; rows of unpublished batches are never visible.

Evidence is never updated in place. For each key, the row of the latest visible batch counts, so a case shows old or new
evidence, never a mix.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlmodel import Session, SQLModel

from db import models
from db.dialects.lists import is_in_list, list_parameter
from db.enums import FINAL_STATES, CaseState

_Row = TypeVar("_Row", bound=SQLModel)

ImportedRow = Mapping[str, Any]
"""One row of an imported table by column names, with `seq`, the number of its publication."""

_UNPUBLISHED_SEQ = 1 << 62
"""The `seq` of a batch that is still being written: greater than that of every published batch."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model, for statements on many rows."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table
    return table


APPEAL = table_of(models.AppealRow)
APPLICATION = table_of(models.ApplicationRow)
BATCH = table_of(models.ImportBatchRow)
CASE = table_of(models.CaseRow)
DECISION = table_of(models.DecisionRow)
INQUIRY = table_of(models.InquiryRow)
MEASURE_ORDER = table_of(models.MeasureOrderRow)
NOTICE = table_of(models.NoticeRow)
RECTIFICATION = table_of(models.RectificationRow)
ITEM = table_of(models.RectificationItemRow)

ANSWER_DOCUMENT = (
    select(
        *(CASE.c.agent, CASE.c.application_no, INQUIRY.c.document_sha256.label("sha256")),
        INQUIRY.c.document_bytes.label("bytes_count"),
    )
    .join(CASE, CASE.c.id == INQUIRY.c.case_id)
    .where(text("inquiry.document_sha256 <> ''"))
    .subquery("answer_document")
)
"""The documents that came with the answers to inquiries, by application."""


def call_file_checks(session: Session) -> dict[int, tuple[tuple[int, str], ...]]:
    """Return the size in bytes and the SHA-256 of each call file, by batch; two pairs while it is being replaced."""
    columns = (BATCH.c.calls_bytes, BATCH.c.calls_sha256, BATCH.c.next_calls_bytes, BATCH.c.next_calls_sha256)
    with_calls = select(BATCH.c.id, *columns).where(BATCH.c.calls_sha256.is_not(None))
    checks: dict[int, tuple[tuple[int, str], ...]] = {}
    for batch_id, size, digest, next_size, next_digest in session.execute(with_calls):
        is_replaced = next_digest is not None
        checks[batch_id] = ((size, digest), (next_size, next_digest)) if is_replaced else ((size, digest),)
    return checks


def call_batches(session: Session) -> list[int]:
    """Return the published batches that have a call file, by number."""
    with_calls = select(BATCH.c.id).where(BATCH.c.calls_sha256.is_not(None), BATCH.c.published_at.is_not(None))
    return list(session.execute(with_calls.order_by(BATCH.c.id)).scalars())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which rows are visible."""

    seq: int | None = None
    """Rows of publications up to this number are visible; None shows all publications."""
    own_batch: int | None = None
    """The rows of this batch, which is being written, are visible too."""

    def shows(self, row: ImportedRow) -> bool:
        """Say whether a row is visible."""
        if row["seq"] == _UNPUBLISHED_SEQ:
            return bool(row["batch_id"] == self.own_batch)
        return self.seq is None or bool(row["seq"] <= self.seq)

    def values(self) -> dict[str, int | None]:
        """Return the parameters of a statement with `BOUND`."""
        return {"seq": _UNPUBLISHED_SEQ if self.seq is None else self.seq, "own_batch": self.own_batch}


EVERYTHING = Snapshot()
"""The snapshot of all publications."""

BOUND = Snapshot(bindparam("seq"), bindparam("own_batch"))  # type: ignore[arg-type]  # values come with each execution
"""The snapshot that the parameters of a statement choose, for statements that are built once."""


@lru_cache
def is_published(batch_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row's batch is published. Every query on imported rows or cases needs it."""
    return exists().where(BATCH.c.id == batch_id, BATCH.c.published_at.is_not(None))


def last_seq(session: Session) -> int:
    """Return the number of the last publication, 0 if there is none."""
    return int(session.execute(select(func.coalesce(func.max(BATCH.c.published_seq), 0))).scalar_one())


# Building a statement takes longer than running it, so statements that every act runs are built once.


def _with_seq(table: FromClause) -> Select[Any]:
    """Return the statement that reads the rows of a table with the numbers of their publications."""
    # A join would let the planner start from the batches; a sub-select by primary key cannot.
    own_seq = select(func.coalesce(BATCH.c.published_seq, _UNPUBLISHED_SEQ)).where(BATCH.c.id == table.c.batch_id)
    return select(table, own_seq.scalar_subquery().label("seq")).order_by("seq", table.c.id)


@cache
def _with_values(*columns: ColumnElement[Any]) -> Select[Any]:
    """Return the statement that reads the rows with the wanted values of some columns."""
    return _with_seq(columns[0].table).where(is_in_list(columns))


@cache
def _of_applications(table: Table) -> Select[Any]:
    """Return the statement that reads the rows of a table that belong to the wanted rows of applications."""
    belongs = and_(*(table.c[name] == APPLICATION.c[name] for name in ("agent", "application_no")))
    # Rows without an application number, such as the call figures of single phone numbers, belong to no application.
    is_wanted = is_in_list((APPLICATION.c.id,)) & (table.c.application_no != "")
    return _with_seq(table).join(APPLICATION, belongs).where(is_wanted)


def rows_of(session: Session, statement: Any, values: Iterable[object], **others: Any) -> Sequence[Any]:
    """Return the rows of a statement for some wanted values; without values, no statement is run."""
    if not (wanted_values := list(values)):
        return ()
    return session.connection().execute(statement, {**list_parameter(wanted_values), **others}).all()


def dicts_of(session: Session, statement: Any, values: Iterable[object]) -> list[ImportedRow]:
    """Return the rows of `rows_of` as dictionaries, which are faster to read than the mappings of rows."""
    rows = rows_of(session, statement, values)
    names = rows[0]._fields if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]


def newest_visible_rows(
    session: Session,
    columns: Sequence[ColumnElement[Any]],
    values: Iterable[object],
    key: Callable[[ImportedRow], object],
    snapshot: Snapshot,
) -> list[ImportedRow]:
    """Return the latest visible rows whose columns have one of some values.

    `values` are plain values for one column, or tuples for several; all rows of a key must have the same values in
    these columns. The rows are in the order in which keys were first written.
    """
    return _newest(dicts_of(session, _with_values(*columns), values), key, snapshot)


def newest_rows_of_applications(
    session: Session, table: Table, ids: Iterable[int], key: Callable[[ImportedRow], object], snapshot: Snapshot
) -> list[ImportedRow]:
    """Return the latest visible rows of a table that belong to some applications.

    `ids` has the id of one row of each application.
    """
    return _newest(dicts_of(session, _of_applications(table), ids), key, snapshot)


def _newest(rows: Iterable[ImportedRow], key: Callable[[ImportedRow], object], snapshot: Snapshot) -> list[ImportedRow]:
    return list({key(row): row for row in rows if snapshot.shows(row)}.values())


def newest_row(session: Session, model: type[_Row], *conditions: Any) -> _Row | None:
    """Return the row with the greatest id that satisfies some conditions, None without one."""
    statement = select(model).where(*conditions).order_by(table_of(model).c.id.desc()).limit(1)
    return session.execute(statement).scalar_one_or_none()


def all_versions(
    session: Session, model: type[SQLModel], names: Sequence[str], applications: Iterable[tuple[str, str]]
) -> list[ImportedRow]:
    """Return the columns `names`, agent and number of all published rows of some applications, the latest last."""
    return [row._asdict() for row in rows_of(session, _versions(table_of(model), tuple(names)), applications)]


@cache
def _versions(table: Table, names: tuple[str, ...]) -> Select[Any]:
    key = (table.c.agent, table.c.application_no)
    # Imports follow one another, so a later row has a greater id.
    published = select(*key, *(table.c[name] for name in names)).where(is_published(table.c.batch_id), is_in_list(key))
    return published.order_by(table.c.id)


def is_open_case(case: FromClause = CASE) -> ColumnElement[bool]:
    """Return the condition that a case is not closed."""
    return case.c.state.not_in([state.value for state in FINAL_STATES])


def _current_last(case: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Return sort keys: an open case comes last, before it the newest case with a result, first the withdrawn ones."""
    return is_open_case(case), case.c.state != CaseState.WITHDRAWN.value, case.c.id


def current_case_id(application: FromClause) -> ScalarSelect[int]:
    """Return the number of the case that `current_cases` chooses, for a statement that reads applications."""
    case = CASE.alias("own_case")
    is_own = (case.c.agent == application.c.agent, case.c.application_no == application.c.application_no)
    own = select(case.c.id).where(*is_own, is_published(case.c.batch_id))
    return own.order_by(*(term.desc() for term in _current_last(case))).limit(1).scalar_subquery()


def current_cases(session: Session, applications: Iterable[tuple[str, str]]) -> dict[tuple[str, str], models.CaseRow]:
    """Return the open case of each application, else the newest with a result, by agent and application number.

    Only published cases count. An older case with a result takes precedence over a withdrawn one, because it can be
    opened again.
    """
    cases = session.execute(_current_cases(), list_parameter(applications)).scalars()
    return {(case.agent, case.application_no): case for case in cases}


@cache
def _current_cases() -> Select[Any]:
    is_of_them = is_in_list((CASE.c.agent, CASE.c.application_no))
    return select(models.CaseRow).where(is_of_them, is_published(CASE.c.batch_id)).order_by(*_current_last(CASE))


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


Value = TypeVar("Value")


def chunks(values: Iterable[Value], size: int = 500) -> Iterator[list[Value]]:
    """Yield the values in order, in lists of at most `size` values."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
