"""The numbers of queued, held and assigned cases, for the header of the desk and to explain an empty queue."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, or_, text
from sqlmodel import Session

from db.columns import Instant, to_us
from db.models import AbsenceRow
from db.queries.published import table_of

_ABSENCE = table_of(AbsenceRow)
_OPEN_COUNTS = text(
    """SELECT
    (SELECT count(*) FROM "case" WHERE state = 'queued' AND is_listed = 1)
        + (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_until <= :now) AS queued,
    (SELECT count(*) FROM "case" WHERE state = 'in_review' AND held_by_id = :me AND held_until > :now) AS held_by_me,
    (SELECT count(*) FROM "case" c WHERE c.state = 'awaiting_check' AND coalesce(c.returned_to_id, 0) <> :me
        AND NOT EXISTS (SELECT 1 FROM decision WHERE case_id = c.id AND status = 'staged' AND maker_id = :me)
        AND NOT EXISTS (SELECT 1 FROM appeal WHERE case_id = c.id AND status = 'staged' AND decided_by_id = :me)
        AND NOT EXISTS (SELECT 1 FROM skip WHERE case_id = c.id AND reviewer_id = :me)
    ) AS to_check"""
)
_ASSIGNED = text(
    """SELECT count(*) FROM "case"
    WHERE assignee_id = :me AND state IN ('queued', 'in_review')
        AND CASE state WHEN 'queued' THEN is_listed ELSE held_until <= :now END"""
)
_IS_ABSENT = """c.assignee_id IN (SELECT reviewer_id FROM absence
        WHERE from_on <= :today AND (to_on IS NULL OR to_on >= :today)
        UNION SELECT id FROM reviewer WHERE is_active = 0)"""
_ASSIGNED_TO_OTHERS = text(
    f"""SELECT r.login, count(*) AS cases, EXISTS (SELECT 1 FROM absence a WHERE a.reviewer_id = r.id
        AND a.from_on <= :today AND (a.to_on IS NULL OR a.to_on >= :today)) AS is_away
    FROM "case" c JOIN reviewer r ON r.id = c.assignee_id
    WHERE c.assignee_id <> :me AND c.state IN ('queued', 'in_review')
        AND CASE c.state WHEN 'queued' THEN c.is_listed ELSE c.held_until <= :now END
        AND NOT ({_IS_ABSENT} AND EXISTS (SELECT 1 FROM skip
            WHERE skip.case_id = c.id AND skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no))
    GROUP BY r.id ORDER BY r.login"""  # noqa: S608 - made of constants of this file
)
_PUT_ASIDE = text(
    """SELECT id, aside_until FROM "case"
    WHERE state = 'in_review' AND held_by_id = :me AND held_until > :now AND aside_until IS NOT NULL
    ORDER BY aside_until, id"""
).columns(aside_until=Instant)
_SKIPPED = text(
    f"""SELECT count(*) FROM skip JOIN "case" c ON c.id = skip.case_id
    WHERE skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no
        AND c.state = 'queued' AND c.is_listed = 1
        AND (c.assignee_id IS NULL OR c.assignee_id = :me OR {_IS_ABSENT})"""  # noqa: S608 - made of constants of this file
)
_HAS_SKIPPED = text(
    """SELECT count(*) FROM skip JOIN "case" c ON c.id = skip.case_id
    WHERE c.id = :case AND skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no
        AND c.state IN ('queued', 'in_review')"""
)
_HOLDERS = text(
    """SELECT reviewer.login, min(c.held_until) AS until, count(*) AS cases FROM "case" c
    JOIN reviewer ON reviewer.id = c.held_by_id
    WHERE c.state = 'in_review' AND c.held_until > :now AND c.held_by_id <> :me
    GROUP BY reviewer.login ORDER BY until"""
).columns(until=Instant)
_VERDICT_DURATIONS = text(
    """SELECT d.decided_at - (SELECT max(e.at) FROM event e
        WHERE e.case_id = d.case_id AND e.actor_id = :me AND e.action = 'next' AND e.is_refused = 0
            AND e.at <= d.decided_at) AS took_us, d.status = 'staged' AS is_staged
    FROM decision d WHERE d.decided_at >= :since AND d.maker_id = :me AND d.status NOT IN ('undone', 'returned')"""
)
_OVERDUE_MEASURES = text(
    """SELECT count(*) FROM measure_order
    WHERE done_at IS NULL AND cancelled_at IS NULL AND due_at < :now AND release_at <= :now"""
)


def is_absent(person: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a person is away on the day that is bound as `today`."""
    today: BindParameter[date] = bindparam("today")
    lasts = or_(_ABSENCE.c.to_on.is_(None), _ABSENCE.c.to_on >= today)
    return exists().where(_ABSENCE.c.reviewer_id == person, _ABSENCE.c.from_on <= today, lasts)


