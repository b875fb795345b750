"""DuckDB in memory over call files: bounded memory, spilling into the store, no network."""

import csv
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from db.access import access_of, make_folder
from workbench.errors import StorageFailed
from workbench.i18n import _

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

PartDone = Callable[[float], object]
"""Is told which part of a work is done, from 0 to 1."""

SPILL_PREFIX = "spill-"
_THREADS = 2
_MEMORY_LIMIT = "450MB"
_ROWS_AT_ONCE = 10_000
_TOLD_EVERY_S = 0.2

CALL_COLUMNS: Mapping[str, str] = {
    "msisdn": "VARCHAR",
    "callee": "UUID",
    "start_us": "BIGINT",
    "duration_s": "BIGINT",
    "answered": "BOOLEAN",
    "direction": "VARCHAR",
    "imei": "VARCHAR",
}
"""A call as it is kept; `callee` is a keyed hash of 16 bytes, `start_us` microseconds UTC."""


def quoted(text: object) -> str:
    """Return a text or path as an SQL text, for what takes no parameter."""
    return "'" + str(text).replace("'", "''") + "'"


class Engine:
    """One DuckDB with its spill folder; whatever fails in it is told as StorageFailed.

    `progress` is told how far the statements have come that are parts of a longer work.
    """

    progress: PartDone = staticmethod(lambda _part: None)

    def __init__(self, connection: "duckdb.DuckDBPyConnection", spill: Path) -> None:
        # Progress is asked for; DuckDB must not print it.
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        self._connection = connection
        self._spill = spill
        self._folder = spill.parent

    def run(
        self,
        statement: str,
        parameters: Mapping[str, Any] | None = None,
        part: tuple[float, float] | None = None,
    ) -> None:
        """Run a statement for its effect; `progress` is told how far it has come if it is a `part` of the work."""
        with failures_told(self._folder), self._watched(*part) if part else nullcontext():
            self._connection.execute(statement, parameters)

    @contextmanager
    def _watched(self, start: float, end: float) -> Iterator[None]:
        """Tell how far the statement has come that runs in the block, from another thread."""
        is_over = Event()

        def watch() -> None:
            while not is_over.wait(_TOLD_EVERY_S):
                self.progress(start + (end - start) * max(self._connection.query_progress(), 0) / 100)

        with ThreadPoolExecutor(1, "progress") as executor:
            executor.submit(watch)
            try:
                yield
            finally:
                is_over.set()
        self.progress(end)

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, a portion at a time; nothing else may run before they are all read."""
        with failures_told(self._folder):
            result = self._connection.execute(statement, parameters)
            while portion := result.fetchmany(_ROWS_AT_ONCE):
                yield from portion

    def arrays(self, query: str) -> "dict[str, NDArray[Any]]":
        """Return the columns of a query, none of which may hold NULL."""
        with failures_told(self._folder):
            return self._connection.execute(query).fetchnumpy()

    @contextmanager
    def opened_arrays(self, name: str, arrays: "Mapping[str, NDArray[Any]]") -> Iterator[None]:
        """Make columns readable as a relation while the block runs."""
        with failures_told(self._folder):
            self._connection.register(name, arrays)
            yield
            self._connection.unregister(name)

    @contextmanager
    def cursor(self) -> "Iterator[Engine]":
        """Open another connection to the same tables, for another thread."""
        with self._connection.cursor() as connection:
            cursor = Engine(connection, self._spill)
            cursor.progress = self.progress
            yield cursor

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """Make a table of rows, an empty text of which is NULL; row by row binding is ten times slower."""
        path = self._spill / f"{name}.csv"
        with failures_told(self._folder):
            with path.open("x", encoding="utf-8", newline="") as file:
                # The line end makes it quote both CR and LF.
                csv.writer(file, lineterminator="\r\n").writerows(rows)
            self.run(f"CREATE OR REPLACE TABLE {name} AS FROM {csv_source(path, columns)}")
            path.unlink()

    def interrupt(self) -> None:
        """End the statement that runs in another thread."""
        self._connection.interrupt()

    def create(self, name: str, columns: Mapping[str, str]) -> None:
        """Make an empty table."""
        self.run(f"CREATE OR REPLACE TABLE {name} ({', '.join(map(' '.join, columns.items()))})")

    def open_calls(self, files: Sequence[Path], name: str = "call") -> None:
        """Make the rows of Parquet files readable as one view (or an empty table, if there are no files)."""
        if not files:
            self.load(name, CALL_COLUMNS, ())
            return
        # Files of earlier versions have callees as 32 digits; the newest file says as what the others are read.
        paths = ", ".join(map(quoted, reversed(files)))
        self.run(f"CREATE VIEW {name} AS FROM read_parquet([{paths}]) SELECT * REPLACE (callee::UUID AS callee)")


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """Open DuckDB for work on the call files of a folder, and leave nothing behind.

    Raises:
        StorageFailed: If the disk is full or the folder cannot be written.
    """
    import duckdb

    with ExitStack() as opened:
        with failures_told(folder):
            spill = opened.enter_context(_spill_folder(folder))
            connection = duckdb.connect(
                ":memory:",
                config={
                    "threads": _THREADS,
                    "memory_limit": _MEMORY_LIMIT,
                    "temp_directory": str(spill / "blocks"),
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                },
            )
            opened.enter_context(connection)
            # It groups several parts of a table at once, which takes more memory than there is; another release of
            # DuckDB may not have it.
            with suppress(duckdb.Error):
                connection.execute("SET disabled_optimizers = 'partitioned_execution'")
        yield Engine(connection, spill)


@contextmanager
def failures_told(folder: Path) -> Iterator[None]:
    """Turn what DuckDB or the disk refuse into one sentence.

    Raises:
        StorageFailed: If a file is damaged, cannot be read or written, or the disk is full.
        KeyboardInterrupt: If Ctrl+C interrupted a query.
    """
    import duckdb

    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error
    except (duckdb.Error, OSError) as error:
        raise storage_failure(folder, error) from error


def storage_failure(folder: Path, error: Exception) -> StorageFailed:
    """Return what to tell of a failure; only its kind, as DuckDB's own text may quote a line of a file."""
    return StorageFailed(
        _(
            "The call files in {folder} cannot be worked on ({cause}); make room on the disk, "
            "or put a damaged file back from a backup."
        ).format(folder=folder, cause=type(error).__name__)
    )


