"""Measures what encryption costs: the same work on an encrypted database beside one that is not."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench.desk import seconds_of_pairs
from tests.bench.generated_files import write_applications, write_calls
from tests.bench.imports import TimedImport
from tests.bench.results import BenchmarkResult, run_in_turns
from tests.sites import Site

_CALLS_PER_APPLICATION = 25
_PAIRS = 50
_PEER = "the same without encryption"


def encryption(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Import applications and calls, then claim and decide cases, on an encrypted database and on a plain one."""
    calls = count * _CALLS_PER_APPLICATION
    for kind, file, rows in (
        ("applications", write_applications(folder / "applications.csv", count), count),
        ("calls", write_calls(folder / "calls.csv", calls), calls),
    ):
        ours_s, peer_s = run_in_turns(
            TimedImport(folder, kind, file, rows, is_encrypted=True), TimedImport(folder, kind, file, rows), turns
        )
        yield BenchmarkResult(
            name=f"encrypted: import {rows:,} {kind}", peer=_PEER, ours_s=ours_s, peer_s=peer_s, most=1.5
        )
    sites = [Site(folder / f"acts-{number}.db", is_encrypted=not number).create() for number in range(2)]
    for site in sites:
        site.plant(_PAIRS * turns)
        site.close()
    ours, peer = (partial(seconds_of_pairs, site.path, "a", _PAIRS) for site in sites)
    ours_s, peer_s = run_in_turns(ours, peer, turns)
    name = f"encrypted: {_PAIRS} pairs of claim and decide"
    yield BenchmarkResult(name=name, peer=_PEER, ours_s=ours_s, peer_s=peer_s, most=1.5)
