"""Measures the acts of the desk: pairs of claim and decide by eight processes, and the cost of each act."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from db.dialects.sqlite import driver
from db.enums import Role
from tests.bench.results import BenchmarkResult, WrongResult
from tests.proofs.racing import claim_and_decide, open_for_race, passing, run_concurrently
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile

PROCESSES = 8
_LOCK_MOST_MS = {"claim": 2.0, "decide": 8.0}
_PAIRS_AT_LEAST = 75.0

_Result = TypeVar("_Result")


def acts(folder: Path, queued: int, pairs: int) -> Iterator[BenchmarkResult]:
    """Measure claims and decisions on a long queue, beside bare transactions of two updates each."""
    site = Site(folder / "desk.db").create()
    site.plant(queued)
    people = [f"r{number}" for number in range(PROCESSES)]
    for login in people:
        site.services("admin").roles.add(login, (Role.REVIEWER,))
    measured = _measured_acts(site, pairs)
    began = time.perf_counter()
    results = run_concurrently([(_timed_acts, (site.path, login, pairs)) for login in people])
    wall_s, count = time.perf_counter() - began, pairs * PROCESSES
    decided = [case for (cases, _errors), _wall_s, _cpu_s in results for case in cases]
    errors = [error for (_cases, failures), _wall_s, _cpu_s in results for error in failures]
    if errors or len(set(decided)) != count or len(decided) != len(set(decided)):
        raise WrongResult(f"{len(decided)} decisions of {len(set(decided))} cases, {len(errors)} errors: {errors[:1]}")
    ours_s = max(seconds for _result, seconds, _cpu_s in results)
    peer_s = max(run_concurrently([(_bare_acts, (_bare_database(folder), pairs)) for _login in people]))
    site.close()
    yield BenchmarkResult(
        name=f"{count:,} pairs of claim and decide by {PROCESSES} processes, {queued:,} cases queued",
        peer="two bare updates with synchronous=FULL",
        ours_s=[ours_s],
        peer_s=[peer_s],
        most=0,
        more={
            "pairs_per_second": round(count / ours_s, 1),
            "pairs_per_second_at_least": _PAIRS_AT_LEAST,
            "cpu_ms_per_pair": round(sum(cpu_s for _result, _wall_s, cpu_s in results) / count * 1000, 1),
            "wall_s": round(wall_s, 2),
            **{name: value for act in _LOCK_MOST_MS for name, value in _act_figures(act, measured[act]).items()},
        },
    )


@dataclass
class _ActCost:
    """The cost of one act: CPU time, time with the write lock, the part of it before the commit, statements."""

    cpu_ms: float = 0.0
    lock_ms: float = 0.0
    before_commit_ms: float = 0.0
    statements: int = 0


def _act_figures(act: str, measured: list[_ActCost]) -> dict[str, float]:
    """Return the medians of an act; a commit waits for the disk, so the time before it is given too."""
    names = [field.name for field in fields(_ActCost)]
    medians = {f"{act}_{name}": statistics.median(getattr(cost, name) for cost in measured) for name in names}
    p95 = sorted(cost.lock_ms for cost in measured)[int(len(measured) * 0.95)]
    limits = {f"{act}_lock_ms_p95": p95, f"{act}_lock_ms_at_most": _LOCK_MOST_MS[act]}
    return {name: round(value, 2) for name, value in {**medians, **limits}.items()}


def _measured_acts(site: Site, pairs: int) -> dict[str, list[_ActCost]]:
    """Claim and decide in one process, and return the cost of each act."""
    services, current, began = site.services("a"), [_ActCost()], [0.0]
    database = services.context.database
    write = database.write

    def note_statement(*_arguments: Any) -> None:
        current[-1].statements += 1

    def note_begin(_connection: Connection) -> None:
        # This listener runs after the one that takes the lock.
        began[0] = time.perf_counter()

    def note_commit(_connection: Connection) -> None:
        current[-1].before_commit_ms += (time.perf_counter() - began[0]) * 1000

    @contextmanager
    def watched(*, is_bulk: bool = False, wait_s: float | None = None) -> Iterator[Any]:
        with write(is_bulk=is_bulk, wait_s=wait_s) as session:
            yield session
        current[-1].lock_ms += (time.perf_counter() - began[0]) * 1000

    for engine in (database.reader, database.writer):
        event.listen(engine, "before_cursor_execute", note_statement)
    event.listen(database.writer, "begin", note_begin)
    event.listen(database.writer, "commit", note_commit)
    database.write = watched  # type: ignore[method-assign]  # measures the original
    acts: dict[str, list[_ActCost]] = {"claim": [], "decide": []}

    def take(act: str, do: Callable[[], _Result]) -> _Result:
        current.append(_ActCost())
        cpu_began = time.process_time()
        result = do()
        current[-1].cpu_ms = (time.process_time() - cpu_began) * 1000
        acts[act].append(current[-1])
        return result

    for _pair in range(pairs):
        found = take("claim", services.claims.next)
        if not isinstance(found, CaseFile):
            raise WrongResult(f"no case: {found}")
        take("decide", partial(services.verdicts.decide, passing(found.header.id, found.header.fence)))
    services.close()
    return acts


def _timed_acts(path: Path, login: str, pairs: int, barrier: Barrier, queue: Any) -> None:
    """Claim and decide, and put the result and its seconds (wall, CPU) into the queue; opening does not count."""
    open_for_race(path, login, Site(path).clock.at).close()
    kept = _LocalQueue()
    barrier.wait()
    began, cpu_began = time.perf_counter(), time.process_time()
    claim_and_decide(path, login, pairs, _OPEN_BARRIER, kept)
    queue.put((kept.value, time.perf_counter() - began, time.process_time() - cpu_began))


class _LocalQueue:
    """Replaces a queue between processes within one process."""

    value: Any = None

    def put(self, value: Any) -> None:
        self.value = value


class _OpenBarrier:
    """A barrier that never waits."""

    def wait(self) -> None:
        """Return at once."""


_OPEN_BARRIER: Any = _OpenBarrier()


def seconds_of_pairs(path: Path, login: str, pairs: int) -> float:
    """Claim and decide in this process, and return the seconds.

    Raises:
        WrongResult: If a pair failed.
    """
    kept = _LocalQueue()
    began = time.perf_counter()
    claim_and_decide(path, login, pairs, _OPEN_BARRIER, kept)
    seconds = time.perf_counter() - began
    cases, errors = kept.value
    if errors or len(cases) != pairs:
        raise WrongResult(f"{len(cases)} decisions of {pairs}, {len(errors)} errors: {errors[:1]}")
    return seconds


def _bare_database(folder: Path) -> Path:
    bare = folder / "bare-desk.db"
    if not bare.exists():
        connection = driver().connect(str(bare))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, acts INTEGER)")
        connection.execute("INSERT INTO t VALUES (1, 0)")
        connection.commit()
        connection.close()
    return bare


def _bare_acts(path: Path, pairs: int, barrier: Barrier, queue: Any) -> None:
    connection = driver().connect(str(path), timeout=120, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    barrier.wait()
    began = time.perf_counter()
    for _act in range(2 * pairs):
        connection.execute("BEGIN IMMEDIATE")
        # SQLite writes nothing for an update that changes nothing.
        connection.execute("UPDATE t SET acts = acts + 1")
        connection.execute("COMMIT")
    queue.put(time.perf_counter() - began)
