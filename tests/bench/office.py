"""Measures what grows with the office: each command at three sizes, beside the bare statements on the same rows."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from db.enums import Verdict, WaitsFor
from tests.bench.results import BenchmarkResult, WrongResult
from tests.cli.framework.terminal import Terminal
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import TUESDAY, ManualClock, Site
from workbench.domain.case.casefile import VerdictRequest

_PLANTED_TOGETHER = 5_000
_ONE_IN = 50
"""One case in so many is pending until the next day, and another one is passed."""

_LETTER = 'INSERT INTO notice SELECT n.* FROM (SELECT * FROM notice LIMIT 1) n, "case" c WHERE {where}'
_EVENT = 'INSERT INTO event SELECT e.* FROM (SELECT * FROM event LIMIT 1) e, "case" c WHERE {where}'
_CASE = 'UPDATE "case" AS c SET version = version + 1, due_at = due_at + 1 WHERE {where}'
_CHANGE = (_CASE, _LETTER, _EVENT)
_OPEN = "c.state IN ('queued', 'pending')"
_READ_OPEN = """SELECT c.*, a.*, f.* FROM "case" c JOIN application a ON a.id = c.application_id
    LEFT JOIN finding f ON f.case_id = c.id WHERE c.state IN ('queued', 'pending')"""


@dataclass(frozen=True)
class Way:
    """A command, the days after the last one, and what the peer does in one transaction with the same rows."""

    name: str
    words: tuple[str, ...]
    peer: tuple[str, ...]
    where: str = "1"
    days: int = 0
    who: str = "admin"


WAYS = (
    Way("audit verify", ("audit", "verify"), ("SELECT * FROM event ORDER BY seq",)),
    Way("tick", ("tick",), _CHANGE, "c.state = 'pending'", days=1),
    Way("forecast show", ("forecast", "show"), ("SELECT * FROM event", 'SELECT * FROM "case"'), who="sup"),
    Way("board", ("board",), ('SELECT * FROM "case"',), who="sup"),
    Way("policy diff", ("policy", "diff", "{folder}/policy.toml"), (_READ_OPEN,)),
    Way(
        "calendar suspend",
        ("calendar", "suspend", "2026-11-26", "--reason", "台风"),
        _CHANGE,
        _OPEN,
    ),
    Way("export notices", ("export", "notices", "--output", "{folder}/notices.csv"), ("SELECT * FROM notice",)),
    Way("export decisions", ("export", "decisions", "--output", "{folder}/decisions.csv"), ("SELECT * FROM decision",)),
    Way(
        "policy apply",
        ("policy", "apply", "{folder}/policy.toml", "--open-cases", "--yes"),
        (_READ_OPEN, *_CHANGE),
        _OPEN,
    ),
    Way("doctor --deep", ("doctor", "--deep"), ("PRAGMA integrity_check",)),
    Way("backup", ("backup", "{folder}/backup-{turn}.zip"), ("VACUUM INTO '{folder}/copy-{turn}.db'",)),
    Way(
        "retention apply",
        ("retention", "apply", "--reason", "x", "--yes"),
        ("UPDATE application SET applicant_name = '' WHERE id % 50 = 0", _EVENT),
        "c.state = 'passed'",
        days=4_000,
    ),
)


def office(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure every way at a hundredth, a tenth and the whole of a number of cases."""
    for size in (count // 100, count // 10, count):
        base = folder / f"base-{size}"
        _make(base, size)
        measured: dict[str, list[tuple[float, float]]] = {way.name: [] for way in WAYS}
        for turn in range(turns):
            for name, seconds in _turn(base, folder / "office", turn):
                measured[name].append(seconds)
        for way in WAYS:
            yield BenchmarkResult(
                name=f"{way.name} with {size:,} cases",
                peer="the bare statements on the same rows",
                ours_s=[ours for ours, _peer in measured[way.name]],
                peer_s=[peer for _ours, peer in measured[way.name]],
                most=0,
            )
        shutil.rmtree(base)


def _make(base: Path, size: int) -> None:
    """Make an office of open cases, some of which wait until the next day, and some passed ones."""
    base.mkdir()
    site = Site(base / "w.db").create()
    for start in range(0, size, _PLANTED_TOGETHER):
        site.plant(min(_PLANTED_TOGETHER, size - start), severity="warn")
    for number in range(max(1, size // _ONE_IN)):
        decide(site, passing(take(site).header.id))
        case = take(site, "b").header.id
        waiting = VerdictRequest(
            case_id=case,
            verdict=Verdict.PENDING,
            reasons=("WAIT-CARRIER",),
            waits_for=WaitsFor.CARRIER,
            until=TUESDAY.date(),
        )
        decide(site, waiting, "b")
        site.clock.advance(seconds=number % 2)
    with site.services("admin").context.read() as session:
        body = str(session.execute(text("SELECT body FROM policy_version")).scalar_one())
    (base / "policy.toml").write_text(body.replace("standard = 3", "standard = 5"), encoding="utf-8")
    site.close()


def _turn(base: Path, folder: Path, turn: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Run all ways, one after the other, on a copy of an office."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    site = Site(folder / "w.db", ManualClock(TUESDAY))
    terminal, names = Terminal(site), {"folder": str(folder), "turn": str(turn)}
    for way in WAYS:
        site.clock.advance(days=way.days)
        if way.days > 1:
            terminal.as_person("admin", "tick", "--clock-is-right")
        peer = _peer_s(site.path, way, names)
        began = time.perf_counter()
        result = terminal.as_person(way.who, *(word.format(**names) for word in way.words))
        seconds = time.perf_counter() - began
        if result.exit_code:
            raise WrongResult(f"{way.name}: {result.output[-500:]}")
        yield way.name, (seconds, peer)
    site.close()


def _peer_s(database: Path, way: Way, names: Mapping[str, str]) -> float:
    """Return the seconds of the bare statements, on a copy without triggers."""
    bare = database.with_name("bare.db")
    bare.unlink(missing_ok=True)
    tables = ("case", "application", "finding", "notice", "event", "decision")
    copies = "; ".join(f'CREATE TABLE "{table}" AS SELECT * FROM ours."{table}"' for table in tables)
    # Another process, because a second SQLite library in this one would end the locks of the first.
    subprocess.run(["sqlite3", str(bare), f"ATTACH '{database}' AS ours; {copies}"], check=True)
    with closing(sqlite3.connect(bare, isolation_level=None)) as connection:
        began = time.perf_counter()
        is_write = not way.peer[-1].startswith(("SELECT", "VACUUM", "PRAGMA"))
        connection.execute("BEGIN" if is_write else "SELECT 1")
        for statement in way.peer:
            connection.execute(statement.format(where=way.where, **names)).fetchall()
        connection.execute("COMMIT" if is_write else "SELECT 1")
        return time.perf_counter() - began
