"""Measures the acts of the desk: pairs of claim and decide by eight processes, and how long each act locks."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from db.dialects.sqlite import driver
from db.enums import Role
from tests.bench.figures import Figure, WrongResult
from tests.offices import Site
from tests.proofs.racing import claim_and_decide, open_for_race, passing, run_concurrently
from workbench.domain.case.casefile import CaseFile

PROCESSES = 8
_LOCK_MOST_MS = {"claim": 2.0, "decide": 8.0}
_PAIRS_AT_LEAST = 75.0


def acts(folder: Path, queued: int, pairs: int) -> Iterator[Figure]:
    """Measure claims and decisions on a long queue, beside bare transactions of two updates each."""
    site = Site(folder / "desk.db").create()
    site.plant(queued)
    people = [f"r{number}" for number in range(PROCESSES)]
    for login in people:
        site.services("admin").people.add(login, (Role.REVIEWER,))
    locks = _lock_times(site, pairs)
    began = time.perf_counter()
    results = run_concurrently([(_timed_acts, (site.path, login, pairs)) for login in people])
    wall_s = time.perf_counter() - began
    decided = [case for (cases, _errors), _seconds in results for case in cases]
    errors = [error for (_cases, failures), _seconds in results for error in failures]
    if errors or len(set(decided)) != pairs * PROCESSES or len(decided) != len(set(decided)):
        raise WrongResult(f"{len(decided)} decisions of {len(set(decided))} cases, {len(errors)} errors: {errors[:1]}")
    ours_s = max(seconds for _result, seconds in results)
    peer_s = max(run_concurrently([(_bare_acts, (_bare(folder), pairs)) for _login in people]))
    site.close()
    yield Figure(
        name=f"{pairs * PROCESSES:,} pairs of claim and decide by {PROCESSES} processes, {queued:,} cases queued",
        peer="two bare updates with synchronous=FULL",
        ours_s=[ours_s],
        peer_s=[peer_s],
        most=0,
        more={
            "pairs_per_second": round(pairs * PROCESSES / ours_s, 1),
            "pairs_per_second_at_least": _PAIRS_AT_LEAST,
            "wall_s": round(wall_s, 2),
            **{f"{act}_lock_ms": round(statistics.median(locks[act]), 2) for act in locks},
            **{f"{act}_lock_ms_p95": round(_p95(locks[act]), 2) for act in locks},
            **{f"{act}_lock_ms_at_most": most for act, most in _LOCK_MOST_MS.items()},
        },
    )


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _lock_times(site: Site, pairs: int) -> dict[str, list[float]]:
    """Return the milliseconds for which claims and decisions of one process held the write lock."""
    services = site.services("a")
    database, began, spent = services.context.database, list[float](), list[float]()
    write = database.write

    @event.listens_for(database.writer, "begin")
    def note_begin(_connection: Connection) -> None:
        # Our own listener comes after the one that takes the lock.
        began.append(time.perf_counter())

    @contextmanager
    def watched() -> Iterator[Any]:
        with write() as session:
            yield session
        spent.append((time.perf_counter() - began[-1]) * 1000)

    database.write = watched  # type: ignore[method-assign]  # a measure around the real one
    locks: dict[str, list[float]] = {"claim": [], "decide": []}
    for _pair in range(pairs):
        found = services.claims.next()
        locks["claim"].append(sum(spent))
        spent.clear()
        if not isinstance(found, CaseFile):
            raise WrongResult(f"no case: {found}")
        services.verdicts.decide(passing(found.header.id, found.header.fence))
        locks["decide"].append(sum(spent))
        spent.clear()
    database.write = write  # type: ignore[method-assign]  # back to the real one
    event.remove(database.writer, "begin", note_begin)
    return locks


def _timed_acts(path: Path, login: str, pairs: int, barrier: Barrier, queue: Any) -> None:
    """Claim and decide, and put the result and its seconds into the queue; imports and opening do not count."""
    open_for_race(path, login, Site(path).clock.at).close()
    kept = _Kept()
    barrier.wait()
    began = time.perf_counter()
    claim_and_decide(path, login, pairs, _PASSED, kept)
    queue.put((kept.value, time.perf_counter() - began))


class _Kept:
    """Takes the place of a queue within one process."""

    value: Any = None

    def put(self, value: Any) -> None:
        self.value = value


class _Passed:
    """A barrier that was passed already."""

    def wait(self) -> None:
        """Return at once."""


_PASSED: Any = _Passed()


def _bare(folder: Path) -> Path:
    bare = folder / "bare-desk.db"
    if not bare.exists():
        connection = driver().connect(str(bare))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT)")
        connection.execute("INSERT INTO t VALUES (1, '')")
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
        connection.execute("UPDATE t SET state = 'a'")
        connection.execute("COMMIT")
    queue.put(time.perf_counter() - began)
