"""The processes that race for cases; each is forked from one that opened no file, so they share only the database."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any

from db.dialects import sqlite_lock
from db.enums import Verdict
from tests.sites import TUESDAY
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import Busy, NotAllowed, StorageBusy, WorkbenchError
from workbench.services.database.opening import open_services
from workbench.services.site import machine_clock
from workbench.services.wiring import Services

# The clocks of these processes stand still or jump; the machine runs on.
machine_clock.uptime = lambda: None
machine_clock.MAY_BE_QUIET = timedelta(days=40_000)

LATER = TUESDAY + timedelta(hours=3)
PATIENCE_S = 120.0
PER_SCHEDULE = timedelta(seconds=3)
"""The time between two schedules: a hold lasts 600 of them, and a move can be undone for 20."""

Told = tuple[str, str, int, object]
"""What a process was told: the login, the act (or "refused" and the act), the case, and the fence or the person."""


def fixed_clock(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that does not move."""
    return lambda: moment


def passing(case_id: int, fence: int | None = None) -> VerdictRequest:
    """Return the request of a pass."""
    return VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK",), fence=fence)


def open_for_race(path: Path, login: str, moment: datetime) -> Services:
    """Open the services of one process; it may wait long, because many others write."""
    sqlite_lock._LOCK_WAIT_S = PATIENCE_S
    return open_services(path, login, fixed_clock(moment))


def run_concurrently(workers: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
    """Run workers at the same time, each in its own process, and return the result that each put into its queue."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(len(workers), timeout=60)
    queues = [context.SimpleQueue() for _worker in workers]
    processes = [
        context.Process(target=work, args=(*arguments, barrier, queue))
        for (work, arguments), queue in zip(workers, queues, strict=True)
    ]
    for process in processes:
        process.start()
    results = [_result(queue, process) for queue, process in zip(queues, processes, strict=True)]
    for process in processes:
        process.join()
    return results


def _result(queue: Any, process: Any) -> Any:
    """Return the result of a process, and fail if the process ends without one."""
    while queue.empty():
        process.join(0.05)
        if not process.is_alive() and queue.empty():
            raise AssertionError(f"a worker ended with {process.exitcode} and without a result")
    return queue.get()


def claim_and_decide(path: Path, login: str, turns: int, barrier: Barrier, queue: Any) -> None:
    """Take and decide one case after another; put the cases and the errors into the queue."""
    services = open_for_race(path, login, TUESDAY)
    cases: list[int] = []
    errors: list[str] = []
    barrier.wait()
    for _turn in range(turns):
        try:
            found = services.claims.next()
            if isinstance(found, CaseFile):
                services.verdicts.decide(passing(found.header.id, found.header.fence))
                cases.append(found.header.id)
            else:
                errors.append(f"empty {found.kind}")
        except WorkbenchError as error:
            errors.append(str(error))
    services.close()
    queue.put((cases, errors))


def claim_or_move(path: Path, login: str, schedules: int, barrier: Barrier, queue: Any) -> None:
    """Act at random, in each schedule at the same moment as the others; put what was told: (login, act, case, more).

    Reviewers take, decide, put aside and release cases; supervisors move some of the next cases, and undo moves.
    """
    moment = [TUESDAY]
    sqlite_lock._LOCK_WAIT_S = PATIENCE_S
    services = open_services(path, login, lambda: moment[0])
    act = _move_some if login.startswith("s") else _work_on_next
    told: list[Told] = []
    for number in range(schedules):
        moment[0] = TUESDAY + number * PER_SCHEDULE
        barrier.wait(PATIENCE_S)
        told += [(login, *one) for one in act(services, Random(f"{login} {number}"))]
    services.close()
    queue.put(told)


def _work_on_next(services: Services, dice: Random) -> Iterator[tuple[str, int, object]]:
    found = services.claims.next()
    if not isinstance(found, CaseFile):
        return
    case, fence = found.header.id, found.header.fence
    # A move may take the case away before it is read, and an undo may give it back with another fence.
    yield "next", case, fence if found.header.held_by == services.actor.login else None
    acts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("decide", lambda: services.verdicts.decide(passing(case, fence))),
        ("decide", lambda: services.verdicts.decide(passing(case, fence))),
        ("aside", lambda: services.claims.aside(case)),
        ("release", lambda: services.claims.release(case)),
        ("", lambda: None),
    )
    name, act = dice.choice(acts)
    try:
        act()
    except (Busy, NotAllowed):
        name = f"refused {name}"
    if name:
        yield name, case, None


def _move_some(services: Services, dice: Random) -> Iterator[tuple[str, int, object]]:
    if dice.random() < 0.3 and (last := services.undo.last()) is not None:
        undone, left = services.undo.undo_move(last.together or (last.case_id,))
        yield from (("undo", case, None) for case in undone)
        yield from (("refused undo", one.case_id, None) for one in left)
        return
    open_cases = services.queue.ids("", 40)
    people = [one.login for one in services.assigning.candidates() if one.login.startswith("r")]
    chosen = dice.sample(open_cases, min(6, len(open_cases)))
    if dice.random() < 0.5:
        targets = {one.case_id: one.to for one in services.assigning.plan(chosen, seed=dice.randrange(99)).assigned}
    else:
        targets = {case: dice.choice(people) for case in chosen}
    done = services.assigning.move(targets, "at random")
    yield from (("assign", one.case_id, one.to) for one in done.assigned)
    yield from (("refused assign", one.case_id, None) for one in done.refused)


def _outcome(services: Services, request: VerdictRequest) -> str:
    try:
        services.verdicts.decide(request)
    except (Busy, NotAllowed, StorageBusy) as error:
        return str(error)
    return "accepted"


def decide_each(
    path: Path, login: str, moment: datetime, holds: list[tuple[int, int]], barrier: Barrier, queue: Any
) -> None:
    """Decide cases with given fences, each at the same moment as the other process."""
    services = open_for_race(path, login, moment)
    outcomes = []
    for case_id, fence in holds:
        barrier.wait()
        outcomes.append(_outcome(services, passing(case_id, fence)))
    services.close()
    queue.put(outcomes)


def page_through(path: Path, seconds: float, barrier: Barrier, queue: Any) -> None:
    """Read page after page of the queue for some seconds, and put the number of pages into the queue."""
    services = open_for_race(path, "audit", TUESDAY)
    barrier.wait()
    pages, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        pages += bool(services.queue.page("", start=pages * 50 % 1_000, limit=50))
    services.close()
    queue.put(pages)


def decide_until(path: Path, login: str, seconds: float, barrier: Barrier, queue: Any) -> None:
    """Take and decide cases for some seconds; put their number and the largest size of the write-ahead log."""
    services = open_for_race(path, login, TUESDAY)
    barrier.wait()
    decided, longest, until = 0, 0, time.monotonic() + seconds
    while time.monotonic() < until and isinstance(found := services.claims.next(), CaseFile):
        services.verdicts.decide(passing(found.header.id, found.header.fence))
        decided += 1
        longest = max(longest, path.with_name(f"{path.name}-wal").stat().st_size)
    services.close()
    queue.put((decided, longest))
