"""Reads the cases of a database of SQLite row by row: their closings, where their time went, and working days."""

import sqlite3
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests import tables

CLOSED = ("passed", "failed", "lapsed", "withdrawn")
WITH = {"queued": "queue", "in_review": "reviewer", "awaiting_check": "checker", "appealed": "appeal"}
WITH |= dict.fromkeys(CLOSED, "closed") | dict.fromkeys(("incomplete", "rectifying"), "applicant")
SECOND = 1_000_000

VIEWS = """
CREATE TEMP VIEW known AS SELECT c.*, a.province FROM "case" c JOIN import_batch b ON b.id = c.batch_id
    JOIN application a ON a.id = c.application_id WHERE b.published_at IS NOT NULL;
CREATE TEMP VIEW entered AS SELECT e.* FROM event e JOIN known ON known.id = e.case_id
    WHERE e.state <> '' AND NOT e.is_refused;
CREATE TEMP VIEW in_effect AS SELECT d.*, coalesce(d.checked_at, d.decided_at) AS took_at FROM decision d
    JOIN known ON known.id = d.case_id WHERE d.status IN ('applied', 'approved');
"""


class Closing(NamedTuple):
    """A closing of a case; `ended_at` is None while it lasts."""

    case: sqlite3.Row
    state: str
    at: int
    ended_at: int | None


class Lives:
    """The cases of published imports as they are at an instant."""

    def __init__(self, path: Path, now: datetime) -> None:
        self.db = tables.connect(path)
        self.db.executescript(VIEWS)
        self.now = instant_us(now)
        (body,) = self.db.execute("SELECT body FROM policy_version ORDER BY id DESC LIMIT 1").fetchone()
        self.policy = tomllib.loads(body)
        self.zone = ZoneInfo(self.policy["zone"])
        self.usual_closing = time.fromisoformat(self.policy["hours"]["periods"][-1][-1])
        self.days = {row["on_date"]: row for row in self.db.execute("SELECT * FROM calendar_day")}
        self.overrides = {row["on_date"]: row for row in self.db.execute("SELECT * FROM calendar_override")}
        self.cases = {row["id"]: row for row in self.db.execute("SELECT * FROM known")}
        self.events: dict[int, list[sqlite3.Row]] = defaultdict(list)
        for event in self.db.execute("SELECT * FROM entered ORDER BY seq"):
            self.events[event["case_id"]].append(event)
        self.all_closings = [closing for case in self.cases.values() for closing in self._closings_of(case)]

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def time_parts(self, closing: Closing) -> tuple[int, Counter[str]]:
        """Return the seconds of a case until it closed, and with whom they were spent."""
        case, end = closing.case, closing.at // SECOND
        events = [event for event in self.events[case["id"]] if event["at"] <= closing.at]
        starts = [event["at"] // SECOND for event in events]
        start, begun = min(case["received_at"] // SECOND, starts[0]), starts[0]
        complete = begun if case["complete_at"] is None else min(max(case["complete_at"] // SECOND, start), begun)
        spans = [("applicant", start, complete), ("queue", complete, begun)]
        for event, low, high in zip(events, starts, [*starts[1:], end], strict=True):
            if low < end:
                spans.append((self._with_whom(case, event), low, high))
        suspended = sorted(self._suspensions(case))
        spent: Counter[str] = Counter()
        for part, low, high in spans:
            out = sum(until - since for since, until in _covered(suspended, low, high))
            spent["suspended"] += out
            spent[part] += high - low - out
        return end - start, spent

    def _with_whom(self, case: sqlite3.Row, event: sqlite3.Row) -> str:
        if event["state"] != "pending":
            return WITH[event["state"]]
        if not event["is_clock_running"]:
            return "applicant"
        waits_for = self.db.execute(
            "SELECT waits_for FROM decision WHERE case_id = ? AND verdict = 'pending' AND decided_at <= ?"
            " ORDER BY decided_at DESC, id DESC LIMIT 1",
            (case["id"], event["at"]),
        ).fetchone()[0]
        if waits_for != "department":
            return str(waits_for)
        departments = self.db.execute(
            "SELECT department FROM inquiry WHERE case_id = ? AND asked_at <= ? AND coalesce(ended_at, 1e18) > ?"
            " ORDER BY coalesce(ended_at, 1e18) DESC, id DESC LIMIT 1",
            (case["id"], event["at"], event["at"]),
        ).fetchone()
        return f"department {departments[0]}" if departments else "department"

    @cache  # noqa: B019 - a recount lives as long as its test
    def _suspensions(self, case: sqlite3.Row) -> tuple[tuple[int, int], ...]:
        rows = self.db.execute(
            "SELECT from_at, to_at FROM suspension WHERE (province IS NULL OR province = ?)"
            " AND (agent IS NULL OR agent = ?)",
            (case["province"].removesuffix("省"), case["agent"]),
        )
        return tuple((low // SECOND, 1 << 62 if high is None else high // SECOND) for low, high in rows)

    def _closings_of(self, case: sqlite3.Row) -> Iterator[Closing]:
        before, closed = "", None
        for event in self.events[case["id"]]:
            is_closed = event["state"] in CLOSED
            if is_closed and before not in CLOSED:
                closed = event
            elif closed is not None and not is_closed:
                yield Closing(case, closed["state"], closed["at"], event["at"])
                closed = None
            before = event["state"]
        if closed is not None:
            yield Closing(case, closed["state"], closed["at"], None)

    def _working_days(self, begin: int, end: int) -> int:
        first, last = self._day_of(begin), self._day_of(end)
        return sum(self._closing_time(first + timedelta(days=n + 1)) is not None for n in range((last - first).days))

    @cache  # noqa: B019 - a recount lives as long as its test
    def _day_of(self, at: int) -> date:
        """Return the working day for which an instant counts."""
        local = datetime.fromtimestamp(at // SECOND, self.zone).replace(microsecond=at % SECOND)
        day, closing = local.date(), self._closing_time(local.date())
        if closing is None or local.time() > closing:
            day += timedelta(days=1)
            while self._closing_time(day) is None:
                day += timedelta(days=1)
        return day

    @cache  # noqa: B019 - a recount lives as long as its test
    def _closing_time(self, day: date) -> time | None:
        """Return when a working day ends, None for a day off."""
        row = self.overrides.get(day.isoformat()) or self.days.get(day.isoformat())
        if not (day.weekday() < 5 if row is None else row["is_working"]):
            return None
        own = row is not None and "hours" in row.keys() and row["hours"]  # noqa: SIM118 - a row is no dictionary
        return time.fromisoformat(own[-5:]) if own else self.usual_closing


def instant_us(at: datetime) -> int:
    """Return an instant in microseconds, as tables have it."""
    return (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _covered(spans: Iterable[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of [low, high) that sorted spans cover, each second once."""
    for begin, end in spans:
        low = max(low, begin)
        if low < min(end, high):
            yield low, min(end, high)
            low = min(end, high)
