"""Several processes tick at the same moment: each deadline acts once, and who answers a case keeps it."""

from collections import Counter
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.calendar.test_reminders import fail
from tests.cli.cases.test_rectification import PLAN, verifying
from tests.clock_site import ClockSite, local
from tests.proofs.racing import open_for_race, run_concurrently
from tests.proofs.test_races import chain_is_whole, events
from tests.sites import Site
from tests.sizes import sized
from workbench.domain.case.casefile import CaseFile
from workbench.errors import NotAllowed

PROCESSES = sized(ci=4, full=8)
EACH = sized(ci=2, full=100)
TUESDAY_NOON = "2026-11-24 12:00"
LATER = "2026-12-01 18:01"


def tick_at_once(path: Path, at: str, barrier: Barrier, queue: Any) -> None:
    """Tick at the same moment as the other processes, and put what it did into the queue."""
    services = open_for_race(path, "audit", local(at))
    barrier.wait()
    queue.put(services.ticking.tick())
    services.close()


def answer_and_take(path: Path, at: str, cases: list[int], barrier: Barrier, queue: Any) -> None:
    """Record the answers to pending cases and take what comes next; put the answered and the taken cases."""
    services = open_for_race(path, "b", local(at))
    barrier.wait()
    answered = []
    for case_id in cases:
        try:
            services.remarks.answer(case_id)
        except NotAllowed:
            continue
        answered.append(case_id)
    taken = services.claims.next()
    queue.put((answered, taken.header.id if isinstance(taken, CaseFile) else None))
    services.close()


def numbers(cases: list[str]) -> list[int]:
    return [int(case.removeprefix("C-")) for case in cases]


def pending(services: ClockSite) -> str:
    case = services.received(TUESDAY_NOON)
    services.run("a", "next")
    services.run("a", "decide", case, "pending", "--reason", "WAIT-APPLICANT", "--until", "2026-11-26")
    return case


def letter_counts(site: Site, kind: str) -> Counter[int]:
    with site.services("admin").context.read() as session:
        found = session.execute(text("SELECT case_id FROM notice WHERE kind = :kind"), {"kind": kind})
        return Counter(found.scalars())


@pytest.mark.promise("K6")
@pytest.mark.proof
def test_ticks_at_once_act_once_on_each_deadline_and_leave_a_case_to_who_answers_and_takes_it(site: Site) -> None:
    services = ClockSite(site).at(TUESDAY_NOON)
    lapsing = [fail(services) for _case in range(EACH)]
    lapsing += [verifying(services, "--item", PLAN, at=TUESDAY_NOON) for _case in range(EACH)]
    near = [fail(services, until="2026-12-02") for _case in range(EACH)]
    waiting = numbers([pending(services) for _case in range(4 * EACH)])

    workers: list[Any] = [(tick_at_once, (site.path, LATER))] * PROCESSES
    *ticks, (answered, taken) = run_concurrently([*workers, (answer_and_take, (site.path, LATER, waiting))])

    services.at(LATER)
    assert sum(one.lapsed for one in ticks) == len(lapsing)
    assert sum(one.queued for one in ticks) + len(answered) == len(waiting)
    assert sum(one.reminded for one in ticks) == len(near)
    assert sorted(events(site, "lapse")) == sorted(numbers(lapsing))
    assert sorted(events(site, "day-passed") + events(site, "answer")) == waiting
    assert events(site, "answer") == answered
    once = {"lapsed": lapsing, "deadline-near": near}
    for kind, cases in once.items():
        assert letter_counts(site, kind) == Counter(numbers(cases)), kind
    assert letter_counts(site, "expired") == Counter(set(waiting) - set(answered))
    found = services.terminal.document("a", "show", f"C-{taken}")
    assert (found["state"], found["held_by"]) == ("in_review", "b")
    assert not any(services.terminal.document("audit", "tick").values())
    assert chain_is_whole(site)
