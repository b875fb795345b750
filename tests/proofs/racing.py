"""What the racing processes do; each is forked from one that opened nothing, so nothing is shared but the file."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeVar

from db.enums import Verdict
from db.errors import LockTimeout
from tests.offices import TUESDAY
from workbench.domain.casefile import CaseFile, VerdictRequest
from workbench.errors import Busy, WorkbenchError
from workbench.services.office import Office
from workbench.services.site import open_office

LATER = TUESDAY + timedelta(hours=3)
PATIENCE_S = 120.0

T = TypeVar("T")


def at(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: moment


def passing(case_id: int, fence: int | None = None) -> VerdictRequest:
    """Return the plainest verdict."""
    return VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK",), fence=fence)


def patiently(act: Callable[[], T]) -> T:
    """Act, and again as long as others keep the database for more than the ten seconds that one waits for it.

    On a busy machine many people write so slowly; the program says so, writes nothing, and asks to try again.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return act()
        except Busy as error:
            if not isinstance(error.__cause__, LockTimeout) or time.monotonic() > until:
                raise


def raced(workers: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
    """Run workers at the same time, each in a process of its own, and return what each put into its queue."""
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
    results = [queue.get() for queue in queues]
    for process in processes:
        process.join()
    return results


def claim_and_decide(path: Path, login: str, turns: int, barrier: Barrier, queue: Any) -> None:
    """Take and decide one case after another; put the cases and the errors into the queue."""
    office = open_office(path, login, at(TUESDAY))
    cases: list[int] = []
    errors: list[str] = []
    barrier.wait()
    for _turn in range(turns):
        try:
            found = patiently(office.claims.next)
            if isinstance(found, CaseFile):
                verdict = passing(found.header.id, found.header.fence)
                patiently(partial(office.verdicts.decide, verdict))
                cases.append(found.header.id)
            else:
                errors.append(f"empty {found.kind}")
        except WorkbenchError as error:
            errors.append(str(error))
    office.close()
    queue.put((cases, errors))


def _outcome(office: Office, request: VerdictRequest) -> str:
    try:
        patiently(partial(office.verdicts.decide, request))
    except Busy as error:
        return str(error)
    return "accepted"


def decide_each(
    path: Path, login: str, moment: datetime, holds: list[tuple[int, int]], barrier: Barrier, queue: Any
) -> None:
    """Decide cases with given fences, each at the same moment as the other process."""
    office = open_office(path, login, at(moment))
    outcomes = []
    for case_id, fence in holds:
        barrier.wait()
        outcomes.append(_outcome(office, passing(case_id, fence)))
    office.close()
    queue.put(outcomes)
