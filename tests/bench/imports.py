"""Measures imports: applications beside three ways to load a bare file, calls beside the bare aggregation in DuckDB."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from db.dialects.search import terms_of
from db.dialects.sqlite import driver
from tests.bench.generated_files import COLUMNS, write_applications, write_calls
from tests.bench.processes import ProcessRun, run, workbench
from tests.bench.results import BenchmarkResult, WrongResult, run_in_turns
from tests.sites import Site

_PREPARED = ("application", "card", "case", "finding", "notice")
_PLAIN_AGGREGATION = """SELECT caller, count(*), count(*) FILTER (duration_s > 0), count(DISTINCT callee),
    avg(duration_s), count(*) FILTER (duration_s BETWEEN 1 AND 6), min(start_at), max(start_at)
    FROM read_csv('{file}', types = {{'caller': 'VARCHAR', 'callee': 'VARCHAR', 'start_at': 'TIMESTAMP',
                                      'duration_s': 'INTEGER'}}) GROUP BY caller"""


class TimedImport:
    """Imports a file into a new database each time, and keeps the last database and the peak memory."""

    def __init__(self, folder: Path, kind: str, file: Path, rows: int, *, is_encrypted: bool = False) -> None:
        self.database = folder / ("encrypted.db" if is_encrypted else "ours.db")
        self.peak_mb = 0.0
        self._is_encrypted = is_encrypted
        self._kind, self._file, self._rows = kind, file, rows

    def __call__(self) -> float:
        """Import the file and return the seconds of the process.

        Raises:
            WrongResult: If not every row was created.
        """
        for path in self.database.parent.glob(f"{self.database.name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        Site(self.database, is_encrypted=self._is_encrypted).create().close()
        process = workbench(self.database, "import", self._kind, str(self._file), "--json")
        report = json.loads(process.output)
        if report["rows"] != self._rows or report["created"] != self._rows or report["error_count"]:
            raise WrongResult(f"{self._kind}: {report['created']} of {self._rows} rows were created")
        self.peak_mb = max(self.peak_mb, process.peak_mb)
        return process.seconds


def applications(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure an import of applications with all checks, findings and letters, beside bare loads of the same file."""
    file = write_applications(folder / "applications.csv", count)
    ours = TimedImport(folder, "applications", file, count)
    name = f"import {count:,} applications of {len(COLUMNS)} columns"
    ours_s, peer_s = run_in_turns(ours, partial(_sqlite_import, folder, file), turns)
    _check_cases(ours.database, count)
    yield BenchmarkResult(
        name=name,
        peer="`sqlite3 .import` into one bare table",
        ours_s=ours_s,
        peer_s=peer_s,
        most=28,
        most_mb=ours.peak_mb,
        most_mb_allowed=500,
    )
    prepared = _TimedExecutemany(folder, ours.database)
    yield BenchmarkResult(
        name=name,
        peer="`executemany` of the same prepared rows",
        ours_s=ours_s,
        peer_s=[prepared() for _turn in ours_s],
        most=2.5,
    )
    if shutil.which(_sqlite_utils()) is None:
        sys.stderr.write("sqlite-utils is not installed: pip install -e '.[bench]'\n")
        return
    yield BenchmarkResult(
        name=name,
        peer="`sqlite-utils insert --csv`",
        ours_s=ours_s,
        peer_s=[_sqlite_utils_insert(folder, file).seconds for _turn in ours_s],
        most=1,
    )


def calls(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure an import of calls beside the aggregation of the same columns in DuckDB."""
    # Written by another process, because the peak memory of a child includes the memory of its parent at the start.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        file = pool.submit(write_calls, folder / "calls.csv", count).result()
    ours = TimedImport(folder, "calls", file, count)
    ours_s, peer_s = run_in_turns(ours, partial(_duckdb_aggregation, file), turns)
    yield BenchmarkResult(
        name=f"import {count:,} calls",
        peer="DuckDB's aggregation of the file by caller",
        ours_s=ours_s,
        peer_s=peer_s,
        most=8,
        most_mb=ours.peak_mb,
        most_mb_allowed=900,
    )


def _check_cases(database: Path, count: int) -> None:
    with sqlite3.connect(database) as connection:
        [cases] = connection.execute('SELECT count(*) FROM "case"').fetchone()
        [findings] = connection.execute("SELECT count(*) FROM finding").fetchone()
    connection.close()
    if cases != count or not findings:
        raise WrongResult(f"{cases} cases and {findings} findings of {count} applications")


def _sqlite_import(folder: Path, file: Path) -> float:
    bare = folder / "bare.db"
    bare.unlink(missing_ok=True)
    began = time.perf_counter()
    subprocess.run(
        ["sqlite3", str(bare), ".mode csv", f".import {file} application"],
        check=True,
    )
    return time.perf_counter() - began


def _sqlite_utils() -> str:
    return str(Path(sys.executable).with_name("sqlite-utils"))


def _sqlite_utils_insert(folder: Path, file: Path) -> ProcessRun:
    bare = folder / "bare-utils.db"
    bare.unlink(missing_ok=True)
    return run(_sqlite_utils(), "insert", str(bare), "application", str(file), "--csv")


def _duckdb_aggregation(file: Path) -> float:
    query = _PLAIN_AGGREGATION.format(file=file)
    quiet = "SET enable_progress_bar = false"
    program = f"import duckdb; duckdb.execute({quiet!r}); print(len(duckdb.sql({query!r}).fetchall()))"
    return run(sys.executable, "-c", program).seconds


class _TimedExecutemany:
    """Writes the rows of an imported database into an empty one of the same schema, with nothing but `executemany`."""

    def __init__(self, folder: Path, source: Path) -> None:
        self._target = folder / "prepared.db"
        self._empty = folder / "empty.db"
        connection = driver().connect(str(source))
        self._rows: dict[str, list[tuple[Any, ...]]] = {
            table: connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
            for table in ("import_batch", *_PREPARED)
        }
        named = connection.execute('SELECT id, applicant_name, application_no FROM "case" ORDER BY id').fetchall()
        connection.close()
        self._terms = [(number, *terms_of(name, key).values()) for number, name, key in named]
        Site(self._empty).create().close()

    def __call__(self) -> float:
        """Write the rows and return the seconds."""
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._target}{suffix}").unlink(missing_ok=True)
        shutil.copy(self._empty, self._target)
        began = time.perf_counter()
        connection = driver().connect(str(self._target))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for table, rows in self._rows.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        connection.executemany(
            "INSERT INTO search_term (rowid, name, single, initials, part) VALUES (?, ?, ?, ?, ?)", self._terms
        )
        connection.commit()
        connection.close()
        return time.perf_counter() - began
