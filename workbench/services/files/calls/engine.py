"""Runs DuckDB in memory over call files, with bounded memory, spill files in the store, and no network access."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.files.calls.pipe import piped
from workbench.services.files.spill import spill_folder

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from workbench.services.encryption.data_keys import DataKeys

FractionCallback = Callable[[float], object]
"""A callback for progress, from 0 to 1."""

_THREADS = 2
_MEMORY_LIMIT = "450MB"
_ROWS_AT_ONCE = 10_000
_PROGRESS_EVERY_S = 0.2

CALL_COLUMNS: Mapping[str, str] = {
    "msisdn": "VARCHAR",
    "callee": "UUID",
    "start_us": "BIGINT",
    "duration_s": "BIGINT",
    "answered": "BOOLEAN",
    "direction": "VARCHAR",
    "imei": "VARCHAR",
}
"""The columns of a stored call: `callee` is a keyed hash of 16 bytes, `start_us` is in microseconds UTC."""


def quoted(text: object) -> str:
    """Return a text or path as an SQL literal, for statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


class CallEngine:
    """One DuckDB with its spill folder; all its failures are raised as StorageFailed.

    Args:
        connection: The connection to DuckDB.
        spill: The spill folder.
        keys: The keys of the call files, None if they are not encrypted.

    Attributes:
        progress: The callback for the progress of statements that are a part of longer work.
    """

    progress: FractionCallback = staticmethod(lambda _part: None)

    def __init__(self, connection: "duckdb.DuckDBPyConnection", spill: Path, keys: "DataKeys | None" = None) -> None:
        # The progress is queried; DuckDB must not print it.
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        self._connection = connection
        self._spill = spill
        self._folder = spill.parent
        self._keys = keys

    def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, part: tuple[float, float] | None = None
    ) -> None:
        """Run a statement for its effect.

        Args:
            statement: The statement.
            parameters: Its parameters.
            part: The start and end of the statement as fractions of longer work, to report its progress.
        """
        reporting = self._reporting_progress(*part) if part else nullcontext()
        with translated_failures(self._folder), reporting:
            self._connection.execute(statement, parameters)

    @contextmanager
    def _reporting_progress(self, start: float, end: float) -> Iterator[None]:
        """Report the progress of the statement that runs in the block, from another thread."""
        is_over = Event()

        def watch() -> None:
            while not is_over.wait(_PROGRESS_EVERY_S):
                self.progress(start + (end - start) * max(self._connection.query_progress(), 0) / 100)

        with ThreadPoolExecutor(1, "progress") as executor:
            executor.submit(watch)
            try:
                yield
            finally:
                is_over.set()
        self.progress(end)

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query in portions; no other statement may run until all of them are read."""
        with translated_failures(self._folder):
            result = self._connection.execute(statement, parameters)
            while portion := result.fetchmany(_ROWS_AT_ONCE):
                yield from portion

    def arrays(self, query: str) -> "dict[str, NDArray[Any]]":
        """Return the columns of a query as arrays; they must not contain NULL."""
        with translated_failures(self._folder):
            return self._connection.execute(query).fetchnumpy()

    @contextmanager
    def registered_arrays(self, name: str, arrays: "Mapping[str, NDArray[Any]]") -> Iterator[None]:
        """Register arrays as a relation while the block runs."""
        with translated_failures(self._folder):
            self._connection.register(name, arrays)
            yield
            self._connection.unregister(name)

    @contextmanager
    def cursor(self) -> "Iterator[CallEngine]":
        """Open another connection to the same tables, for use in another thread."""
        with self._connection.cursor() as connection:
            cursor = CallEngine(connection, self._spill, self._keys)
            cursor.progress = self.progress
            yield cursor

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """Create a table from rows through CSV, ten times faster than binding each row; an empty text becomes NULL."""
        with translated_failures(self._folder), self._csv_of(name, rows) as path:
            self.run(f"CREATE OR REPLACE TABLE {name} AS FROM {csv_source(path, columns)}")

    @contextmanager
    def _csv_of(self, name: str, rows: Iterable[Sequence[object]]) -> Iterator[object]:
        """Write rows as CSV and yield the path: of a file, or of a pipe if the store is encrypted."""
        path = self._spill / f"{name}.csv"
        file = path.open("x", encoding="utf-8", newline="") if self._keys is None else StringIO(newline="")
        with file:
            # With this line end, the writer quotes fields that contain CR or LF.
            csv.writer(file, lineterminator="\r\n").writerows(rows)
            if isinstance(file, StringIO):
                with piped(file.getvalue().encode()) as pipe:
                    yield pipe
                return
        yield path
        path.unlink()

    def with_keys(self, keys: "DataKeys | None") -> "CallEngine":
        """Return an engine on the same connection for the call files of a store with other keys."""
        return CallEngine(self._connection, self._spill, keys)

    def interrupt(self) -> None:
        """Interrupt the statement that runs in another thread."""
        self._connection.interrupt()

    def create(self, name: str, columns: Mapping[str, str]) -> None:
        """Create an empty table."""
        self.run(f"CREATE OR REPLACE TABLE {name} ({', '.join(map(' '.join, columns.items()))})")

    def open_calls(self, files: Sequence[Path], name: str = "call") -> None:
        """Create a view of the rows of Parquet files, or an empty table if there are no files.

        The files are given oldest first. The view has one more column: `place`, the index of a row's file among them.
        """
        if not files:
            self.load(name, {**CALL_COLUMNS, "place": "INTEGER"}, ())
            return
        # Earlier versions stored callees as 32 digits.
        selects = (
            f"FROM read_parquet({quoted(file)}{self._encryption(file, ', ENCRYPTION_CONFIG = ')})"
            f" SELECT * REPLACE (callee::UUID AS callee), {index} AS place"
            for index, file in enumerate(files)
        )
        self.run(f"CREATE VIEW {name} AS {' UNION ALL BY NAME '.join(selects)}")

    def write_calls(self, query: str, file: Path, part: tuple[float, float]) -> None:
        """Write the rows of a query to a call file; `part` is as in `run`."""
        options = (
            f"FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false{self._encryption(file, ', ENCRYPTION_CONFIG ')}"
        )
        self.run(f"COPY ({query}) TO {quoted(file)} ({options})", part=part)

    def _encryption(self, file: Path, option: str) -> str:
        """Register the key of a call file, and return the option that names it, "" if the store is not encrypted."""
        if self._keys is None:
            return ""
        # A file that is still being written has the same name, with one more suffix.
        key = self._keys.of_call_file(file.name.partition(".")[0])
        name = quoted(sha256(key.encode()).hexdigest())
        self.run(f"PRAGMA add_parquet_key({name}, {quoted(key)})")
        return f"{option}{{footer_key: {name}}}"


@contextmanager
def open_engine(folder: Path, keys: "DataKeys | None" = None) -> Iterator[CallEngine]:
    """Open DuckDB for the call files of a folder, and remove its spill files afterwards; encrypted files need `keys`.

    Raises:
        StorageFailed: If the disk is full or the folder cannot be written.
    """
    import duckdb

    with ExitStack() as opened:
        with translated_failures(folder):
            spill = opened.enter_context(spill_folder(folder))
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
            # This optimizer groups several parts of a table at once, which takes more memory than the limit. Other
            # releases of DuckDB may not have it.
            with suppress(duckdb.Error):
                connection.execute("SET disabled_optimizers = 'partitioned_execution'")
            if keys is not None:
                # DuckDB calls its built-in AES unsafe because its random numbers can be guessed. A call file uses them
                # only as nonces. They only have to differ within the file, because each file has its own key; a test
                # compares them.
                connection.execute("SET force_mbedtls_unsafe = true; SET temp_file_encryption = true")
        yield CallEngine(connection, spill, keys)


@contextmanager
def translated_failures(folder: Path) -> Iterator[None]:
    """Convert errors of DuckDB and of the disk into one message for the user.

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
    """Return the error for a failure. It names only the kind, because the text of DuckDB may quote a line of a file."""
    if type(error).__name__ == "OutOfMemoryException":
        return StorageFailed(
            _("The calls need more memory than there is; end other programs or raise `ulimit -v`, then try again.")
        )
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
    """Return the table function that reads CSV without a header; empty texts are NULL except in columns `not_null`."""
    kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
    never_null = ", ".join(map(quoted, not_null))
    never_null_option = f", force_not_null = [{never_null}]" if never_null else ""
    return (
        f"read_csv({quoted(path)}, header = false, auto_detect = false, delim = {quoted(delimiter)}, quote = '\"', "
        f"escape = '\"', new_line = '{line_end}', columns = {{{kinds}}}{never_null_option})"
    )
