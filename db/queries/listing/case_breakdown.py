"""Counts of the cases of a list by a property; a million cases take about a second."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from db.dialects.sqlite import ALL_CASES, ORDERED_CASES
from db.queries.listing.case_list import CaseQuery
from db.queries.listing.case_pages import MOST_HITS_COUNTED, IndexHits, fewest_hits, hits_table
from db.queries.listing.case_verdicts import NEWEST_VERDICT
from db.queries.listing.owners import OWNER

QUARTER_US = 15 * 60 * 1_000_000
"""Instants are counted by the quarter of an hour, from which local days follow in any time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProperty:
    """A property of the case `c`, in SQL.

    Attributes:
        value: Its value.
        tables: The joins of the tables from which it comes.
        on: The condition of these joins.
        has_several: Whether a case can have several values; each is counted once.
        is_indexed: Whether the index of the list order has its columns.
    """

    value: str
    tables: str = ""
    on: str = "1 = 1"
    has_several: bool = False
    is_indexed: bool = False


def _of_verdict(column: str) -> str:
    return f"(SELECT d.{column} FROM decision d WHERE d.id = {NEWEST_VERDICT})"


def _of_application(column: str) -> CaseProperty:
    return CaseProperty(value=f"a.{column}", tables="CROSS JOIN application AS a", on="a.id = c.application_id")


def _quarter(instant: str) -> str:
    return f"{instant} / {QUARTER_US}"


_HOLDER = "CASE WHEN c.state = 'in_review' AND c.held_until > :now THEN c.held_by_id END"

PROPERTIES: Mapping[str, CaseProperty] = {
    "state": CaseProperty(
        value="CASE WHEN c.state = 'in_review' AND c.held_until <= :now THEN 'queued' ELSE c.state END"
    ),
    "reason": CaseProperty(
        value="r.code",
        tables="CROSS JOIN decision_reason AS r",
        on=f"r.decision_id = {NEWEST_VERDICT}",
        has_several=True,
    ),
    "rule": CaseProperty(value="f.rule", tables="CROSS JOIN finding AS f", on="f.case_id = c.id", has_several=True),
    "agent": CaseProperty(value="c.agent"),
    "province": _of_application("province"),
    "who": CaseProperty(
        value=f"coalesce(CAST({_HOLDER} AS TEXT), '') || '/' || coalesce(CAST(c.assignee_id AS TEXT), '')"
    ),
    "holder": CaseProperty(value=_HOLDER),
    "owner": CaseProperty(value=OWNER),
    "assignee": CaseProperty(value="c.assignee_id", is_indexed=True),
    "maker": CaseProperty(value=_of_verdict("maker_id")),
    "due": CaseProperty(value=_quarter("c.due_at"), is_indexed=True),
    "received": CaseProperty(value=_quarter("c.received_at")),
    "decided": CaseProperty(value=_quarter(_of_verdict("decided_at"))),
    "priority": CaseProperty(value="c.priority_rank", is_indexed=True),
    "class": CaseProperty(value="c.service_class", is_indexed=True),
    "risk": CaseProperty(value="c.risk", is_indexed=True),
    "kind": _of_application("applicant_kind"),
    "round": CaseProperty(value="c.round", is_indexed=True),
    "waits": CaseProperty(value="CASE WHEN c.state = 'pending' THEN c.waits_for END"),
}
"""The properties by name.

A person is an id, and `who` is two of them: holder/assignee. A priority is its rank. An instant is counted in quarters
of an hour.
"""


def breakdown(session: Session, cases: CaseQuery, name: str) -> dict[Any, int]:
    """Return how many cases of a list have each value of a property; None is for cases without a value."""
    counted = PROPERTIES[name]
    hits = fewest_hits(session, cases, MOST_HITS_COUNTED) if cases.needs_rows() else None
    if (
        hits is not None
        and hits.count > MOST_HITS_COUNTED
        and not any(condition.is_slow for condition in hits.conditions)
    ):
        hits = None
    source, check = _source(session, cases, counted, hits)
    selected = f"FROM {source} {counted.tables} WHERE {check} AND {counted.on}"
    if counted.has_several:
        selected = f"FROM (SELECT DISTINCT c.id, {counted.value} AS value {selected}) GROUP BY value"
        sql = f"SELECT value, count(*) {selected}"
    else:
        sql = f"SELECT {counted.value} AS value, count(*) {selected} GROUP BY 1"
    values = {**cases.values(), **(hits.values if hits is not None else {})}
    rows = session.execute(text(f"{hits_table(hits) if hits is not None else ''} {sql}"), values)
    return {value: count for value, count in rows}  # noqa: C416 - dict() does not accept the type of rows


def _source(session: Session, cases: CaseQuery, counted: CaseProperty, hits: IndexHits | None) -> tuple[str, str]:
    """Return the FROM clause that reads the cases fastest, and the condition that they are in the list."""
    if hits is not None:
        return 'hit CROSS JOIN "case" AS c', f"c.id = hit.id AND {cases.check(hits.conditions)}"
    # An index without all columns would look each case up in the table, which takes four times as long.
    if counted.is_indexed and not cases.needs_rows():
        return ORDERED_CASES, cases.check()
    # The index is faster than the whole table only if the states of the list have less than a quarter of the cases.
    in_states = f"c.state IN ({', '.join(repr(state.value) for state in sorted(cases.states))})"
    count_up_to_most = f"SELECT count(*) FROM (SELECT 1 FROM {ORDERED_CASES} WHERE {in_states} LIMIT :most)"
    quarter_of_all = int(session.execute(text('SELECT coalesce(max(id), 0) / 4 FROM "case"')).scalar_one())
    if session.execute(text(count_up_to_most), {"most": quarter_of_all}).scalar_one() < quarter_of_all:
        return ORDERED_CASES, f"{in_states} AND {cases.check()}"
    return ALL_CASES, cases.check()
