"""Pages, counts and positions of a list of cases, at a cost that hardly depends on the number of cases.

If the index of the list order has the columns of all conditions, a page is read from that index alone. Otherwise the
few cases that another index finds are sorted, or the list order is scanned and each case checked, whichever reads less.
If the scan finds too little and no index helps, the whole table is read and sorted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.dialects.search import HITS, all_of
from db.dialects.sqlite import ALL_CASES, ORDERED_CASES
from db.enums import CaseState
from db.queries.listing.case_list import CaseCondition, CaseQuery, ListPart, list_parts, order_columns

FEW = 30_000
"""Up to this number of hits are sorted at once; for more hits, the list order is scanned first, up to a limit."""

MOST_HITS_COUNTED = 300_000  # reading all cases is faster than looking up more hits, unless a condition is slow
_MOST_LOOKED_UP = 50_000  # the most cases that are looked up in the table one by one
_FIRST_WINDOW, _GREATEST_WINDOW = 250, 4_000  # the cases that are scanned at once
_SAMPLE = 1_000  # the hits from which their number is extrapolated
_SCAN_LIMIT = 24_000
_SCAN_LIMIT_WITH_SLOW = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexHits:
    """The cases that an index finds for some conditions: SQL that selects their `id`, and their count up to a limit."""

    conditions: tuple[CaseCondition, ...]
    select: str
    values: dict[str, Any]
    count: int


@lru_cache(maxsize=512)
def _text(sql: str) -> TextClause:
    return text(sql)


def _ids(session: Session, sql: str, values: dict[str, Any]) -> list[int]:
    return list(session.execute(_text(sql), values).scalars())


def _number(session: Session, sql: str, values: dict[str, Any]) -> int:
    return int(session.execute(_text(sql), values).scalar_one())


def page(session: Session, cases: CaseQuery, *, skip: int, limit: int, from_end: bool = False) -> list[int]:
    """Return the ids of a page in the order of the list. With `from_end`, `skip` counts from the end."""
    if limit <= 0:
        return []
    ids: list[int] | None = None
    if cases.needs_rows():
        hits = fewest_hits(session, cases, FEW)
        if hits is None or hits.count > FEW:
            ids = _scanned_page(session, cases, skip, limit, from_end=from_end, scan_limit=_scan_limit(cases))
        if ids is None:
            ids = _sorted_page(session, cases, hits, skip, limit, from_end=from_end)
    else:
        ids = _page_along_index(session, cases, skip, limit, from_end=from_end)
    return ids[::-1] if from_end else ids


def count_cases(session: Session, cases: CaseQuery) -> int:
    """Return the number of cases in a list."""
    if cases.needs_rows():
        hits = fewest_hits(session, cases, MOST_HITS_COUNTED)
        if hits and (hits.count <= MOST_HITS_COUNTED or any(condition.is_slow for condition in hits.conditions)):
            sql = f"{hits_table(hits)} SELECT count(*) {_from_hits(cases, hits)}"
            return _number(session, sql, {**cases.values(), **hits.values})
        indexed = tuple(condition for condition in cases.conditions if condition.is_indexed)
        if count_cases(session, replace(cases, conditions=indexed)) > _MOST_LOOKED_UP:
            # Reading the whole table takes a fraction of the time of looking up most of its rows one by one.
            return _number(session, f"SELECT count(*) FROM {ALL_CASES} WHERE {cases.check()}", cases.values())
    return sum(_length(session, cases, part) for part in list_parts(cases))


def position_in_list(session: Session, cases: CaseQuery, case_id: int) -> int | None:
    """Return how many cases of a list come before a case, None if the case is not in the list or counting is slow."""
    columns = order_columns(cases)
    own = session.execute(
        _text(
            f"""SELECT c.state, c.priority_rank, c.due_at, {", ".join(columns)}
                FROM "case" AS c WHERE c.id = :case_id AND {cases.check()}"""
        ),
        {**cases.values(), "case_id": case_id},
    ).first()
    if own is None:
        return None
    state, rank, due, *keys = own
    if not cases.needs_rows():
        within = "c.id < :case_id" if due is None else "c.due_at <= :due AND (c.due_at < :due OR c.id < :case_id)"
        before = 0
        for part in list_parts(cases):
            if part.contains(CaseState(state), rank, due):
                values = {"case_id": case_id, "due": due}
                return before + _length(session, cases, part, f" AND {within}", values)
            before += _length(session, cases, part)
    hits = fewest_hits(session, cases, FEW)
    if hits is None or hits.count > FEW:
        return None
    earlier = f"({', '.join(columns)}) < ({', '.join(str(int(value)) for value in keys)})"
    sql = f"{hits_table(hits)} SELECT count(*) {_from_hits(cases, hits)} AND {earlier}"
    return _number(session, sql, {**cases.values(), **hits.values})


def fewest_hits(session: Session, cases: CaseQuery, limit: int) -> IndexHits | None:
    """Return the hits of the condition with the fewest hits, None if no index answers any condition.

    Hits are counted up to `limit`.
    """
    fewest: IndexHits | None = None
    for conditions, select, values in _sources(cases):
        # Count no further than the best condition so far, so that not all hits of a common word are read.
        at_most = limit if fewest is None else min(limit, fewest.count)
        if _likely_exceed(session, select, values, at_most):
            counted = at_most + 1
        else:
            sql = f"SELECT count(*) FROM (SELECT id FROM ({select}) LIMIT {at_most + 1})"
            counted = _number(session, sql, values)
        if fewest is None or counted < fewest.count:
            fewest = IndexHits(conditions=conditions, select=select, values=values, count=counted)
    return fewest


def _likely_exceed(session: Session, select: str, values: dict[str, Any], limit: int) -> bool:
    """Say whether there are likely far more hits than `limit`, extrapolating from the first hits.

    Hits mostly come in the order of case ids. Where they do not, a wrong answer only costs time.
    """
    few = min(_SAMPLE, limit)
    hits_read, last_hit_id, last_case_id = session.execute(
        _text(
            f"""SELECT count(*), max(id), (SELECT max(id) FROM "case")
                FROM (SELECT id FROM ({select}) LIMIT {few + 1})"""
        ),
        values,
    ).one()
    return bool(hits_read > few and hits_read * (last_case_id / last_hit_id) > 2 * limit)


def best_hits(session: Session, cases: CaseQuery) -> IndexHits | None:
    """Return the hits from which a list is read fastest, or None if scanning the list order is faster.

    If no index answers a condition, the hits are found by reading the whole table.
    """
    if not cases.needs_rows():
        return None
    hits = fewest_hits(session, cases, FEW)
    if hits is not None and hits.count <= FEW:
        return hits
    if _scanned_page(session, cases, 0, 1, from_end=False, scan_limit=_scan_limit(cases)) is not None:
        return None
    select = f"SELECT c.id AS id FROM {ALL_CASES} WHERE {cases.check()}"
    return hits or IndexHits(conditions=(), select=select, values=cases.values(), count=FEW)


def _scan_limit(cases: CaseQuery) -> int:
    """Return how many cases are scanned in the list order before hits are used instead."""
    return _SCAN_LIMIT_WITH_SLOW if any(condition.is_slow for condition in cases.conditions) else _SCAN_LIMIT


def _sources(cases: CaseQuery) -> Iterator[tuple[tuple[CaseCondition, ...], str, dict[str, Any]]]:
    """Yield conditions that an index answers, with SQL for their hits and its values; full-text queries are one."""
    with_match = tuple(condition for condition in cases.conditions if condition.match)
    if with_match:
        combined = all_of(condition.match for condition in with_match)
        yield with_match, HITS.format(match="common_match"), {"common_match": combined}
    for condition in cases.conditions:
        if condition.hits and not condition.match:
            yield (condition,), condition.hits, dict(condition.values)


def hits_table(hits: IndexHits) -> str:
    """Return hits as a common table expression `hit` that a statement can begin with."""
    return f"WITH hit AS MATERIALIZED (SELECT DISTINCT id FROM ({hits.select}))"


def _from_hits(cases: CaseQuery, hits: IndexHits) -> str:
    # A cross join fixes the order: first the hits, then their cases.
    return f'FROM hit CROSS JOIN "case" AS c WHERE c.id = hit.id AND {cases.check(hits.conditions)}'


def _sorted_page(
    session: Session, cases: CaseQuery, hits: IndexHits | None, skip: int, limit: int, *, from_end: bool
) -> list[int]:
    """Return a page of the sorted hits; if `hits` is None, a page of the sorted table."""
    sign = " DESC" if from_end else ""
    order = ", ".join(f"{column}{sign}" for column in order_columns(cases))
    values = {**cases.values(), "limit": limit, "skip": skip}
    if hits is None:
        selected = f"SELECT c.id FROM {ALL_CASES} WHERE {cases.check()}"
    else:
        selected = f"{hits_table(hits)} SELECT c.id {_from_hits(cases, hits)}"
        values |= hits.values
    return _ids(session, f"{selected} ORDER BY {order} LIMIT :limit OFFSET :skip", values)


def _selects(part: ListPart, columns: str, checks: str) -> str:
    """Return the SELECTs of a part, one for each of its ranges."""
    return " UNION ALL ".join(
        f"SELECT {columns} FROM {ORDERED_CASES} WHERE {index_range}{checks}" for index_range in part.ranges
    )


def _and_checks(cases: CaseQuery) -> str:
    return "".join(f" AND {check}" for check in cases.checks_outside_range())


def _length(
    session: Session, cases: CaseQuery, part: ListPart, extra_check: str = "", values: dict[str, Any] | None = None
) -> int:
    """Return the number of cases in a part."""
    selects = _selects(part, "1", _and_checks(cases) + extra_check)
    return _number(session, f"SELECT count(*) FROM ({selects})", {**cases.values(), **part.values(), **(values or {})})


def _ordered_parts(cases: CaseQuery, *, from_end: bool) -> list[ListPart]:
    parts = list(list_parts(cases))
    return parts[::-1] if from_end else parts


def _page_along_index(session: Session, cases: CaseQuery, skip: int, limit: int, *, from_end: bool) -> list[int]:
    """Return a page from the index alone; with `from_end`, the last case comes first."""
    page_ids: list[int] = []
    for part in _ordered_parts(cases, from_end=from_end):
        length = _length(session, cases, part) if skip else None
        if length is not None and length <= skip:
            skip -= length
            continue
        missing = limit - len(page_ids)
        if length is not None and skip > length // 2:
            # Reading from the other end skips fewer cases.
            count = min(missing, length - skip)
            page_ids += _slice(session, cases, part, length - skip - count, count, from_end=not from_end)[::-1]
        else:
            page_ids += _slice(session, cases, part, skip, missing, from_end=from_end)
        skip = 0
        if len(page_ids) == limit:
            break
    return page_ids


def _slice(session: Session, cases: CaseQuery, part: ListPart, skip: int, limit: int, *, from_end: bool) -> list[int]:
    """Return a slice of a part; with `from_end`, the last case comes first."""
    sign = "DESC" if from_end else "ASC"
    selects = _selects(part, "c.id AS id, c.due_at AS due", _and_checks(cases))
    sql = f"{selects} ORDER BY due {sign}, id {sign} LIMIT :limit OFFSET :skip"
    return _ids(session, sql, {**cases.values(), **part.values(), "limit": limit, "skip": skip})


def _scanned_page(
    session: Session, cases: CaseQuery, skip: int, limit: int, *, from_end: bool, scan_limit: int | None
) -> list[int] | None:
    """Return a page by scanning cases in order; None if more than `scan_limit` cases would be scanned."""
    page_ids: list[int] = []
    scanned = 0
    for part in _ordered_parts(cases, from_end=from_end):
        for ids, size in _scan_windows(session, cases, part, from_end=from_end):
            passed = min(skip, len(ids))
            skip -= passed
            page_ids += ids[passed : passed + limit - len(page_ids)]
            if len(page_ids) == limit:
                return page_ids
            scanned += size
            if scan_limit is not None and scanned > scan_limit:
                return None
    return page_ids


def _scan_windows(
    session: Session, cases: CaseQuery, part: ListPart, *, from_end: bool
) -> Iterator[tuple[list[int], int]]:
    """Yield for each window of a part the ids that satisfy the conditions, and how many cases were read."""
    sign, compare = ("DESC", "<") if from_end else ("ASC", ">")
    checks = " AND ".join(cases.checks_outside_range())
    size, rest, values = _FIRST_WINDOW, "", {**cases.values(), **part.values(), "size": _FIRST_WINDOW}
    while True:
        selects = _selects(part, "c.id AS id, c.due_at AS due", rest)
        # The next window begins after the last row, even if that row does not satisfy the conditions.
        sql = f"""WITH w AS MATERIALIZED ({selects} ORDER BY due {sign}, id {sign} LIMIT :size)
            SELECT w.id, w.due, {checks} AS is_listed FROM w CROSS JOIN "case" AS c WHERE c.id = w.id
            ORDER BY w.due {sign}, w.id {sign}"""
        rows = session.execute(_text(sql), values).all()
        yield [case_id for case_id, _due, is_listed in rows if is_listed], len(rows)
        if len(rows) < size:
            return
        size = min(2 * size, _GREATEST_WINDOW)
        values |= {"last_id": rows[-1].id, "last_due": rows[-1].due, "size": size}
        rest = f" AND c.id {compare} :last_id"
        if part.span is not None:
            rest = f" AND c.due_at {compare}= :last_due AND (c.due_at {compare} :last_due OR c.id {compare} :last_id)"
