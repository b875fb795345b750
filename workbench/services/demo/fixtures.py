"""The files from which the demo is made."""

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "demo"


@cache
def table(name: str) -> dict[str, Any]:
    """Return a TOML file of the demo by its name without ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV file of the demo by its name without ending."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def content(path: str) -> bytes:
    """Return the bytes of a file of the demo."""
    return (FOLDER / path).read_bytes()


def lines(name: str) -> list[str]:
    """Return the lines of a text file of the demo."""
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()
