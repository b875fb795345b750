"""Measures the program beside named peers in one run: `python -m tests.bench [MEASURE…] [--full] [--turns N]`.

Prints the Markdown table of the README and, with `--json FILE`, writes all figures. A measure whose result is wrong has
no figure; the command then ends with 1. `--full` measures the sizes that the limits are for; without it each takes
seconds.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import day, desk, encryption, exports, first_frame, imports, keys
from tests.bench.figures import Figure, WrongResult, table


@dataclass(frozen=True)
class Measure:
    """One measure: how it is taken, with how many rows in small and in full, and in how many turns."""

    take: Callable[[Path, int, int], Iterator[Figure]]
    small: int
    full: int
    turns: int = 3


MEASURES = {
    "help": Measure(first_frame.help_page, 1, 1, turns=7),
    "applications": Measure(imports.applications, 2_000, 200_000),
    "million": Measure(imports.applications, 4_000, 1_000_000, turns=1),
    "calls": Measure(imports.calls, 50_000, 10_000_000),
    "many-calls": Measure(imports.calls, 100_000, 50_000_000, turns=1),
    "export": Measure(exports.applications, 2_000, 1_000_000),
    "acts": Measure(desk.acts, 1_000, 200_000, turns=100),
    "desk": Measure(first_frame.desk, 5_000, 1_000_000, turns=7),
    "keys": Measure(keys.keys, 5_000, 1_000_000, turns=7),
    "encryption": Measure(encryption.encryption, 2_000, 20_000),
    "day": Measure(day.day, 40, 200, turns=1),
}


def main() -> int:
    """Take the measures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[[], *MEASURES], metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--full", action="store_true", help="the sizes that the limits are for")
    parser.add_argument("--turns", type=int, help="how often ours and the peer are run")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    asked = parser.parse_args()
    figures: list[Figure] = []
    wrong = 0
    for name in asked.measures or MEASURES:
        measure = MEASURES[name]
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            sys.stderr.write(f"{name} …\n")
            try:
                size = measure.full if asked.full else measure.small
                figures += measure.take(Path(folder), size, asked.turns or measure.turns)
            except WrongResult as problem:
                wrong += 1
                sys.stderr.write(f"{name}: no figure, because the result is wrong: {problem}\n")
    sys.stdout.write(table(figures))
    if asked.json is not None:
        asked.json.write_text(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
