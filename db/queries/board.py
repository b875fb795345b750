"""The counts of the board that no filter has: verdicts and arrivals by time, measures and campaigns."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlmodel import Session

from db.columns import to_us

_HANDLING_TIMES = text(
    """SELECT maker_id, took_us FROM (
        SELECT d.maker_id, d.decided_at - (SELECT max(e.at) FROM event e
            WHERE e.case_id = d.case_id AND e.actor_id = d.maker_id AND e.action = 'next' AND e.is_refused = 0
                AND e.at <= d.decided_at) AS took_us
        FROM decision d WHERE d.decided_at >= :since AND d.status <> 'undone')
    WHERE took_us IS NOT NULL"""
)
# A quarter of an hour has 900,000,000 microseconds.
_ARRIVALS_AND_VERDICTS = text(
    """SELECT quarter, sum(arrived) AS arrived, sum(decided) AS decided FROM (
        SELECT received_at / 900000000 AS quarter, 1 AS arrived, 0 AS decided FROM "case" c
        WHERE received_at >= :since
            AND EXISTS (SELECT 1 FROM import_batch b WHERE b.id = c.batch_id AND b.published_at IS NOT NULL)
        UNION ALL SELECT decided_at / 900000000, 0, 1 FROM decision WHERE decided_at >= :since AND status <> 'undone')
    GROUP BY quarter"""
)
_OWED = text(
    """SELECT
    (SELECT count(*) FROM measure_order WHERE done_at IS NULL AND cancelled_at IS NULL AND release_at <= :now)
        AS measures_owed,
    (SELECT count(*) FROM campaign_case k JOIN campaign p ON p.id = k.campaign_id
        WHERE p.stopped_at IS NULL AND k.opened_case_id IS NULL AND k.skipped_at IS NULL) AS campaign_cases_left"""
)
_REVIEWERS = text(
    """SELECT r.id, r.login, count(a.reviewer_id) > 0 AS is_away,
        CASE WHEN sum(a.to_on IS NULL) = 0 THEN max(a.to_on) END AS away_until
    FROM reviewer r
    LEFT JOIN absence a ON a.reviewer_id = r.id AND a.from_on <= :today AND (a.to_on IS NULL OR a.to_on >= :today)
    WHERE r.is_active AND EXISTS (SELECT 1 FROM reviewer_role p WHERE p.reviewer_id = r.id AND p.role = 'reviewer')
    GROUP BY r.id ORDER BY r.login"""
).columns(away_until=Date)


_RETURNED_VERDICTS = text(
    "SELECT case_id, count(*) AS returns FROM decision WHERE case_id IN :ids AND status = 'returned' GROUP BY case_id"
).bindparams(bindparam("ids", expanding=True))


def returned_verdicts(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """Return how often a check returned a verdict on each of some cases; cases without returns are left out."""
    return {row.case_id: row.returns for row in session.execute(_RETURNED_VERDICTS, {"ids": list(case_ids)})}


def handling_times(session: Session, since: datetime) -> Sequence[Any]:
    """Return each verdict since a time as its maker and the microseconds since the case was taken."""
    return session.execute(_HANDLING_TIMES, {"since": to_us(since)}).all()


def arrivals_and_verdicts(session: Session, since: datetime) -> Sequence[Any]:
    """Return how many cases arrived and how many verdicts were given since a time, by quarter of an hour since 1970."""
    return session.execute(_ARRIVALS_AND_VERDICTS, {"since": to_us(since)}).all()


def owed_counts(session: Session, now: datetime) -> dict[str, int]:
    """Return how many measures are owed, and how many cases campaigns still have to open."""
    return dict(session.execute(_OWED, {"now": to_us(now)}).mappings().one())


def reviewers_on(session: Session, today: date) -> Sequence[Any]:
    """Return the reviewers with their absence on a day: its last day is None if nobody knows it."""
    return session.execute(_REVIEWERS, {"today": today.isoformat()}).all()
