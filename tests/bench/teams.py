"""Measures desks on a PostgreSQL server, beside a bare queue with SKIP LOCKED: `python -m tests.bench.teams`.

Each measure is taken of the program and of the queue. `alone`: one desk over a network whose round trip takes some
milliseconds, with the statements and round trips of each act. `busy`: processes that claim and decide without pause, on
the host of the server. `desks`: many that pause between claim and decision, there; `slow-desks`: over the network. The
server waits for the disk. `--json FILE` writes the figures.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from db.dialects import server_address
from db.enums import Role
from tests import servers
from tests.bench.keys import percentile
from tests.bench.results import WrongResult
from tests.bench.slow_network import SlowNetwork, slow_network
from tests.proofs.racing import open_for_race, passing, run_concurrently
from tests.sites import TUESDAY, Site
from workbench.domain.case.casefile import CaseFile

PROCESSES, DESKS = 8, 32
PAUSE_S = 5.0, 10.0
MEASURES = ("alone", "busy", "desks", "slow-desks")
_WARM_UP = 5

Act = Callable[[], Any]
"""Claims a case and returns a function that decides it and returns its number."""


@dataclass
class Figures:
    """The seconds of each claim and each decision, the cases, and the seconds of work.

    Of several workers, the seconds are their mean. Each finishes the pair that it has begun, so that the longest would
    also count the time in which the others had ended.
    """

    next_s: list[float] = field(default_factory=list)
    decide_s: list[float] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the figures as text and JSON show them, in milliseconds."""
        times = {
            f"{name}_p{percent}_ms": round(percentile(values, percent) * 1000, 1)
            for name, values in (("next", self.next_s), ("decide", self.decide_s))
            for percent in (50, 95, 99)
        }
        pairs = len(self.cases)
        cpu = round(self.cpu_s / pairs * 1000, 1)
        return {
            "pairs": pairs,
            "pairs_per_s": round(pairs / self.wall_s, 2),
            "client_cpu_ms": cpu,
            **times,
            **self.counts,
        }

    def note(self, act: Act, pause: Callable[[], None] = lambda: None) -> None:
        """Claim and decide one case."""
        began = time.perf_counter()
        decide = act()
        claimed = time.perf_counter()
        pause()
        resumed = time.perf_counter()
        self.cases.append(decide())
        self.next_s.append(claimed - began)
        self.decide_s.append(time.perf_counter() - resumed)


def our_act(path: Path, login: str, url: str) -> Act:
    """Return the act of a person at a desk."""
    server_address.remember_address(path, url)
    services = open_for_race(path, login, TUESDAY)

    def claim() -> Callable[[], int]:
        found = services.claims.next()
        if not isinstance(found, CaseFile):
            raise WrongResult(f"no case: {found}")

        def decide() -> int:
            services.verdicts.decide(passing(found.header.id, found.header.fence))
            return found.header.id

        return decide

    return claim