def csv_source(
    path: object,
    columns: Mapping[str, str],
    *,
    delimiter: str = ",",
    line_end: str = r"\r\n",
    not_null: Iterable[str] = (),
) -> str:
    """Return the table function that reads CSV without a header; an empty text is NULL but in columns `not_null`."""
    kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
    kept = ", ".join(map(quoted, not_null))
    return (
        f"read_csv({quoted(path)}, header = false, auto_detect = false, delim = {quoted(delimiter)}, quote = '\"', "
        f"escape = '\"', new_line = '{line_end}', columns = {{{kinds}}}"
        + (f", force_not_null = [{kept}])" if kept else ")")
    )


def make_call_folder(folder: Path) -> None:
    """Make the folder of the call records if it is not there, for whom the folder above it is."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_folder(folder, access_of(folder.parent))


@contextmanager
def _spill_folder(folder: Path) -> Iterator[Path]:
    """Make a locked folder for what does not fit into memory, and remove it afterwards, and what was made for it."""
    is_new = not folder.exists()
    make_call_folder(folder)
    while True:
        spill = Path(tempfile.mkdtemp(prefix=SPILL_PREFIX, dir=folder))
        # Whoever sweeps after a killed import may be another of the group.
        spill.chmod(access_of(folder).folder_mode)
        lock = locked(spill)
        if lock is not None:
            break
    try:
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)
        os.close(lock)
        if is_new:
            with suppress(OSError):
                folder.rmdir()


def locked(spill: Path) -> int | None:
    """Return a handle that holds the lock of a spill folder, or None if another has it or it is gone."""
    try:
        handle = os.open(spill, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, PermissionError):
        # One that cannot be opened yet is just being made by another member of the group.
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    # Between opening and locking a sweep may have taken the folder away.
    if not spill.exists():
        os.close(handle)
        return None
    return handle