def open_counts(session: Session, reviewer_id: int, now: datetime) -> dict[str, int]:
    """Return how many cases are queued, held by a person (`held_by_me`), and waiting for that person's check.

    `to_check` leaves out what the person staged or gets back, because somebody else must check it.
    """
    return dict(session.execute(_OPEN_COUNTS, {"now": to_us(now), "me": reviewer_id}).mappings().one())


def verdict_durations_s(session: Session, reviewer_id: int, since: datetime) -> list[tuple[float | None, bool]]:
    """Return the seconds from the last claim of a case to its verdict, for each verdict of a person since a time.

    The seconds are None for a case that the person did not claim. With each comes whether it waits for a check.
    """
    rows = session.execute(_VERDICT_DURATIONS, {"me": reviewer_id, "since": to_us(since)})
    return [(None if row.took_us is None else row.took_us / 1_000_000, bool(row.is_staged)) for row in rows]


def count_assigned(session: Session, reviewer_id: int, now: datetime) -> int:
    """Count the cases assigned to a person that nobody holds now."""
    return int(session.execute(_ASSIGNED, {"me": reviewer_id, "now": to_us(now)}).scalar_one())


def assigned_to_others(session: Session, values: Mapping[str, Any]) -> tuple[tuple[str, int, bool], ...]:
    """Return the other people with assigned cases that nobody holds: login, number of cases, and whether away.

    `values` are the bound values of a `Claimer`.
    """
    rows = session.connection().execute(_ASSIGNED_TO_OTHERS, values)
    return tuple((row.login, row.cases, bool(row.is_away)) for row in rows)


def put_aside_by(session: Session, reviewer_id: int, now: datetime) -> tuple[tuple[int, datetime], ...]:
    """Return the cases that a person has put aside, each with the time at which it returns or returned, earliest first.

    A case that `next` has returned to the person is no longer aside.
    """
    rows = session.execute(_PUT_ASIDE, {"me": reviewer_id, "now": to_us(now)})
    return tuple((row.id, row.aside_until) for row in rows)


def count_overdue_measures(session: Session, now: datetime) -> int:
    """Count the numbers that should be barred or restored by now."""
    return int(session.execute(_OVERDUE_MEASURES, {"now": to_us(now)}).scalar_one())


def count_skipped(session: Session, values: Mapping[str, Any]) -> int:
    """Count the queued cases that a person skipped, that got no new evidence since and are for this person.

    `values` are the bound values of a `Claimer`.
    """
    return int(session.execute(_SKIPPED, dict(values)).scalar_one())


def has_skipped(session: Session, reviewer_id: int, case_id: int | None) -> bool:
    """Return whether a person skipped an open case that got no new evidence since."""
    return bool(session.execute(_HAS_SKIPPED, {"case": case_id, "me": reviewer_id}).scalar_one())


def other_holders(session: Session, reviewer_id: int, now: datetime) -> Sequence[Any]:
    """Return the other people who hold cases, each with how many and when the first hold ends; earliest end first."""
    return session.execute(_HOLDERS, {"me": reviewer_id, "now": to_us(now)}).all()
