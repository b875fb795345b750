"""Measures imports of documents beside a plain loop that copies, syncs and renames the same files."""

import csv
import json
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from db.enums import DocumentKind
from tests.bench.generated_files import application, write_applications, write_parts
from tests.bench.imports import TimedImport
from tests.bench.processes import workbench
from tests.bench.results import BenchmarkResult, WrongResult

_KINDS = ("BIZ_LICENSE", "AGENT_ID_FRONT", "AGENT_ID_BACK", "COMMITMENT_LETTER")
_BYTES = 30_000


def write_documents(folder: Path, count: int, kinds: tuple[str, ...] = _KINDS, size: int = _BYTES) -> Path:
    """Write a file of each kind for each of the first applications, and return the CSV file that names them."""
    rng, contents = Random(1), Random(2)
    with (folder / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("agent", "application_no", "kind", "path"))
        for number in range(1, count + 1):
            agent, application_no, *_cells = application(rng, number)
            (folder / "documents" / application_no).mkdir(parents=True)
            for kind in kinds:
                path = f"documents/{application_no}/{kind}.jpg"
                (folder / path).write_bytes(b"\xff\xd8\xff" + contents.randbytes(size - 3))
                writer.writerow((agent, application_no, kind, path))
    return folder / "documents.csv"


def write_office(folder: Path, count: int, cards: int, kinds: tuple[str, ...], size: int) -> list[Path]:
    """Write applications, their cards, credit and documents into a folder, and return its files in order."""
    folder.mkdir()
    applications = write_applications(folder / "applications.csv", count)
    own_cards, credit = write_parts(folder, count, cards)
    return [applications, own_cards, write_documents(folder, count, kinds, size), credit]


def copied_plainly(folder: Path, target: Path) -> float:
    """Copy, sync and rename all documents one after another, and return the seconds."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    began = time.perf_counter()
    for number, source in enumerate(sorted((folder / "documents").rglob("*.jpg"))):
        draft, path = target / "draft", target / f"{number:08}"
        with draft.open("wb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        handle = os.open(target, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return time.perf_counter() - began


def documents(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure the first import of documents beside the plain loop, and a second import of the same files."""
    rows = count * len(_KINDS)
    applications = TimedImport(folder, "applications", write_applications(folder / "applications.csv", count), count)
    file = write_documents(folder, count)
    again = folder / "documents-again.csv"
    heading, *lines = file.read_text().splitlines()
    again.write_text("\n".join((heading, *reversed(lines))) + "\n")
    first, second, allowed, peak_mb = list[float](), list[float](), list[float](), 0.0
    for _turn in range(turns):
        cases_s = applications()
        allowed.append(1.5 * copied_plainly(folder, folder / "bare") + 3 * cases_s)
        process = workbench(applications.database, "import", "documents", str(file), "--json")
        repeated = workbench(applications.database, "import", "documents", str(again), "--json")
        found = json.loads(process.output)["created"], json.loads(repeated.output)["unchanged"]
        if found != (rows, rows):
            raise WrongResult(f"{found[0]} rows were created, and {found[1]} were unchanged, of {rows}")
        first.append(process.seconds)
        second.append(repeated.seconds)
        peak_mb = max(peak_mb, process.peak_mb, repeated.peak_mb)
    name = f"import {rows:,} documents of {_BYTES // 1000} kB for {count:,} cases"
    yield BenchmarkResult(
        name=name,
        peer="1.5 plain loops that copy, sync and rename them and 3 imports of the applications",
        ours_s=first,
        peer_s=allowed,
        most=1,
        most_mb=peak_mb,
        most_mb_allowed=500,
    )
    yield BenchmarkResult(
        name=f"{name} again",
        peer="what the first import may take",
        ours_s=second,
        peer_s=allowed,
        most=0.2,
        more={"first_s": statistics.median(first)},
    )


def folder(place: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure the import of an office as one folder beside the imports of its files one after another."""
    files = write_office(place / "office", count, 3, tuple(DocumentKind)[:8], 2_000)
    rows = [sum(1 for _line in file.open(encoding="utf-8")) - 1 for file in files]
    whole = TimedImport(place, "folder", place / "office", sum(rows))
    first = TimedImport(place, "applications", files[0], rows[0])
    ours_s, parts_s = list[float](), list[float]()
    for _turn in range(turns):
        seconds = first()
        for file, created in zip(files[1:], rows[1:], strict=True):
            process = workbench(first.database, "import", file.stem, str(file), "--json")
            if json.loads(process.output)["created"] != created:
                raise WrongResult(f"{file.stem}: not every one of {created} rows was created")
            seconds += process.seconds
        parts_s.append(seconds)
        ours_s.append(whole())
    store = place / "ours.db.store"
    size = sum(path.stat().st_blocks for path in (whole.database, *store.rglob("*"))) * 512
    yield BenchmarkResult(
        name=f"import {count:,} applications with 3 cards, credit and 8 documents of 2 kB as one folder",
        peer="the imports of its files one after another",
        ours_s=ours_s,
        peer_s=parts_s,
        most=0.8,
        most_mb=whole.peak_mb,
        most_mb_allowed=500,
        more={"disk_mb": round(size / 1e6)},
    )
