"""Measures the files that come after applications, each beside the import of the applications in the same run."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from tests.bench.generated_files import LATER_KINDS, write_applications, write_later
from tests.bench.processes import workbench
from tests.bench.results import BenchmarkResult, WrongResult
from tests.sites import Site
from workbench.services.foundation.context import Context

_MEASURED = [kind for kind in LATER_KINDS if kind != "calls"]
"""The kinds with a figure here; the calls are there for the opt-outs, and have a measure of their own."""


class _Waits(Thread):
    """Takes the write lock again and again, as a claim does, and keeps the longest wait."""

    def __init__(self, context: Context) -> None:
        super().__init__(daemon=True)
        self.longest_s = 0.0
        self._context, self._over = context, Event()

    def run(self) -> None:
        """Take the lock until the measure is over."""
        while not self._over.wait(0.02):
            began = time.perf_counter()
            with self._context.write():
                self.longest_s = max(self.longest_s, time.perf_counter() - began)

    def end(self) -> float:
        """End the measure, and return the longest wait in seconds."""
        self._over.set()
        self.join()
        return self.longest_s


def later_kinds(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure each kind of file with one row for each application, while somebody else writes."""
    write_later(folder, write_applications(folder / "applications.csv", count))
    seconds, peak_mb, waits = (
        defaultdict[str, list[float]](list),
        defaultdict[str, float](float),
        defaultdict[str, float](float),
    )
    for turn in range(turns):
        site = Site(folder / f"turn{turn}.db").create()
        for kind in ("applications", *LATER_KINDS):
            others = _Waits(site.services("a").context)
            others.start()
            process = workbench(site.path, "import", kind, str(folder / f"{kind}.csv"), "--json")
            waits[kind] = max(waits.get(kind, 0.0), others.end())
            report = json.loads(process.output)
            if report["rows"] != count or report["error_count"]:
                raise WrongResult(f"{kind}: {report['error_count']} errors in {report['rows']} rows")
            seconds[kind].append(process.seconds)
            peak_mb[kind] = max(peak_mb[kind], round(process.peak_mb))
        _check_applied(site, count)
        site.close()
    for kind in _MEASURED:
        yield BenchmarkResult(
            name=f"import {kind} of {count:,} applications",
            peer="the import of the applications, which has as many rows",
            ours_s=seconds[kind],
            peer_s=seconds["applications"],
            most=3,
            most_mb=peak_mb[kind],
            most_mb_allowed=500,
            more={"longest_wait_of_others_s": round(waits[kind], 2)},
        )


def _check_applied(site: Site, count: int) -> None:
    """Check that every case got the evidence of each kind with one event."""
    with site.services("admin").context.read() as session:
        statement = "SELECT count(*), count(DISTINCT case_id) FROM event WHERE action = 'evidence'"
        [(events, cases)] = session.connection().exec_driver_sql(statement).all()
    # The calls change all cases, too.
    if (events, cases) != (len(LATER_KINDS) * count, count):
        raise WrongResult(f"{events} events of {cases} cases for {count} applications")
