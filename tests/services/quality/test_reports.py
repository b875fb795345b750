"""The figures of the report add up, and the times of each case sum to its whole."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from db.columns import to_us
from db.engine import Database
from db.enums import CaseState
from db.models import EventRow, SuspensionRow
from db.queries import report
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import TUESDAY, Site
from workbench.domain.case.running import clock_runs
from workbench.domain.quality.period import parse_period
from workbench.domain.quality.report import Report, wilson

LIVES = 1_000
CLOSED = ("passed", "failed", "lapsed", "withdrawn")
WHO = {
    "queued": "queue",
    "in_review": "reviewer",
    "awaiting_check": "checker",
    "appealed": "appeal",
    "rectifying": "applicant",
    "pending": "applicant",
    **dict.fromkeys(CLOSED, "closed"),
}
SPANS = ((20, 40, None, None), (35, 50, "四川", None), (10, 60, "湖北", "T"), (45, 45, None, None), (70, 71, None, ""))
"""Suspensions: hours from the first receipt to both ends, province and agent."""

Event = tuple[datetime, str]


def lives(rng: Random, first: datetime) -> Iterator[tuple[datetime, datetime | None, list[Event]]]:
    """Yield the receipt, completeness and events of random cases; some never close, some close again and again."""
    for _number in range(LIVES):
        received = first + timedelta(microseconds=rng.randrange(10**11))
        complete = rng.choice((None, received, received + timedelta(microseconds=rng.randrange(2 * 10**10))))
        at, events = received + timedelta(microseconds=rng.randrange(-(10**9), 2 * 10**10)), []
        for _turn in range(rng.randrange(1, 9)):
            events.append((at, rng.choice(tuple(WHO))))
            at += timedelta(microseconds=rng.choice((0, 1, rng.randrange(3 * 10**10))))
        yield received, complete, events


def plant_lives(site: Site, first: datetime) -> list[tuple[datetime, datetime | None, list[Event]]]:
    """Make cases with random lives, and suspensions of some of them."""
    made = list(lives(Random(7), first))
    site.plant(LIVES)
    with site.tampering() as session:
        rows = [{"id": case, "r": to_us(r), "c": c and to_us(c)} for case, (r, c, _events) in enumerate(made, 1)]
        session.execute(
            text('UPDATE "case" SET opened_at = :r, received_at = :r, complete_at = :c WHERE id = :id'), rows
        )
        session.execute(
            text("UPDATE application SET province = CASE WHEN id % 3 = 0 THEN '湖北' ELSE '四川省' END, agent = ''")
        )
        session.execute(text("""UPDATE "case" SET agent = '', due_at = received_at + 100000000000"""))
        common = {"actor_login": "", "identity": "", "action": "x", "body": "{}", "prev_hash": "", "hash": ""}
        states = ((at, case, state) for case, (_r, _c, events) in enumerate(made, 1) for at, state in events)
        session.execute(
            insert(EventRow),
            [
                {**common, "seq": 1_000 + number, "at": at, "case_id": case, "state": state, "is_refused": False,
                 "is_clock_running": clock_runs(CaseState(state), "applicant")}
                for number, (at, case, state) in enumerate(states)
            ],
        )  # fmt: skip
        begun: dict[str, Any] = {"reason": "", "entered_at": first, "entered_by_id": 1, "former_ends": "[]"}
        for since, until, province, agent in SPANS:
            start, end = (first + timedelta(hours=hours, microseconds=999_999) for hours in (since, until))
            session.add(SuspensionRow(from_at=start, to_at=end, province=province, agent=agent, **begun))
    return made


def parts_of(case: int, life: tuple[datetime, datetime | None, list[Event]], first: datetime) -> Counter[str] | None:
    """Return the seconds of a case by part, None if it is not closed; as its definition says."""
    received, complete, events = life
    runs = [index for index, (_at, state) in enumerate(events) if state in CLOSED]
    if not runs or events[-1][1] not in CLOSED:
        return None
    closing = max(index for index in runs if index == 0 or events[index - 1][1] not in CLOSED)
    begin = min(received, events[0][0])
    until = max(begin, min(complete or events[0][0], events[0][0]))
    steps = [(begin, "applicant"), (until, "queue"), *((at, WHO[state]) for at, state in events[: closing + 1])]
    province = "四川" if case % 3 else "湖北"
    stops = [
        range(*(to_us(first + timedelta(hours=hours, microseconds=999_999)) // 10**6 for hours in (since, end)))
        for since, end, where, agent in SPANS
        if where in {None, province} and agent in {None, ""}
    ]
    stops.sort(key=lambda stop: stop.start)
    found: Counter[str] = Counter()
    for (at, who), (next_at, _who) in pairwise(steps):
        inside = range(to_us(at) // 10**6, to_us(next_at) // 10**6)
        stopped, reached = 0, inside.start
        for stop in stops:
            since, end = max(stop.start, reached), min(stop.stop, inside.stop)
            stopped, reached = stopped + max(0, end - since), max(reached, end)
        found[who] += len(inside) - stopped
        found["suspended"] += stopped
    return +found


@pytest.mark.proof
def test_the_times_of_random_lives_sum_to_the_whole_of_each(site: Site) -> None:
    first = TUESDAY - timedelta(days=20)
    made = plant_lives(site, first)
    reports = site.services("sup").reports
    with reports.context.read() as session:
        wanted = reports._wanted(session, parse_period("2026-11-01..2026-11-24"))
        query = f"SELECT id, what, sum(seconds) AS s, sum(suspended_s) AS x FROM ({report.TIME_PARTS}) GROUP BY 1, 2"
        found: dict[int, Counter[str]] = {}
        for row in session.execute(report.statement(query), wanted):
            found.setdefault(row.id, Counter()).update({row.what: row.s, "suspended": row.x})
        ends = report.statement("SELECT id, at, received_at FROM ended")
        wholes = {row.id: row for row in session.execute(ends, wanted)}

    expected = {case: parts_of(case, life, first) for case, life in enumerate(made, 1)}
    assert {case: +parts for case, parts in found.items()} == {
        case: one for case, one in expected.items() if one is not None
    }
    assert len(found) > LIVES // 4
    for case, row in wholes.items():
        begin = min(row.received_at, to_us(made[case - 1][2][0][0]))
        assert sum(found[case].values()) == row.at // 10**6 - begin // 10**6, case
    assert sum(parts["suspended"] for parts in found.values()) > 0

    # The same lives add up in any period, with the states as they are counted one by one.
    for period in ("2026-11-04..2026-11-05", "2026-11-05..2026-11-06", "2026-11-06..2026-11-06", "2026-11"):
        check_flow(reports.read(parse_period(period)), made)


def check_flow(found: Report, made: Any) -> None:
    """Check the flow of a report against the states of lives at the ends of its period."""
    [now, before] = ({row.part: getattr(row, which).n for row in found.rows["flow"]} for which in ("now", "before"))
    assert before["open_end"] == now["open_start"]
    for flow in (now, before):
        closings = sum(flow[state] for state in CLOSED)
        assert flow["open_start"] + flow["received"] + flow["reopened"] - closings == flow["open_end"]
    start, end = found.period.instants(ZoneInfo("Asia/Shanghai"))
    for name, at in (("open_start", start), ("open_end", end)):
        states = [(received, [state for when, state in events if when < at]) for received, _c, events in made]
        assert now[name] == sum(received < at for received, _past in states) - sum(
            bool(past) and past[-1] in CLOSED for _received, past in states
        )


def test_a_share_has_the_interval_of_wilson() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert (wilson(0, 5)[0], wilson(5, 5)[1]) == (0.0, 1.0)


def test_all_figures_are_of_one_moment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One half of the figures is read beside the other half, and a verdict falls between the two."""
    site.plant(2)
    decide(site, passing(take(site).header.id))
    reports, read = site.services("sup").reports, Database.read
    others: list[bool] = []

    def read_after_another_verdict(database: Database) -> Session:
        others.append(len(others) == 1)
        if others[-1]:
            decide(site, passing(take(site).header.id))
        return read(database)

    monkeypatch.setattr(Database, "read", read_after_another_verdict)
    rows = reports.read(parse_period("2026-11-24..2026-11-24")).rows
    verdicts, flow = ({row.part: row.now and row.now.n for row in rows[name]} for name in ("verdicts", "flow"))
    assert (verdicts["pass"], flow["passed"]) == (1, 1)
    assert {site.state(1), site.state(2)} == {"passed"}
