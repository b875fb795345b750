"""Writes what irrCAC says of random tables: `python -m tests.domain.quality.reference FILE`.

It runs where irrCAC 0.4.4 is installed, which needs an older SciPy than this project, and imports nothing of ours.
"""

import json
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

TABLES = 100


def table_of(number: int) -> list[list[int]]:
    """Return a table of two to five categories and some hundred pairs, most of which agree, as in a real office."""
    rng = random.Random(number)
    size = rng.randint(2, 5)
    weights = [rng.random() ** 3 + 0.01 for _category in range(size)]
    agree = rng.uniform(0.3, 0.99)
    table = [[0] * size for _row in range(size)]
    for _pair in range(rng.randint(40, 400)):
        first = rng.choices(range(size), weights)[0]
        second = first if rng.random() < agree else rng.choices(range(size), weights)[0]
        table[first][second] += 1
    return table


def main() -> None:
    """Write the tables with the reference's figures."""
    pandas, irrcac = import_module("pandas"), import_module("irrCAC.table")

    found: list[dict[str, Any]] = []
    for number in range(10 * TABLES):
        table = table_of(number)
        # Where all agree, the reference has no interval.
        if sum(map(sum, table)) == sum(row[place] for place, row in enumerate(table)) or len(found) == TABLES:
            continue
        cac = irrcac.CAC(pandas.DataFrame(table), digits=12)
        figures: dict[str, Any] = {"table": table}
        for name, coefficient in (("kappa", cac.cohen()), ("ac1", cac.gwet())):
            estimate = coefficient["est"]
            low, high = estimate["confidence_interval"]
            figures[name] = [float(estimate["coefficient_value"]), float(low), float(high)]
        found.append(figures)
    Path(sys.argv[1]).write_text("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n", encoding="ascii")


if __name__ == "__main__":
    main()
