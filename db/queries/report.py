"""The figures of the report in SQL: two statements count them at once, for a period and for the one before it.

Each part selects rows of period, part, n and whole; `workbench.domain.quality.report` defines them in words.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.columns import from_us

_US_PER_S, _US_PER_DAY = 1_000_000, 86_400_000_000
_COMPLAINTS_US = 30 * _US_PER_DAY
_IS_PUBLISHED = "c.batch_id IN (SELECT id FROM import_batch WHERE published_at IS NOT NULL)"
_IN_EFFECT = "status IN ('applied', 'approved')"
_EFFECTIVE_AT = "coalesce(checked_at, decided_at)"
_CLOSED = "('passed', 'failed', 'lapsed', 'withdrawn')"
_IS_DECIDED = "x.state IN ('passed', 'failed')"
_CASE_COLUMNS = """c.id, c.agent, c.application_no, a.province, c.service_class, c.received_at, c.complete_at,
        c.due_at"""
_NO_NUMBER = "CAST(NULL AS INTEGER)"
_GROUPS = {"": "''", "class ": "service_class", "province ": "province", "agent ": "agent"}
_FORECAST = '"forecast_days":"'
"""What is before the two days of the forecast in the facts of a letter; the days are `2026-11-26..2026-11-30`."""


def _counted(at: str, day: str) -> tuple[str, str]:
    """Return the join with the local day of an instant, and the number of the working day that it counts for."""
    return (
        f"JOIN day {day} ON {day}.no = ({at} + :offset) / {_US_PER_DAY}",
        f"({day}.number + CASE WHEN {at} > {day}.closes_at THEN 1 ELSE 0 END)",
    )


def _number(index: int) -> str:
    """Return a number of a list in JSON."""
    return f"CAST(value ->> {index} AS INTEGER)"


def _aged(table: str, in_time: str, condition: str = "true") -> str:
    """Return how many rows of a table have so many working days from receipt and from completeness, by group."""
    (to_end, end), (to_receipt, receipt) = _counted("x.at", "e"), _counted("x.received_at", "r")
    to_complete, complete = _counted("coalesce(x.complete_at, x.received_at)", "k")
    # What differs most is first, because that sorts fastest.
    return f"""SELECT x.agent, x.province, max({end} - {receipt}, 0) AS from_receipt,
        max({end} - {complete}, 0) AS from_complete, x.service_class, x.period, {in_time} AS in_time, count(*) AS cases
        FROM {table} x {to_end} {to_receipt} {to_complete} WHERE {condition} GROUP BY 1, 2, 3, 4, 5, 6, 7"""


_TABLES = {
    "period (name, since, until)": "VALUES ('before', :before, :since), ('now', :since, :until)",
    "day": f"SELECT {_number(0)} AS no, {_number(1)} AS number, {_number(2)} AS closes_at FROM json_each(:days)",
    "piece": f"""SELECT {_number(0)} AS since_s, {_number(1)} AS until_s, value ->> 2 AS province, value ->> 3 AS agent
        FROM json_each(:pieces)""",
    # Each step with the one before it, none before the first step of a case.
    "step": """SELECT case_id, seq, at, state, lag(at) OVER own AS since, lag(state) OVER own AS was,
            lag(is_clock_running) OVER own AS was_running
        FROM event WHERE case_id IS NOT NULL AND state <> '' AND is_refused = 0 AND at < :until
        WINDOW own AS (PARTITION BY case_id ORDER BY seq)""",
    "closing": f"""SELECT case_id, seq, at, state, ends_at FROM (SELECT case_id, seq, at, state,
            lead(at, 1, :until) OVER (PARTITION BY case_id ORDER BY seq) AS ends_at
            FROM step WHERE (state IN {_CLOSED}) <> coalesce(was IN {_CLOSED}, false)) t
        WHERE state IN {_CLOSED} AND EXISTS (SELECT 1 FROM "case" c WHERE c.id = t.case_id AND {_IS_PUBLISHED})""",
    "opened": f"""SELECT c.opened_at AS at FROM "case" c WHERE {_IS_PUBLISHED}""",
    "ended": f"""SELECT p.name AS period, k.seq, k.at, k.state, {_CASE_COLUMNS} FROM period p
        JOIN closing k ON k.at >= p.since AND k.at < p.until AND k.ends_at >= p.until
        JOIN "case" c ON c.id = k.case_id JOIN application a ON a.id = c.application_id""",
    "result": "SELECT period, state, count(*) AS cases FROM ended GROUP BY 1, 2",
    "effect": f"""SELECT id, case_id, round, verdict, fail_kind, {_EFFECTIVE_AT} AS at
        FROM decision INDEXED BY ix_decision_case
        WHERE {_IN_EFFECT} AND EXISTS (SELECT 1 FROM "case" c WHERE c.id = case_id AND {_IS_PUBLISHED})""",
    "verdict": """SELECT p.name AS period, d.* FROM period p JOIN effect d ON d.at >= p.since AND d.at < p.until""",
    "first": f"""SELECT p.name AS period, v.at, {_CASE_COLUMNS} FROM period p
        JOIN (SELECT case_id, min(at) AS at FROM effect GROUP BY case_id) v ON v.at >= p.since AND v.at < p.until
        JOIN "case" c ON c.id = v.case_id JOIN application a ON a.id = c.application_id""",
    "aged_first": _aged("first", "NULL"),
    "aged_result": _aged("ended", "x.at <= x.due_at", _IS_DECIDED),
    # One pass reads the letters, whose dates are in the last of the pages of a long row.
    "letter": f"""SELECT id, case_id, kind, release_at, sent_at, CASE WHEN instr(facts, '{_FORECAST}') > 0
            THEN substr(facts, instr(facts, '{_FORECAST}') + {len(_FORECAST)}, 22) END AS days
        FROM notice WHERE cancelled_at IS NULL AND release_at < :until""",
    # These are tables of their own, because SQLite would repeat the subquery for each use of its column.
    "round": f"""SELECT x.period, (SELECT max(d.round) FROM effect d WHERE d.case_id = x.id AND d.at <= x.at) AS number
        FROM ended x WHERE {_IS_DECIDED}""",
    # The number of the first letter, in 13 digits, is before its days.
    "forecast": """SELECT f.period, f.at, (SELECT min((1000000000000 + n.id) || n.days) FROM letter n
        WHERE n.case_id = f.id AND n.days <> '' AND n.release_at <= f.at) AS days FROM first f""",
    "told": f"""SELECT period, count(*) AS cases, sum(CASE WHEN on_day <= usual_day THEN 1 ELSE 0 END) AS until_first,
            sum(CASE WHEN on_day <= last_day THEN 1 ELSE 0 END) AS until_last,
            sum(CASE WHEN on_day BETWEEN usual_day AND last_day THEN 1 ELSE 0 END) AS inside
        FROM (SELECT f.period, date((f.at + :offset) / {_US_PER_S}, 'unixepoch') AS on_day,
            substr(f.days, 14, 10) AS usual_day, substr(f.days, 26) AS last_day
        FROM forecast f WHERE f.days <> '') t GROUP BY period""",
}
"""The common tables, in their order; `day` has the working days, and `piece` the suspensions."""


def _percentiles(what: str, days: str) -> str:
    """Return the median and the 90th and 95th percentile of working days, of all and of each group."""
    groups = " UNION ALL ".join(
        f"""SELECT period, '{name}' || {column} AS part, {days} AS days, sum(cases) AS cases FROM aged_{what}
            GROUP BY 1, 2, 3"""
        for name, column in _GROUPS.items()
    )
    reached = ", ".join(f"min(days) FILTER (WHERE so_far * 100 >= whole * {percent})" for percent in (50, 90, 95))
    return f"""SELECT period, part, whole, {_NO_NUMBER}, {reached} FROM (
        SELECT period, part, days, sum(cases) OVER (PARTITION BY period, part ORDER BY days) AS so_far,
            sum(cases) OVER (PARTITION BY period, part) AS whole FROM ({groups}))
        GROUP BY period, part, whole"""


def _counts(**parts: str) -> str:
    """Return counts for each period, each by its expression."""
    return " UNION ALL ".join(
        f"SELECT name, '{part}', ({count}), {_NO_NUMBER} FROM period p" for part, count in parts.items()
    )


def _open_at(at: str) -> str:
    return f"""(SELECT count(*) FROM opened WHERE at < {at})
        - (SELECT count(*) FROM closing WHERE at < {at} AND ends_at >= {at})"""


def _shares(rows: str) -> str:
    """Return the shares of the rows of period, part and whether each counts."""
    return f"SELECT period, part, sum(is_counted), count(*) FROM ({rows}) GROUP BY period, part"


def _of_the_whole(part: str, rows: str, number: str = "count(*)") -> str:
    """Return the number of rows of each part, and of all rows of its period."""
    return f"""SELECT period, {part}, {number}, sum({number}) OVER (PARTITION BY period) FROM ({rows}) GROUP BY 1, 2"""


_COMPLETE = "max(min(coalesce(n.complete_at, s.at), s.at), min(n.received_at, s.at))"
_SEGMENT = "SELECT n.period, n.id, n.province, n.agent"
_SEGMENTS = f"""{_SEGMENT}, 'applicant' AS what, min(n.received_at, s.at) / {_US_PER_S} AS since_s,
        {_COMPLETE} / {_US_PER_S} AS until_s
    FROM ended n JOIN step s ON s.case_id = n.id AND s.since IS NULL
        AND (n.complete_at IS NULL OR n.complete_at > n.received_at)
    UNION ALL {_SEGMENT}, CASE s.was
        WHEN 'queued' THEN 'queue' WHEN 'in_review' THEN 'reviewer' WHEN 'awaiting_check' THEN 'checker'
        WHEN 'appealed' THEN 'appeal' WHEN 'incomplete' THEN 'applicant' WHEN 'rectifying' THEN 'applicant'
        WHEN 'pending' THEN CASE WHEN s.was_running THEN coalesce(
            (SELECT nullif(d.waits_for, 'department') FROM decision d WHERE d.case_id = n.id AND d.verdict = 'pending'
                AND d.decided_at <= s.since ORDER BY d.id DESC LIMIT 1),
            (SELECT 'department ' || i.department FROM inquiry i WHERE i.case_id = n.id AND i.asked_at <= s.since
                AND coalesce(i.ended_at, n.at) > s.since ORDER BY coalesce(i.ended_at, n.at) DESC, i.id DESC LIMIT 1),
            'department') ELSE 'applicant' END
        ELSE CASE WHEN s.since IS NULL THEN 'queue' ELSE 'closed' END END,
        coalesce(s.since, {_COMPLETE}) / {_US_PER_S}, s.at / {_US_PER_S}
    FROM ended n JOIN step s ON s.case_id = n.id AND s.seq <= n.seq"""
_SUSPENDED_S = """coalesce((SELECT sum(min(g.until_s, i.until_s) - max(g.since_s, i.since_s)) FROM (
    SELECT DISTINCT since_s, until_s FROM piece WHERE since_s < g.until_s AND until_s > g.since_s
        AND (province IS NULL OR province = g.province) AND (agent IS NULL OR agent = g.agent)) i), 0)"""

TIME_PARTS = f"""SELECT period, id, what, until_s - since_s - suspended_s AS seconds, suspended_s FROM (
    SELECT g.*, CASE WHEN :has_pieces THEN {_SUSPENDED_S} ELSE 0 END AS suspended_s FROM ({_SEGMENTS}) g)"""
"""The stretches of the lives of cases that closed: the seconds outside suspensions, and those within."""

_RELEASED, _SENT = _counted("n.release_at", "r"), _counted("coalesce(n.sent_at, :now)", "e")
_TOLD_PARTS = ("until_first", "until_last", "inside")
_COMPLAINTS = f"""SELECT DISTINCT x.period, x.agent, x.id, q.msisdn_hash, q.received_at, q.source,
        q.received_at >= x.at AS is_after
    FROM complaint q JOIN import_batch b ON b.id = q.batch_id AND b.published_at IS NOT NULL
    JOIN card k ON k.msisdn_hash = q.msisdn_hash
    JOIN import_batch o ON o.id = k.batch_id AND o.published_at IS NOT NULL
    JOIN ended x ON {_IS_DECIDED} AND x.agent = k.agent AND x.application_no = k.application_no
    WHERE q.received_at >= x.at - {_COMPLAINTS_US} AND q.received_at < x.at + {_COMPLAINTS_US}"""

_IMPORTED = {"batches": "count(b.id)"} | {
    name: f"coalesce(sum(b.{name}_count), 0)" for name in ("row", "created", "updated", "unchanged", "rejected")
}

PERCENTILES: Mapping[str, str] = {
    "first_from_receipt": _percentiles("first", "from_receipt"),
    "first_from_complete": _percentiles("first", "from_complete"),
    "result_from_receipt": _percentiles("result", "from_receipt"),
    "result_from_complete": _percentiles("result", "from_complete"),
}
"""The parts of the figures that have three percentiles too."""

COUNTS: Mapping[str, str] = {
    "flow": _counts(
        open_start=_open_at("p.since"),
        received="SELECT count(*) FROM opened WHERE at >= p.since AND at < p.until",
        reopened="SELECT count(*) FROM closing WHERE at < p.since AND ends_at >= p.since AND ends_at < p.until",
        **{
            state: f"SELECT coalesce(sum(cases), 0) FROM result WHERE period = p.name AND state = '{state}'"
            for state in ("passed", "failed", "lapsed", "withdrawn")
        },
        open_end=_open_at("p.until"),
    ),
    "verdicts": f"""SELECT period, verdict || CASE fail_kind WHEN '' THEN '' ELSE ' ' || fail_kind END, count(*),
            {_NO_NUMBER} FROM verdict GROUP BY 1, 2""",
    "in_time": " UNION ALL ".join(
        f"""SELECT period, '{name}' || {column}, coalesce(sum(cases) FILTER (WHERE in_time), 0), sum(cases)
            FROM aged_result WHERE in_time IS NOT NULL GROUP BY 1, 2"""
        for name, column in _GROUPS.items()
    ),
    "time": _of_the_whole(
        "value",
        f"""SELECT period, value, CASE value WHEN 'suspended' THEN suspended_s ELSE seconds END AS seconds
            FROM (SELECT period, what, sum(seconds) AS seconds, sum(suspended_s) AS suspended_s FROM ({TIME_PARTS})
                WHERE seconds > 0 OR suspended_s > 0 GROUP BY 1, 2), json_each(json_array(what, 'suspended'))""",
        "sum(seconds)",
    ),
    "reasons": _of_the_whole(
        "code",
        """SELECT v.period, r.code FROM verdict v JOIN decision_reason r ON r.decision_id = v.id
            WHERE v.verdict <> 'pass'""",
    ),
    "rounds": _of_the_whole(
        "CAST(number AS TEXT)",
        "SELECT period, number FROM round WHERE number IS NOT NULL",
    ),
    "appeals": _of_the_whole(
        "CASE status WHEN 'closed' THEN outcome WHEN 'withdrawn' THEN status ELSE 'open' END",
        f"""SELECT p.name AS period, a.status, a.outcome FROM appeal a JOIN "case" c ON c.id = a.case_id
            JOIN period p ON a.filed_at >= p.since AND a.filed_at < p.until
            WHERE a.status <> 'undone' AND {_IS_PUBLISHED}""",
    ),
    "letters": _shares(
        f"""SELECT p.name AS period, n.kind AS part,
            n.sent_at IS NOT NULL AND {_SENT[1]} <= {_RELEASED[1]} + :send_days AS is_counted
            FROM letter n JOIN period p ON n.release_at >= p.since AND n.release_at < p.until
            JOIN "case" c ON c.id = n.case_id {_RELEASED[0]} {_SENT[0]}
            WHERE n.release_at <= :now AND {_IS_PUBLISHED}
                AND (n.sent_at IS NOT NULL OR {_SENT[1]} > {_RELEASED[1]} + :send_days)"""
    ),
    "measures": _shares(
        f"""SELECT p.name AS period, CASE m.measure WHEN 'restore' THEN 'restore' ELSE 'bar' END AS part,
            coalesce(m.done_at <= m.due_at, false) AS is_counted
            FROM measure_order m JOIN period p ON m.due_at >= p.since AND m.due_at < p.until
            JOIN "case" c ON c.id = m.case_id
            WHERE m.cancelled_at IS NULL AND {_IS_PUBLISHED} AND (m.done_at IS NOT NULL OR m.due_at < :now)"""
    ),
    "complaints": f"""SELECT period, 'agent ' || agent, sum(NOT is_after), sum(is_after) FROM ({_COMPLAINTS})
        GROUP BY 1, 2""",
    "forecast": " UNION ALL ".join(f"SELECT period, '{part}', {part}, cases FROM told" for part in _TOLD_PARTS),
    "imports": " UNION ALL ".join(
        f"""SELECT p.name, '{part}', {number}, {_NO_NUMBER} FROM period p
            LEFT JOIN import_batch b ON b.published_at >= p.since AND b.published_at < p.until GROUP BY p.name"""
        for part, number in _IMPORTED.items()
    ),
}
"""The parts of the other figures."""


def statement(select_figures: str) -> TextClause:
    """Return a statement that reads the common tables."""
    tables = ", ".join(f"{name} AS MATERIALIZED ({body})" for name, body in _TABLES.items())
    return text(f"WITH {tables} {select_figures}")


_PARTS = {
    name: f"SELECT '{name}', * {rest} FROM ({part})"
    for parts, rest in ((COUNTS, f", {_NO_NUMBER}" * 3), (PERCENTILES, ""))
    for name, part in parts.items()
}
_OF_ALL_STEPS = {"flow", "in_time", "time", "rounds", "complaints", "result_from_receipt", "result_from_complete"}
"""The figures that read each step of each case, which take half of the time."""
_HALVES = [
    statement(" UNION ALL ".join(part for name, part in _PARTS.items() if (name in _OF_ALL_STEPS) is is_of_steps))
    for is_of_steps in (True, False)
]


def figures(sessions: Sequence[Session], wanted: Mapping[str, Any]) -> Sequence[Any]:
    """Return the rows of all figures: figure, period (`now` or `before`), part, n, whole, p50, p90 and p95.

    Args:
        sessions: Two transactions that see the same, each for one thread; or twice the same.
        wanted: The start of the period `before`, `since` and `until` of the period, and `now`, in microseconds.
            `offset` of the local time from UTC. `days` as JSON: of each local day its number since 1970, how many
            working days there were up to it, and when work ends on it, 0 on a day off. `pieces` as JSON: spans
            between the ends of suspensions, their start and end in seconds, province and agent of a suspension, None
            for all; `has_pieces` if there are any. `send_days`, within which a letter must be sent.
    """

    def read(session: Session, half: TextClause) -> Sequence[Any]:
        return session.execute(half, wanted).all()

    with ThreadPoolExecutor(len(set(sessions))) as threads:
        return [row for rows in threads.map(read, sessions, _HALVES) for row in rows]


def first_receipt(session: Session) -> datetime | None:
    """Return the first time at which an application was received or complete, None without cases."""
    earlier = text('SELECT min(min(received_at), coalesce(min(complete_at), max(received_at))) FROM "case"')
    first_us = session.execute(earlier).scalar()
    return None if first_us is None else from_us(first_us)


def provinces(session: Session) -> Sequence[str]:
    """Return the provinces as applications name them."""
    return session.execute(text("SELECT DISTINCT province FROM application")).scalars().all()
