"""The owner of a case, who works on it next, and the load of each person.

The owner is the person who holds the case, who gets it back from its check, or to whom it is assigned. The owner of a
pending case that is assigned to nobody is the maker of its verdict. A case that the applicant rectifies has no owner.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from db.columns import Instant, to_us
from db.dialects.lists import LISTED_IDS, list_parameter
from db.queries.listing.case_list import CaseCondition
from db.queries.listing.case_verdicts import NEWEST_VERDICT

_MAKER = f"(SELECT d.maker_id FROM decision d WHERE d.id = {NEWEST_VERDICT})"  # noqa: S608 - made of constants of this package
_DECIDER = "(SELECT p.decided_by_id FROM appeal p WHERE p.case_id = c.id AND p.status = 'staged')"

OWNER = f"""CASE c.state
    WHEN 'in_review' THEN CASE WHEN c.held_until > :now THEN c.held_by_id ELSE c.assignee_id END
    WHEN 'awaiting_check' THEN coalesce(c.returned_to_id, {_DECIDER}, {_MAKER})
    WHEN 'pending' THEN coalesce(c.assignee_id, {_MAKER})
    WHEN 'rectifying' THEN NULL
    ELSE c.assignee_id END"""
"""SQL for the owner of the case `c`, null for nobody."""

_HITS = """SELECT id FROM "case" WHERE state = 'in_review' AND held_by_id = :{0}
    UNION ALL SELECT id FROM "case" WHERE assignee_id = :{0}
    UNION ALL SELECT id FROM "case" WHERE state IN ('awaiting_check', 'pending')"""

_OWNED = text(
    f"""SELECT c.id, {OWNER} AS owner_id, c.due_at, CASE c.state WHEN 'awaiting_check' THEN
        (SELECT max(d.maker_id) FROM decision d WHERE d.case_id = c.id AND d.status = 'staged') END AS staged_by
    FROM {LISTED_IDS} AS wanted CROSS JOIN "case" AS c WHERE c.id = wanted.id"""  # noqa: S608 - made of constants of this package; values are bound
).columns(due_at=Instant)
_LOADS = text(
    f"""SELECT owner_id, count(*) AS cases, coalesce(sum(due_at <= :day_end), 0) AS due_today, min(due_at) AS first_due
    FROM (
        SELECT {OWNER} AS owner_id, c.due_at, c.id FROM "case" AS c
        WHERE c.state = 'queued' AND c.assignee_id IS NOT NULL
        UNION ALL SELECT {OWNER}, c.due_at, c.id FROM "case" AS c
        WHERE c.state IN ('in_review', 'awaiting_check', 'pending', 'appealed'))
    WHERE owner_id IS NOT NULL AND id NOT IN {LISTED_IDS} GROUP BY owner_id"""  # noqa: S608 - made of constants of this package; values are bound
).columns(first_due=Instant)


def owned_by(person_id: int | None, prefix: str) -> CaseCondition:
    """Return the condition that a person is the owner of the case; None means that it has no owner."""
    if person_id is None:
        return CaseCondition(check=f"({OWNER}) IS NULL")
    return CaseCondition(
        check=f"coalesce({OWNER}, 0) = :{prefix}", values={prefix: person_id}, hits=_HITS.format(prefix)
    )


def owned_cases(session: Session, case_ids: Iterable[int], now: datetime) -> list[Any]:
    """Return cases, each with its owner, its due date, and the maker of its verdict if that waits for its check."""
    return list(session.execute(_OWNED, {"now": to_us(now), **list_parameter(case_ids)}))


def loads(session: Session, now: datetime, day_end: datetime, without: Iterable[int] = ()) -> dict[int, Any]:
    """Return how many open cases each owner has, how many are due by the end of the day, and the first due date.

    `without` are cases that are not counted.
    """
    values = {"now": to_us(now), "day_end": to_us(day_end), **list_parameter(without)}
    return {row.owner_id: row for row in session.execute(_LOADS, values)}
