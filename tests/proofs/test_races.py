"""Many processes work on one database at the same time."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from db.columns import from_us
from db.enums import Role
from db.models import EventRow
from tests.policies import amend_policy
from tests.proofs.racing import (
    LATER,
    claim_and_decide,
    claim_or_move,
    decide_each,
    decide_until,
    page_through,
    run_concurrently,
)
from tests.sites import TUESDAY, Site
from tests.sizes import sized
from workbench.domain.case.casefile import CaseFile
from workbench.services.foundation import audit_log

PEOPLE = 8
HOLD = timedelta(minutes=30)
HELD = sized(ci=12, full=50)
"""Cases that one person holds at the same time; the policy allows at most 100 put aside."""


def events(site: Site, action: str) -> list[int]:
    with site.services("admin").context.read() as session:
        rows = session.execute(
            text("SELECT case_id FROM event WHERE action = :action AND NOT is_refused ORDER BY seq"), {"action": action}
        )
        return [int(case) for case in rows.scalars()]


def chain_is_whole(site: Site) -> bool:
    with site.services("admin").context.read() as session:
        return audit_log.verify(session).is_whole


@pytest.mark.promise("P3", "K1")
@pytest.mark.proof
@pytest.mark.parametrize("turns", [sized(ci=8, full=1000)])
def test_every_case_is_claimed_exactly_once_and_in_order(site: Site, turns: int) -> None:
    for number in range(PEOPLE):
        site.services("admin").roles.add(f"r{number}", (Role.REVIEWER,))
    wanted = []
    for priority, due in (("urgent", 3), ("normal", -1), ("high", 0.2), ("normal", 4)):
        wanted.append((priority, due, site.plant(PEOPLE * turns // 4, priority=priority, due_in_days=due)))
    urgent, breached, today, rest = (cases for _priority, _due, cases in wanted)

    results = run_concurrently([(claim_and_decide, (site.path, f"r{number}", turns)) for number in range(PEOPLE)])

    decided = [case for cases, _errors in results for case in cases]
    assert [error for _cases, errors in results for error in errors] == []
    assert sorted(decided) == sorted([*urgent, *breached, *today, *rest])
    assert events(site, "next") == [*breached, *today, *urgent, *rest]
    assert sorted(events(site, "decide")) == sorted(decided)
    assert chain_is_whole(site)


@pytest.mark.promise("K2")
@pytest.mark.proof
@pytest.mark.parametrize("rounds", [sized(ci=1, full=20)])
def test_one_hold_used_by_two_processes_decides_once(site: Site, rounds: int) -> None:
    allow_holds(site, "a")
    decided = []
    for _round in range(rounds):
        holds = held_by_a(site)
        first, second = run_concurrently([(decide_each, (site.path, "a", site.clock.at, holds)) for _place in range(2)])
        for outcomes in zip(first, second, strict=True):
            assert outcomes.count("accepted") == 1
            (refusal,) = [outcome for outcome in outcomes if outcome != "accepted"]
            assert any(said in refusal for said in ("by a at 10:00", "changed while you decided", "already recorded"))
        decided += [case for case, _fence in holds]

    assert sorted(events(site, "decide")) == decided


@pytest.mark.promise("K2")
@pytest.mark.proof
@pytest.mark.parametrize("rounds", [sized(ci=1, full=20)])
def test_an_expired_hold_loses_to_its_successor_and_keeps_its_draft(site: Site, rounds: int) -> None:
    allow_holds(site, "a", "b")
    for _round in range(rounds):
        site.clock.at = TUESDAY
        expired = held_by_a(site)
        for case, _fence in expired:
            site.services("a").drafts.save(case, {"note": f"draft {case}"})
        site.clock.at = LATER
        successors = hold_cases(site, "b")
        assert [case for case, _fence in successors] == [case for case, _fence in expired]

        late, valid = run_concurrently(
            [
                (decide_each, (site.path, "a", LATER, expired)),
                (decide_each, (site.path, "b", LATER, successors)),
            ]
        )

        assert set(valid) == {"accepted"}
        assert all("by b" in outcome for outcome in late)
        drafts = [site.services("a").casefiles.show(case).draft for case, _fence in expired]
        assert drafts == [{"note": f"draft {case}"} for case, _fence in expired]


@pytest.mark.promise("K1")
@pytest.mark.proof
@pytest.mark.parametrize("schedules", [sized(ci=10, full=1000)])
def test_no_case_has_two_owners_while_cases_are_moved_and_each_outcome_told_is_in_the_log(
    site: Site, schedules: int
) -> None:
    workers = [*(f"r{number}" for number in range(sized(ci=2, full=PEOPLE - 2))), "s0", "s1"]
    for login in workers:
        site.services("admin").roles.add(login, (Role.REVIEWER if login.startswith("r") else Role.SUPERVISOR,))
    site.plant(len(workers) * schedules)

    told = run_concurrently([(claim_or_move, (site.path, login, schedules)) for login in workers])

    acts = _acts(site)
    heard = [one for of_one in told for one in of_one]
    logged = [(act.actor_login, act.name, act.case_id, act.body.get("to")) for act in acts]
    assert Counter(one for one in heard if one[1] != "next") == Counter(one for one in logged if one[1] != "next")
    claims = {(login, case, fence) for login, act, case, fence in heard if act == "next"}
    owners, holds = _owners(acts)
    assert {one for one in claims if one[2] is not None} <= holds
    assert {(act.actor_login, act.case_id) for act in acts if act.name == "next"} == {one[:2] for one in claims}
    assert {act.name for act in acts} >= {"next", "decide", "aside", "release", "assign", "undo"}
    with site.services("admin").context.read() as session:
        rows = session.execute(
            text("""SELECT c.id, c.state, h.login AS holder, a.login AS assignee FROM "case" c
                LEFT JOIN reviewer h ON h.id = c.held_by_id LEFT JOIN reviewer a ON a.id = c.assignee_id""")
        ).all()
    assert {row.id: (row.holder, row.assignee) for row in rows if row.id in owners} == owners
    assert chain_is_whole(site)


class _Act(NamedTuple):
    """An event of a case; the name of a refused act begins with `refused`."""

    seq: int
    at: datetime
    actor_login: str
    name: str
    case_id: int
    body: dict[str, Any]


def _acts(site: Site) -> list[_Act]:
    with site.services("admin").context.read() as session:
        rows = session.exec(select(EventRow).where(col(EventRow.case_id).is_not(None)).order_by(col(EventRow.seq)))
        return [
            _Act(
                row.seq or 0,
                row.at,
                row.actor_login,
                f"refused {row.action}" if row.is_refused else row.action,
                row.case_id or 0,
                json.loads(row.body),
            )
            for row in rows
        ]


def _owners(acts: list[_Act]) -> tuple[dict[int, tuple[str | None, str | None]], set[tuple[str, int, object]]]:
    """Follow the log; return the holder and the assignee of each case, and all holds with their fences.

    Whoever takes a case must be its only owner.
    """
    holds: set[tuple[str, int, object]] = set()
    owners: dict[int, tuple[str | None, str | None]] = {}
    held_until: dict[int, datetime] = {}
    before: dict[int, tuple[str | None, str | None]] = {}
    for act in acts:
        holder, assignee = before[act.seq] = owners.get(act.case_id, (None, None))
        if act.name == "next":
            assert assignee in {None, act.actor_login}, act
            assert holder is None or act.at >= held_until[act.case_id], act
            owners[act.case_id], held_until[act.case_id] = (act.actor_login, assignee), act.at + HOLD
            holds.add((act.actor_login, act.case_id, act.body["fence"]))
        elif act.name == "aside":
            held_until[act.case_id] = from_us(act.body["until"]) + HOLD
        elif act.name == "assign":
            owners[act.case_id] = (holder if holder == act.body["to"] else None, act.body["to"])
        elif act.name in {"decide", "release"}:
            assert holder == act.actor_login, act
            owners[act.case_id] = (None, assignee)
        elif act.name == "undo":
            holder, _assignee = owners[act.case_id] = before[act.body["undone"]]
            holds |= {(holder, act.case_id, act.body["fence"])} if holder is not None else set()
    return owners, holds


@pytest.mark.proof
@pytest.mark.promise("K4")
def test_readers_and_writers_at_once_get_no_error_and_a_short_write_ahead_log(site: Site) -> None:
    site.plant(sized(ci=1_000, full=100_000))
    seconds = sized(ci=2, full=300)
    readers = [(page_through, (site.path, seconds)) for _number in range(sized(ci=4, full=20))]

    *pages, (decided, longest_log) = run_concurrently([*readers, (decide_until, (site.path, "a", seconds))])

    print(f"{sum(pages)} pages, {decided} verdicts, log {longest_log:,} bytes")  # noqa: T201 - figures of the proof
    assert min(pages) > 0
    assert decided > 0
    assert longest_log <= 64_000_000
    assert chain_is_whole(site)


def allow_holds(site: Site, *logins: str) -> None:
    """Let people put as many cases aside as they hold in these tests."""
    amend_policy(site, ("max_aside = 10", f"max_aside = {HELD}"))
    for login in logins:
        site.services("admin").people.limit(login, HELD + 1)


def held_by_a(site: Site) -> list[tuple[int, int]]:
    """Plant cases and let a hold them."""
    site.plant(HELD)
    return hold_cases(site, "a")


def hold_cases(site: Site, login: str) -> list[tuple[int, int]]:
    """Let a person hold cases, each put aside so that `next` gives another."""
    holds = []
    for _turn in range(HELD):
        found = site.services(login).claims.next()
        assert isinstance(found, CaseFile)
        holds.append((found.header.id, found.header.fence))
        site.services(login).claims.aside(found.header.id)
    return holds


@pytest.mark.promise("P8", "N2")
def test_only_the_owner_can_read_the_database_and_its_side_files(site: Site, tmp_path: Path) -> None:
    site.plant(1)

    open_to_others = [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077]

    assert open_to_others == []
