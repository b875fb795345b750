"""The queries of the forecast: events and attributes of cases, open cases, and the number of queued cases."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from db.queries.published import chunks

_IS_PUBLISHED = """EXISTS (SELECT 1 FROM import_batch b WHERE b.id = c.batch_id AND b.published_at IS NOT NULL)"""

_EVENT_COLUMNS = "e.case_id, e.at, e.action, e.state, e.is_clock_running AS running, e.actor_id"
_SETS_STATE = "e.state <> '' AND e.state <> 'incomplete' AND NOT e.is_refused"

_EVENTS = text(
    f"""SELECT {_EVENT_COLUMNS} FROM event e JOIN "case" c ON c.id = e.case_id
    WHERE e.seq > :after AND e.at < :until AND {_SETS_STATE} AND {_IS_PUBLISHED}
    ORDER BY e.seq"""
)

_EVENTS_OF = text(
    f"SELECT {_EVENT_COLUMNS} FROM event e WHERE e.case_id IN :ids AND {_SETS_STATE} ORDER BY e.seq"
).bindparams(bindparam("ids", expanding=True))

# `workbench.services.review.verdicts` writes `seen` with json.dumps; the patterns rely on the space after each colon.
_ATTRIBUTES = text(
    """SELECT c.id, c.agent, c.service_class, c.priority_rank, a.applicant_kind, a.card_type, a.province,
       c.block_count, c.warn_count, c.complete_at,
       CASE WHEN d.seen NOT LIKE '%"severity": "block"%' THEN '' ELSE d.seen END AS block_seen,
       d.seen LIKE '%"severity": "warn"%' AS warn_seen
    FROM "case" c JOIN application a ON a.id = c.application_id
    LEFT JOIN decision d ON d.id = (SELECT min(id) FROM decision WHERE case_id = c.id)
    WHERE c.id IN :ids"""
).bindparams(bindparam("ids", expanding=True))

_IS_HELD = "c.state = 'in_review' AND c.held_until > :now AND coalesce(c.aside_until, 0) <= :now"

_ORDER = f"""CASE WHEN {_IS_HELD} THEN 0 ELSE 1 END,
       CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END,
       -c.priority_rank, coalesce(c.due_at, 0), c.id"""
"""The order of `next`, held cases first. `QueuePosition` must use the same order, but it compares due dates only
to the day."""

_COLUMNS = """c.id, c.agent, c.service_class, c.priority_rank, a.applicant_kind, a.card_type, a.province,
       c.block_count, c.warn_count, c.state, c.round, c.due_at, c.complete_at, c.opened_at,
       c.waits_for, c.suspended_from, c.held_until, c.assignee_id,
       c.application_no, c.priority, c.is_priority_set, c.is_class_set, c.policy_version_id, c.evidence_seq,
       c.evidence_no,
       CASE WHEN c.state = 'awaiting_check' THEN coalesce(
          (SELECT d.verdict FROM decision d WHERE d.case_id = c.id AND d.status = 'staged' ORDER BY d.id DESC LIMIT 1),
          (SELECT CASE WHEN p.to_state = 'passed' THEN 'pass' ELSE 'fail' END
           FROM appeal p WHERE p.case_id = c.id AND p.status = 'staged')
       ) END AS staged_verdict"""

_OPEN_CASES = text(
    f"""SELECT {_COLUMNS}
    FROM "case" c JOIN application a ON a.id = c.application_id
    WHERE c.state IN :states AND {_IS_PUBLISHED}
    ORDER BY {_ORDER}"""
).bindparams(bindparam("states", expanding=True))

_OPEN_CASE = text(f"""SELECT {_COLUMNS} FROM "case" c JOIN application a ON a.id = c.application_id WHERE c.id = :id""")

_COUNT_AHEAD = text(
    f"""SELECT count(*) FROM "case" c
    WHERE c.state IN ('queued', 'in_review') AND {_IS_PUBLISHED}
       AND ({_ORDER}) < (SELECT {_ORDER} FROM "case" c WHERE c.id = :id)"""
)

_BLOCK_RULES = text(
    "SELECT DISTINCT case_id, rule FROM finding WHERE case_id IN :ids AND severity = 'block' ORDER BY case_id, rule"
).bindparams(bindparam("ids", expanding=True))

_QUEUE_COUNTS = text(
    f"""SELECT held, priority_rank, due_at, count(*) AS waiting FROM (
       SELECT CASE WHEN {_IS_HELD} THEN 1 ELSE 0 END AS held, c.priority_rank, c.due_at
       FROM "case" c WHERE c.state IN ('queued', 'in_review') AND {_IS_PUBLISHED}) AS queue
    GROUP BY held, priority_rank, due_at"""
)


_AT_POSITION = text(
    f"""SELECT c.id FROM "case" c WHERE c.state IN ('queued', 'in_review') AND NOT ({_IS_HELD})
       AND c.due_at = :due AND c.priority_rank = :rank AND {_IS_PUBLISHED} ORDER BY c.id"""
)


_ENDED_WAITS = text(
    f"""SELECT began, ended FROM (
       SELECT d.id, d.decided_at AS began, (SELECT min(e.at) FROM event e WHERE e.case_id = d.case_id
          AND e.at > d.decided_at AND e.state NOT IN ('', 'pending') AND NOT e.is_refused) AS ended
       FROM (SELECT * FROM decision ORDER BY id DESC LIMIT 20000) AS d JOIN "case" c ON c.id = d.case_id
       WHERE d.waits_for = :kind AND d.status IN ('applied', 'approved') AND {_IS_PUBLISHED}) AS waits
    WHERE ended IS NOT NULL ORDER BY id DESC LIMIT 200"""
)


_WORKING_REVIEWERS = text(
    """SELECT r.id, r.max_held IS NOT NULL OR r.id IN (SELECT reviewer_id FROM absence) OR r.id IN (
          SELECT maker_id FROM (SELECT maker_id FROM decision ORDER BY id DESC LIMIT 5000) AS lately)
          OR EXISTS (SELECT 1 FROM "case" c WHERE c.assignee_id = r.id) AS is_working,
       r.id IN (SELECT reviewer_id FROM reviewer_role WHERE role = 'admin') AS is_admin
    FROM reviewer r JOIN reviewer_role p ON p.reviewer_id = r.id AND p.role = 'reviewer'
    WHERE r.is_active ORDER BY r.id"""
)


def last_event(session: Session) -> int:
    """Return the number of the last event."""
    return int(session.execute(text("SELECT coalesce(max(seq), 0) FROM event")).scalar_one())


def state_events(session: Session, after: int, until_us: int) -> Sequence[Any]:
    """Return the events that set the state of a published case, after an event and before an instant, in order."""
    return session.execute(_EVENTS, {"after": after, "until": until_us}).all()


def state_events_of(session: Session, case_ids: Iterable[int]) -> list[Any]:
    """Return all events that set the state of some cases, in order."""
    return _in_chunks(session, _EVENTS_OF, case_ids)


def case_attributes(session: Session, case_ids: Iterable[int]) -> list[Any]:
    """Return the attributes of some cases, and whether a blocking or warning finding was shown at the first verdict.

    `block_seen` is the JSON of what the reviewer saw then, empty without a block finding, None without a verdict.
    """
    return _in_chunks(session, _ATTRIBUTES, case_ids)


def block_rules(session: Session, case_ids: Iterable[int]) -> list[Any]:
    """Return the rules of the present block findings of some cases, sorted by case and rule."""
    return _in_chunks(session, _BLOCK_RULES, case_ids)


def open_case_rows(session: Session, now_us: int, day_end_us: int, states: Iterable[str]) -> Sequence[Any]:
    """Return all cases in some states in the order of `next`, held cases first."""
    return session.execute(_OPEN_CASES, {"now": now_us, "day_end": day_end_us, "states": list(states)}).all()


def open_case_row(session: Session, now_us: int, day_end_us: int, case_id: int) -> tuple[Any, int]:
    """Return one open case, and how many queued cases are before it in the order of `next`."""
    values = {"now": now_us, "day_end": day_end_us, "id": case_id}
    row = session.execute(_OPEN_CASE, {"id": case_id}).one()
    return row, int(session.execute(_COUNT_AHEAD, values).scalar_one())


def queue_counts(session: Session, now_us: int) -> Sequence[Any]:
    """Return the number of queued cases for each priority and due date; held cases are counted separately."""
    return session.execute(_QUEUE_COUNTS, {"now": now_us}).all()


def cases_at_position(session: Session, now_us: int, due_us: int, priority_rank: int) -> Sequence[int]:
    """Return the queued cases with a due date and a priority, in the order of `next`; held cases are left out."""
    values = {"now": now_us, "due": due_us, "rank": priority_rank}
    return session.execute(_AT_POSITION, values).scalars().all()


def ended_waits(session: Session, kind: str) -> list[tuple[int, int]]:
    """Return when the last waits for one kind of party began and ended; `kind` is a value of `WaitsFor`."""
    return [(row.began, row.ended) for row in session.execute(_ENDED_WAITS, {"kind": kind})]


def working_reviewers(session: Session) -> list[int]:
    """Return the reviewers who have decided lately, or who have a limit, an absence or an assigned case.

    If there are none, return the reviewers who are not admins.
    """
    rows = session.execute(_WORKING_REVIEWERS).all()
    return [row.id for row in rows if row.is_working] or [row.id for row in rows if not row.is_admin]


def _in_chunks(session: Session, statement: Any, case_ids: Iterable[int]) -> list[Any]:
    return [row for chunk in chunks(case_ids) for row in session.execute(statement, {"ids": chunk})]
