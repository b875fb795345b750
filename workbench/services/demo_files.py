"""The files of the demo as they would have been delivered: dates filled in, calls and documents made."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db.enums import ImportKind
from workbench.services.demo_calls import COLUMNS, Profiles, calls_of, read_profiles
from workbench.services.demo_dates import DemoDates
from workbench.services.demo_papers import paper

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "demo"

# Cards and documents belong to applications, and what is called is judged by the opt-outs known by then.
_ORDER = (
    ImportKind.APPLICATIONS,
    ImportKind.CARDS,
    ImportKind.DOCUMENTS,
    ImportKind.CREDIT,
    ImportKind.COMPLAINTS,
    ImportKind.OPTOUTS,
    ImportKind.CALLS,
)


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file to import, and what it holds."""

    kind: ImportKind
    path: Path


def history() -> dict[str, Any]:
    """Return what happened before the demo opens, as its file has it, dates not filled in."""
    return tomllib.loads((FOLDER / "history.toml").read_text(encoding="utf-8"))


def write_delivery(name: str, into: Path, dates: DemoDates, calls_until: str = "") -> tuple[DeliveredFile, ...]:
    """Write the files of a delivery into a folder, and return them in the order of importing them.

    Args:
        name: The delivery's folder among the fixtures.
        into: An empty folder.
        dates: What the placeholders become.
        calls_until: The last day of its call records, as a placeholder; without it there are none.
    """
    written = {}
    for template in sorted((FOLDER / name).iterdir()):
        target = into / template.name
        target.write_text(dates.render(template.read_text(encoding="utf-8")), encoding="utf-8")
        written[ImportKind(template.stem)] = target
    _write_papers(written[ImportKind.DOCUMENTS])
    if calls_until:
        until = date.fromisoformat(dates.render(calls_until))
        written[ImportKind.CALLS] = _write_calls(written[ImportKind.CARDS], dates, until)
    return tuple(DeliveredFile(kind, written[kind]) for kind in _ORDER if kind in written)


def _column(file: Path, column: str) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            yield row[column]


def _write_papers(documents: Path) -> None:
    for path in _column(documents, "path"):
        target = documents.parent / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(paper(path))


def _write_calls(cards: Path, dates: DemoDates, until: date) -> Path:
    profiles: Profiles = read_profiles(tomllib.loads((FOLDER / "call_profiles.toml").read_text(encoding="utf-8")))
    msisdns = tuple(_column(cards, "msisdn"))
    days = dates.workdays_up_to(until, max(profiles.of(msisdn).reach for msisdn in msisdns))
    target = cards.with_name("calls.csv")
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for msisdn in msisdns:
            writer.writerows(calls_of(msisdn, profiles, days))
    return target
