"""What the racing processes do; each is forked from one that opened nothing, so nothing is shared but the file."""

from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from db.enums import Verdict
from tests.offices import TUESDAY
from workbench.domain.casefile import CaseFile, VerdictRequest
from workbench.errors import Busy, WorkbenchError
from workbench.services.office import Office
from workbench.services.site import open_office

LATER = TUESDAY + timedelta(hours=3)


def at(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: moment


def passing(case_id: int, fence: int | None = None) -> VerdictRequest:
    """Return the plainest verdict."""
    return VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK",), fence=fence)


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
            found = office.claims.next()
            if isinstance(found, CaseFile):
                office.verdicts.decide(passing(found.header.id, found.header.fence))
                cases.append(found.header.id)
            else:
                errors.append(f"empty {found.kind}")
        except WorkbenchError as error:
            errors.append(str(error))
    office.close()
    queue.put((cases, errors))


def _outcome(office: Office, request: VerdictRequest) -> str:
    try:
        office.verdicts.decide(request)
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
