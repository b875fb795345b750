"""The records of one file as a relation that SQL reads.

`StagedRecords.run` replaces `{records}` in a statement by a relation with these columns:

* `line` (BIGINT), where the record starts;
* `is_odd` (BOOLEAN), true where only the reader can say what the record is: its cells then are worth nothing;
* `c0`, `c1` … (VARCHAR, never NULL): the cells of the columns in `StagedRecords.columns`, as they are in the file.

Records without any text are left out. Rows that SQL does not accept go back to the reader by their lines, see `judged`.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TextIO

from workbench.errors import StorageFailed
from workbench.services.calls.engine import Engine, csv_source, quoted
from workbench.services.reading.headers import column_names
from workbench.services.reading.problems import BadRecord, FileProblem, Row
from workbench.services.reading.reader import Reader
from workbench.services.reading.sources import TextSource
from workbench.services.reading.staging.clean_csv import NotClean, clean_blocks
from workbench.services.reading.staging.pipe import piped
from workbench.services.reading.table import Broken, CsvTable, RawRecord

_CHARACTERS_TOGETHER = 1 << 20
_LONGEST_RECORD = 320_000
"""The most characters of a record; DuckDB reads lines of at most 2 MB."""


class StagedRecords:
    """The records of a reader for statements of one DuckDB; each statement reads the file once, from its start.

    `columns` says what each cell means, '' where the column is not read. `problem` is what tore the file apart, as far
    as was read. `progress` is called now and then while the file is read, in a thread of its own.
    """

    def __init__(self, duck: Engine, reader: Reader, progress: Callable[[], object] = lambda: None) -> None:
        self.problem: FileProblem | None = None
        self._known = column_names(reader.kind)
        if reader.format == "jsonl":
            self.columns = tuple(self._known.chinese)
        else:
            self.columns = self._meanings(reader.columns)
        self._cells = {f"c{place}": "VARCHAR" for place in range(len(self.columns))}
        self._duck = duck
        self._reader = reader
        self._progress = progress
        self._clean = reader.source if isinstance(reader.source, TextSource) and reader.format == "csv" else None

    def cell(self, column: str) -> str:
        """Return the SQL of a column's cell, the empty text if the file does not have the column."""
        return f"c{self.columns.index(column)}" if column in self.columns else "''"

    def run(self, statement: str) -> None:
        """Run a statement that has an effect, such as `CREATE OR REPLACE TABLE staged AS FROM {records}`.

        It may run twice, so it must replace what it made before.

        Raises:
            StorageFailed: If the disk is full.
        """
        self.problem = None
        try:
            if self._clean is None or not self._runs_on_clean_text(statement, self._clean):
                self._clean = None
                with self._read_relation() as relation:
                    self._duck.run(statement.replace("{records}", relation))
        except FileProblem as problem:
            self.problem = problem

    def _runs_on_clean_text(self, statement: str, source: TextSource) -> bool:
        """Run a statement on what DuckDB takes apart; say whether it reads that as the reader does."""
        import duckdb

        try:
            with self._clean_relation(source) as relation:
                self._duck.run(statement.replace("{records}", relation))
        except NotClean:
            return False
        except StorageFailed as failure:
            if isinstance(failure.__cause__, duckdb.InvalidInputException):
                # A record has too few or too many cells.
                return False
            raise
        return True

    def judged(self, lines: Iterable[int]) -> Iterator[Row | BadRecord]:
        """Yield what the reader makes of the records on some lines, in ascending order."""
        wanted = iter(lines)
        line = next(wanted, None)
        if line is None:
            return
        with self._reader.table() as table:
            for record in table:
                if record.line == line:
                    yield self._reader.rows.read(record)
                    line = next(wanted, None)
                    if line is None:
                        return

    @contextmanager
    def _clean_relation(self, source: TextSource) -> Iterator[str]:
        """Give the relation of a clean CSV text, which DuckDB takes apart."""
        with self._reader.table() as table:
            if not isinstance(table, CsvTable):
                raise NotClean
        texts = self._cells
        with source.text() as text:
            blocks = clean_blocks(_bytes_of(text, table.first_line), table.delimiter, len(texts))
            with piped(self._watched(blocks)) as path:
                filled = " OR ".join(f"{cell} <> ''" for cell in texts)
                line = f"row_number() OVER () + {table.first_line - 1} AS line"
                is_odd = f"c0 = {quoted(table.names[0])} AS is_odd"
                lines = csv_source(path, texts, delimiter=table.delimiter, line_end=r"\n", not_null=texts)
                yield f"(FROM (FROM {lines} SELECT {line}, {is_odd}, *) WHERE {filled})"

    @contextmanager
    def _read_relation(self) -> Iterator[str]:
        """Give the relation of records that the reader takes apart."""
        with piped(self._watched(self._rows())) as path:
            yield csv_source(path, {"line": "BIGINT", "is_odd": "BOOLEAN", **self._cells}, not_null=self._cells)

    def _watched(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._progress()
            yield block

    def _rows(self) -> Iterator[bytes]:
        """Yield the records as CSV; note what tears the file apart, and end there."""
        blank = [""] * len(self.columns)
        text = io.StringIO()
        # The line end makes it quote both CR and LF.
        writer = csv.writer(text, lineterminator="\r\n")
        try:
            with self._reader.table() as table:
                for record in table:
                    cells = self._texts(record)
                    writer.writerow((record.line, cells is None, *(cells or blank)))
                    if text.tell() > _CHARACTERS_TOGETHER:
                        yield text.getvalue().encode()
                        text.seek(0)
                        text.truncate()
        except FileProblem as problem:
            self.problem = problem
        yield text.getvalue().encode()

    def _texts(self, record: RawRecord | Broken) -> Sequence[str] | None:
        """Return the texts of the record's cells below the columns, None if it is odd."""
        texts = None if isinstance(record, Broken) else self._reader.rows.texts(record)
        if isinstance(record, Broken) or texts is None or sum(map(len, texts)) > _LONGEST_RECORD:
            return None
        if self._reader.format != "jsonl":
            return texts
        named = dict(zip(self._meanings(record.names), texts, strict=True))
        return [named.get(column, "") for column in self.columns] if "" not in record.names else None

    def _meanings(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._known.meaning(name) or "" for name in names)


def _bytes_of(text: TextIO, first_line: int) -> Iterator[bytes]:
    """Yield a text as UTF-8 from some line on."""
    for _line in islice(text, first_line - 1):
        pass
    while characters := text.read(_CHARACTERS_TOGETHER):
        yield characters.encode()
