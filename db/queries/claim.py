"""Finds and claims the next case, along an index for each priority, without sorting the whole queue.

Without a filter, one statement finds and claims the next case. With a filter, finding may take long, so it runs without
a lock; then a found case is claimed if it has not changed.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.columns import to_us
from db.dialects.sqlite import ORDERED_CASES
from db.enums import CaseState
from db.queries.listing.case_list import CaseQuery
from db.queries.listing.case_pages import best_hits, hits_table

_NOT_SKIPPED = """NOT EXISTS (SELECT 1 FROM skip WHERE skip.case_id = c.id AND skip.reviewer_id = :me
                              AND skip.evidence_no >= c.evidence_no)"""
# An assigned case that nobody holds. CASE makes the planner start from the assignee and not from all queued cases.
_FREE = """c.assignee_id IS NOT NULL AND c.state IN ('queued', 'in_review')
            AND CASE c.state WHEN 'queued' THEN c.is_listed ELSE c.held_until <= :now END"""
_URGENCY = "CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END"
_IS_DUE_LATER = "urgency / 2"
"""0 for a case that is overdue or due today, 1 for any other: SQLite divides integers without a fraction."""

_DUE_RANGES = ("c.due_at <= :now", "c.due_at > :now AND c.due_at <= :day_end", "c.due_at > :day_end")


def _sorted_branch(precedence: int, where: str, source: str = '"case" AS c') -> str:
    """Return a branch of the union that reads few rows and sorts them.

    `precedence` is 0 for cases that are assigned to the reviewer, 1 for others.
    """
    return f"""SELECT * FROM (
        SELECT c.id AS id, c.version AS version, {precedence} AS precedence,
               CASE WHEN c.returned_to_id = :me THEN 0 ELSE 1 END AS returned,
               {_URGENCY} AS urgency, -c.priority_rank AS priority, c.due_at AS due
        FROM {source} WHERE {where} AND {_NOT_SKIPPED}
        ORDER BY ({_URGENCY}) / 2, returned, urgency, priority, due, c.id LIMIT :most)"""  # noqa: S608 - made of constants of this file; values are bound


def _indexed_branch(urgency: int, priority: int, filter_check: str) -> str:
    """Return a branch of the union that reads the common queue along an index, one with the columns of the filter."""
    return f"""SELECT * FROM (
        SELECT c.id AS id, c.version AS version, 1 AS precedence, 1 AS returned, {urgency} AS urgency,
               {-priority} AS priority, c.due_at AS due
        FROM {ORDERED_CASES if filter_check else '"case" AS c'}
        WHERE {_COMMON} AND c.priority_rank = {priority} AND {_DUE_RANGES[urgency]} AND {_NOT_SKIPPED}{filter_check}
        ORDER BY c.due_at, c.id LIMIT :most)"""  # noqa: S608 - made of constants of this file; values are bound


# A cross join fixes the order: first the few people who are absent or left, then the cases assigned to them.
_ABSENT = """(SELECT reviewer_id FROM absence WHERE from_on <= :today AND (to_on IS NULL OR to_on >= :today)
            UNION SELECT id FROM reviewer WHERE is_active = 0) AS absent CROSS JOIN """
# The four kinds of free cases: assigned to the reviewer, assigned to an absent person, expired, or in the common queue.
_MINE = f"c.assignee_id = :me AND {_FREE}"
_OF_ABSENT = f"c.assignee_id = absent.reviewer_id AND c.assignee_id <> :me AND {_FREE}"
_EXPIRED = "c.state = 'in_review' AND c.held_until <= :now AND c.assignee_id IS NULL"
_COMMON = "c.state = 'queued' AND c.is_listed = 1 AND c.assignee_id IS NULL"


def _branches_over_all(filter_check: str) -> Iterable[str]:
    """Yield the branches over all cases that satisfy the filter."""
    yield _sorted_branch(0, _MINE + filter_check)
    for urgency in range(3):
        for priority in range(4):
            yield _indexed_branch(urgency, priority, filter_check)
    yield _sorted_branch(1, _EXPIRED + filter_check)
    yield _sorted_branch(1, _OF_ABSENT + filter_check, f'{_ABSENT} "case" AS c')


def _branches_over_hits(filter_check: str) -> Iterable[str]:
    """Yield the branches over the few cases that an index found for a filter."""
    source = 'hit CROSS JOIN "case" AS c'
    for precedence, where, tables in (
        (0, _MINE, source),
        (1, _COMMON, source),
        (1, _EXPIRED, source),
        (1, _OF_ABSENT, _ABSENT + source),
    ):
        yield _sorted_branch(precedence, f"c.id = hit.id AND {where}{filter_check}", tables)


def _first_cases_of(branches: Iterable[str], columns: str, most: str) -> str:
    """Return SQL for the first cases of several branches, in order."""
    union = "\nUNION ALL\n".join(branches)
    return f"""SELECT {columns} FROM ({union})
        ORDER BY {_IS_DUE_LATER}, precedence, returned, urgency, priority, due, id LIMIT {most}"""  # noqa: S608 - made of constants of this package; values are bound


_CLAIM_UPDATE = """UPDATE "case" SET state = 'in_review', held_by_id = :me, held_until = :until, aside_until = NULL,
            returned_to_id = NULL, fence = fence + 1, version = version + 1"""
# Only the first case is needed, so its limits are written into the statement.
_CLAIM = text(
    f"""{_CLAIM_UPDATE} WHERE id = ({_first_cases_of(_branches_over_all(""), "id", "1").replace(":most", "1")})
        RETURNING id, fence, policy_version_id"""
)
_HOLDS = text(
    """SELECT reviewer.max_held, reviewer.skills, c.id, c.aside_until
        FROM reviewer LEFT JOIN "case" AS c
            ON c.held_by_id = reviewer.id AND c.state = 'in_review' AND c.held_until > :now
        WHERE reviewer.id = :me
        ORDER BY c.aside_until, c.id"""
)
# Every change increases the version, except the renewal of a hold. So a case with the same version still matches the
# filter, and only the hold is checked again.
_CLAIM_FOUND = text(
    f"""{_CLAIM_UPDATE} WHERE id = :id AND version = :version
            AND CASE state WHEN 'queued' THEN is_listed WHEN 'in_review' THEN held_until <= :now ELSE FALSE END
        RETURNING id, fence, policy_version_id"""
)


@lru_cache(maxsize=64)
def _find(hits: str, filter_check: str) -> TextClause:
    """Return the statement that finds the next cases within a filter."""
    branches = _branches_over_hits(filter_check) if hits else _branches_over_all(filter_check)
    return text(f"{hits} {_first_cases_of(branches, 'id, version', ':most')}")


class ClaimedCase(NamedTuple):
    """A case that was just claimed, with the number of its hold."""

    id: int
    fence: int
    policy_version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimer:
    """Who claims a case, and when. `day_end` is the end of the local day, in the local zone."""

    reviewer_id: int
    now: datetime
    day_end: datetime

    def values(self) -> dict[str, Any]:
        """Return the bound values of the statements."""
        return {
            "me": self.reviewer_id,
            "now": to_us(self.now),
            "day_end": to_us(self.day_end),
            "today": self.day_end.date().isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCases:
    """The cases that a person holds."""

    limit: int | None
    """The most cases that this person may hold, None without a limit of their own."""
    on_desk: tuple[int, ...]
    """The cases on the desk. Those whose time aside is over come last."""
    aside: tuple[int, ...]
    """The cases that are put aside."""
    skills: str
    """The filter terms of the cases that this person can review, "" for all cases."""


def holds_of(session: Session, reviewer_id: int, now: datetime) -> HeldCases:
    """Return the cases that a person holds and whose hold has not expired."""
    now_us = to_us(now)
    rows = session.connection().execute(_HOLDS, {"me": reviewer_id, "now": now_us}).all()
    aside = tuple(row.id for row in rows if row.aside_until is not None and row.aside_until > now_us)
    on_desk = tuple(row.id for row in rows if row.id is not None and row.id not in aside)
    return HeldCases(limit=rows[0].max_held, on_desk=on_desk, aside=aside, skills=rows[0].skills)


def claim_next(session: Session, claimer: Claimer, until: datetime) -> ClaimedCase | None:
    """Claim the next free case for a reviewer, or return None if there is none.

    Cases that are overdue or due today come before all others. Within each of these two groups, cases returned to the
    reviewer come first, then those assigned to the reviewer, then the common queue. Each of these is ordered by
    (overdue, due today, priority, due date, id).
    """
    row = session.connection().execute(_CLAIM, {**claimer.values(), "until": to_us(until)}).first()
    return ClaimedCase(*row) if row else None


def find_next_cases(session: Session, claimer: Claimer, within: CaseQuery, most: int = sys.maxsize) -> Sequence[Any]:
    """Return the ids and versions of the next free cases within a filter, in the order of `claim_next`.

    At most `most` cases are returned. A server refuses a limit of -1.
    """
    if CaseState.QUEUED not in within.states:
        return []
    values = {**within.values(), **claimer.values(), "most": most}
    if hits := best_hits(session, within):
        values |= hits.values
        statement = _find(hits_table(hits), f" AND {within.check_of_any_state(hits.conditions)}")
    else:
        statement = _find("", f" AND {within.check_of_any_state()}")
    return session.execute(statement, values).all()


def claim_first_unchanged(
    session: Session, claimer: Claimer, until: datetime, found: Iterable[Any]
) -> ClaimedCase | None:
    """Claim the first found case that has not changed, or return None if all have changed."""
    values = {**claimer.values(), "until": to_us(until)}
    for case in found:
        row = session.execute(_CLAIM_FOUND, {**values, "id": case.id, "version": case.version}).first()
        if row is not None:
            return ClaimedCase(*row)
    return None


_SKILLS = text("SELECT skills FROM reviewer WHERE id = :person")


def skills_of(session: Session, person_id: int) -> str:
    """Return the filter terms of the cases that a person can review, "" for all cases."""
    return str(session.connection().execute(_SKILLS, {"person": person_id}).scalar_one())


# Without the index of the common queue, SQLite would read the row of each queued case.
_COUNT_CLAIMABLE = text(
    f"""SELECT
        (SELECT count(*) FROM "case" AS c INDEXED BY ix_case_next WHERE {_COMMON})
        + (SELECT count(*) FROM "case" c WHERE {_EXPIRED} AND {_NOT_SKIPPED})
        + (SELECT count(*) FROM "case" c WHERE {_MINE} AND {_NOT_SKIPPED})
        + (SELECT count(*) FROM {_ABSENT} "case" c WHERE {_OF_ABSENT} AND {_NOT_SKIPPED})
        - (SELECT count(*) FROM skip CROSS JOIN "case" AS c
           WHERE skip.reviewer_id = :me AND c.id = skip.case_id AND skip.evidence_no >= c.evidence_no AND {_COMMON})"""  # noqa: S608 - made of constants of this file; values are bound
)


def count_claimable(session: Session, claimer: Claimer) -> int:
    """Count the cases that a person could claim."""
    return int(session.execute(_COUNT_CLAIMABLE, claimer.values()).scalar_one())