_CLAIM = (
    "UPDATE queue SET holder = %s WHERE id = (SELECT id FROM queue WHERE holder IS NULL ORDER BY id"
    " LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


def bare_act(_path: Path, login: str, url: str) -> Act:
    """Return the act on the bare queue: one statement claims, two in one transaction decide."""
    import psycopg

    connection = psycopg.connect(url, autocommit=True)

    def claim() -> Callable[[], int]:
        [number] = connection.execute(_CLAIM, (login,)).fetchone()

        def decide() -> int:
            with connection.transaction():
                connection.execute("UPDATE queue SET is_done = true WHERE id = %s", (number,))
                connection.execute("INSERT INTO log (id, login) VALUES (%s, %s)", (number, login))
            return int(number)

        return decide

    return claim


def _work(
    make: Callable[[Path, str, str], Act],
    who: tuple[Path, str, str],
    seconds: float,
    pause_s: tuple[float, float] | None,
    barrier: Barrier,
    queue: Any,
) -> None:
    """Claim and decide for some seconds, with or without pauses, and put the figures into the queue."""
    act, figures, dice = make(*who), Figures(), Random(who[1])
    for _turn in range(1 if pause_s else _WARM_UP):
        Figures().note(act)
    barrier.wait()
    pause: Callable[[], None] = (lambda: time.sleep(dice.uniform(*pause_s))) if pause_s else (lambda: None)
    if pause_s:
        time.sleep(dice.uniform(0, sum(pause_s) / 2))
    began, cpu_began = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        figures.note(act, pause)
    figures.wall_s, figures.cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    queue.put(figures)


def _alone(
    make: Callable[[Path, str, str], Act], who: tuple[Path, str, str], counts: SlowNetwork, barrier: Barrier, queue: Any
) -> None:
    """Claim and decide a few cases, and count the statements and round trips of each act."""
    act, figures = make(*who), Figures()
    for _turn in range(2 * _WARM_UP):
        Figures().note(act)
    barrier.wait()
    seen = {"next": [0, 0], "decide": [0, 0]}

    def counted(name: str, do: Callable[[], Any]) -> Any:
        before = counts.statements, counts.round_trips
        result = do()
        for at, (old, new) in enumerate(zip(before, (counts.statements, counts.round_trips), strict=True)):
            seen[name][at] += new - old
        return result

    began, cpu_began = time.perf_counter(), time.process_time()
    turns = 40
    for _turn in range(turns):
        figures.note(lambda: partial(counted, "decide", counted("next", act)))
    figures.wall_s, figures.cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    for name, (statements, trips) in seen.items():
        figures.counts |= {f"{name}_statements": statements / turns, f"{name}_round_trips": trips / turns}
    queue.put(figures)


def _together(workers: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> Figures:
    """Run workers, and return their figures as one.

    Raises:
        WrongResult: If a case was decided twice.
    """
    whole, found = Figures(), run_concurrently(workers)
    for one in found:
        whole.next_s += one.next_s
        whole.decide_s += one.decide_s
        whole.cases += one.cases
        whole.cpu_s += one.cpu_s
        whole.counts |= one.counts
        whole.wall_s += one.wall_s / len(found)
    if len(set(whole.cases)) != len(whole.cases):
        raise WrongResult("a case was decided twice")
    return whole


@contextmanager
def durable_server() -> Iterator[tuple[str, Path]]:
    """Start the server of the tests, but let it wait for the disk; yield its socket and the folder of the site."""
    servers.start()
    for setting in ("fsync", "full_page_writes", "autovacuum"):
        servers.run(f"ALTER SYSTEM SET {setting} = on")
    servers.run("SELECT pg_reload_conf()")
    url = os.environ["WORKBENCH_TEST_SERVER"]
    with tempfile.TemporaryDirectory(prefix="teams-") as folder:
        yield parse_qs(urlsplit(url).query)["host"][0], Path(folder)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Office:
    """A site with its people: how each opens it on the host of the server, and over the network."""

    near: list[tuple[Path, str, str]]
    far: list[tuple[Path, str, str]]
    network: SlowNetwork
    seconds: float

    def measured(self, name: str, make: Callable[[Path, str, str], Act]) -> dict[str, object]:
        """Return the figures of a measure, with the load of the machine before and after it."""
        load = os.getloadavg()[0]
        if name == "alone":
            figures = _together([(_alone, (make, self.far[0], self.network))])
        else:
            who = {"busy": self.near[:PROCESSES], "desks": self.near, "slow-desks": self.far}[name]
            pause_s = None if name == "busy" else PAUSE_S
            figures = _together([(_work, (make, one, self.seconds, pause_s)) for one in who])
        loads = {"load_before": round(load, 1), "load_after": round(os.getloadavg()[0], 1)}
        return {"name": name, **figures.as_json(), **loads}


@contextmanager
def office(cases: int, seconds: float, round_trip_ms: float) -> Iterator[Office]:
    """Make a site with many people and cases on a server, and yield it with a slow network to it."""
    with durable_server() as (socket_folder, folder):
        site = Site(folder / "w.postgresql").create()
        site.plant(cases)
        people = [f"r{number}" for number in range(DESKS)]
        for login in people:
            site.services("admin").roles.add(login, (Role.REVIEWER,))
        url = server_address.url_of(site.path)
        _make_bare(url)
        site.close()
        with slow_network(f"{socket_folder}/.s.PGSQL.5432", round_trip_ms) as network:
            where = f"127.0.0.1:{network.port}{urlsplit(url).path}?sslmode=disable&gssencmode=disable"
            away = f"postgresql://postgres@{where}"
            say(f"an empty statement over the network takes {network.ping_ms(away):.2f} ms")
            near, far = ([(site.path, login, way) for login in people] for way in (url, away))
            yield Office(near, far, network, seconds)


def main() -> None:
    """Measure what is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.teams", description=__doc__)
    parser.add_argument("measures", nargs="*", help=", ".join(MEASURES))
    parser.add_argument("--round-trip-ms", type=float, default=5.0, help="both ways together")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: list[dict[str, object]] = []
    with office(options.cases, options.seconds, options.round_trip_ms) as measured:
        for name in options.measures or MEASURES:
            for kind, make in (("program", our_act), ("bare queue", bare_act)):
                found.append({"of": kind, **measured.measured(name, make)})
                say("  ".join(f"{key} {value}" for key, value in found[-1].items()))
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _make_bare(url: str) -> None:
    """Make the bare queue beside the tables of the site."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE queue (id bigint PRIMARY KEY, holder text, is_done boolean)")
        connection.execute("CREATE INDEX ON queue (id) WHERE holder IS NULL")
        connection.execute("CREATE TABLE log (seq bigserial PRIMARY KEY, id bigint, login text)")
        connection.execute("INSERT INTO queue SELECT generate_series(1, 300_000)")


if __name__ == "__main__":
    main()
