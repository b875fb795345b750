"""A Parquet file as a table of texts, as they would be in CSV."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.i18n import _
from workbench.services.reading.opened import OpenedFile
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.table import Broken, Format, Knows, RawRecord, flaw_of

if TYPE_CHECKING:
    import duckdb

PARQUET_SUFFIX = ".parquet"
_ROWS_TOGETHER = 10_000
_INSTANT = "TIMESTAMP WITH TIME ZONE"


class ParquetSource(OpenedFile):
    """A Parquet file; its records are numbered as in a sheet whose header is line 1.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it is no Parquet file; a BadData too if it is no regular file.
        StorageFailed: If it cannot be read.
    """

    sheet = encoding = ""
    format: Format = "csv"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.pass_bytes = self.bytes_count
        self.bytes_read = 0
        with self.examining():
            self.sha256 = self.digest()

    @contextmanager
    def table(self, knows: Knows) -> Iterator["ParquetTable"]:  # noqa: ARG002 - the columns have names of their own
        """Give the records from the start.

        Raises:
            FileProblem: If the file cannot be read or has changed since it was opened.
        """
        import duckdb

        self.refuse_change()
        self.bytes_read = 0
        try:
            with duckdb.connect(
                config={"autoload_known_extensions": False, "threads": 1, "memory_limit": "200MB"}
            ) as connection:
                yield ParquetTable(connection, self)
        except duckdb.Error as error:
            message = _("The file is not a complete Parquet file; export it again.")
            raise FileProblem(RowProblem(file=self.path.name, message=message)) from error
        self.refuse_change()

    @property
    def sql(self) -> str:
        """The SQL that reads the opened file; it works for any path."""
        return f"read_parquet('/dev/fd/{self.file.fileno()}')"


class ParquetTable:
    """The records of a Parquet file, once."""

    header_line = 1
    above: tuple[RawRecord, ...] = ()

    def __init__(self, connection: "duckdb.DuckDBPyConnection", source: ParquetSource) -> None:
        described = connection.execute(f"DESCRIBE FROM {source.sql}").fetchall()
        self.names = tuple(name.strip() for name, *_others in described)
        self._connection = connection
        self._source = source
        self._texts = ", ".join(_text_of(name, kind) for name, kind, *_others in described)

    def __iter__(self) -> Iterator[RawRecord | Broken]:
        """Yield the records; rows without any text are passed over."""
        [(count,)] = self._connection.execute(f"FROM {self._source.sql} SELECT count(*)").fetchall()
        result = self._connection.execute(f"FROM {self._source.sql} SELECT {self._texts}")
        line = self.header_line
        while rows := result.fetchmany(_ROWS_TOGETHER):
            for cells in rows:
                line += 1
                if any(cells):
                    yield self._record(line, cells)
            self._source.bytes_read = self._source.pass_bytes * (line - 1) // count

    def _record(self, line: int, cells: Sequence[str]) -> RawRecord | Broken:
        flaws = (told for cell in cells if (told := flaw_of(cell)))
        flaw = next(flaws, None)
        return RawRecord(line, self.names, cells) if flaw is None else Broken(line, "", flaw, tuple(cells))


def _text_of(name: str, kind: str) -> str:
    """Return the SQL of a column's values as texts; an instant gets its zone."""
    column = '"' + name.replace('"', '""') + '"'
    if kind == _INSTANT:
        column = f"make_timestamp(epoch_us({column}))::VARCHAR || '+00:00'"
    return f"coalesce(({column})::VARCHAR, '')"
