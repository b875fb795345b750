"""Measures the program beside named peers in one run: `python -m tests.bench [MEASURE…] [--full] [--turns N]`.

Prints the Markdown table of `tests/README.md` and, with `--json FILE`, writes all figures. A benchmark with a wrong
result has no figure, and the command then exits with 1. `--full` uses the sizes that the limits are for; otherwise each
benchmark takes seconds.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import day, desk, documents, encryption, exports, first_frame, imports, keys, later_kinds, office
from tests.bench.results import BenchmarkResult, WrongResult, table


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: its function, its number of rows in the short and in the full run, and its number of turns."""

    run: Callable[[Path, int, int], Iterator[BenchmarkResult]]
    small: int
    full: int
    turns: int = 3


BENCHMARKS = {
    "help": Benchmark(first_frame.help_page, 1, 1, turns=7),
    "applications": Benchmark(imports.applications, 2_000, 200_000),
    "million": Benchmark(imports.applications, 4_000, 1_000_000, turns=1),
    "later-kinds": Benchmark(later_kinds.later_kinds, 500, 20_000),
    "calls": Benchmark(imports.calls, 50_000, 10_000_000),
    "many-calls": Benchmark(imports.calls, 100_000, 50_000_000, turns=1),
    "documents": Benchmark(documents.documents, 200, 20_000),
    "folder": Benchmark(documents.folder, 200, 100_000, turns=1),
    "export": Benchmark(exports.applications, 2_000, 1_000_000),
    "acts": Benchmark(desk.acts, 1_000, 200_000, turns=100),
    "demo": Benchmark(first_frame.demo, 1, 1, turns=5),
    "desk": Benchmark(first_frame.desk, 5_000, 1_000_000, turns=7),
    "keys": Benchmark(keys.keys, 5_000, 1_000_000, turns=7),
    "encryption": Benchmark(encryption.encryption, 2_000, 20_000),
    "office": Benchmark(office.office, 1_000, 100_000, turns=1),
    "day": Benchmark(day.day, 40, 200, turns=1),
}


def main() -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[[], *BENCHMARKS], metavar="MEASURE", help=", ".join(BENCHMARKS))
    parser.add_argument("--full", action="store_true", help="the sizes that the limits are for")
    parser.add_argument("--turns", type=int, help="how often ours and the peer are run")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    figures: list[BenchmarkResult] = []
    wrong = 0
    for name in options.measures or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            sys.stderr.write(f"{name} …\n")
            try:
                size = benchmark.full if options.full else benchmark.small
                figures += benchmark.run(Path(folder), size, options.turns or benchmark.turns)
            except WrongResult as problem:
                wrong += 1
                sys.stderr.write(f"{name}: no figure, because the result is wrong: {problem}\n")
    sys.stdout.write(table(figures))
    if options.json is not None:
        options.json.write_text(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
