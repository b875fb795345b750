"""Measures how fast the forecast is with many open cases: `python -m tests.bench.forecast [cases]`.

Creates a history of some thousand cases and the given number of open ones, then times the first forecast (with its
training), a second one, and the forecast of one case after an event.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.services.forecast.lived_office import PLAN, lived
from tests.sites import Site

_OPEN = 10_000
_ONES = 9


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return the elapsed time and the processor time of a call in milliseconds."""
    gc.collect()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begin) * 1_000, (time.process_time() - begin_cpu) * 1_000


def main() -> None:
    """Print the measurements."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _OPEN
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "w.db").create()
        lived(site, PLAN)
        numbers = [number for each in range(20) for number in site.plant(count // 20, due_in_days=3 + each)]
        forecasts = site.services("a").forecasts
        rows = [
            (f"forecast of all {count:,} open cases, the first, which learns", timed(forecasts.of_all)),
            ("the same again, nothing happened since", timed(forecasts.of_all)),
            ("the queue with 6 reviewers", timed(lambda: forecasts.of_queue(6))),
        ]
        once = [timed(partial(forecasts.of_case, number)) for number in numbers[:: count // _ONES]]
        rows.append((f"one case, the slowest of {len(once)}", max(once)))
        fresh = []
        for number in numbers[:: count // _ONES]:
            site.services("b").remarks.comment(number, "seen")
            fresh.append(timed(partial(forecasts.of_case, number)))
        rows.append((f"one case after an act, the slowest of {len(fresh)}", max(fresh)))
        for name, (milliseconds, of_processor) in rows:
            sys.stdout.write(f"{milliseconds:9.1f} ms, {of_processor:8.1f} ms of the processor  {name}\n")
        site.close()


if __name__ == "__main__":
    main()
