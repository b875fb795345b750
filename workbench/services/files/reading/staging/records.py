"""Stages the records of one file as relations for SQL, one relation for each portion of the file.

A relation has these columns:

* `line` (BIGINT): the line where the record starts;
* `is_odd` (BOOLEAN): true for a record that only the reader can parse; its cells are then meaningless;
* `c0`, `c1` … (VARCHAR, never NULL): the cells of the columns in `StagedRecords.columns`, as they are in the file.

Records without any text are left out. Records that SQL does not accept are read again by the reader, see `read_lines`.
"""

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from workbench.errors import StorageFailed
from workbench.services.files.calls.engine import csv_source, quoted
from workbench.services.files.calls.pipe import piped
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.problems import BadRecord, FileProblem, ParsedRow
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.sources import TextSource
from workbench.services.files.reading.staging.clean_csv import NotClean, clean_blocks
from workbench.services.files.reading.staging.parallel import run_in_threads
from workbench.services.files.reading.table import BrokenRecord, CsvTable, RawRecord

THREADS = 2
_CHARACTERS_TOGETHER = 1 << 20
_PORTION_BYTES = 1 << 23
_LONGEST_RECORD = 320_000
"""The most characters of a record; DuckDB reads lines of at most 2 MB."""

_Portion = tuple[bytes, str]
"""A text, and the SQL of the relation of its records, with `{path}` for the path of the text."""


class StagedRecords:
    """The records of a reader as relations for DuckDB.

    Args:
        reader: The reader.
        progress: Called from time to time while the file is read, in any thread.

    Attributes:
        columns: The meanings of the cells, '' for a column that is not imported.
        problem: The error that ended the reading, None if there was none.
    """

    def __init__(self, reader: Reader, progress: Callable[[], object] = lambda: None) -> None:
        self.problem: FileProblem | None = None
        self._known = column_names(reader.kind)
        if reader.format == "jsonl":
            self.columns = tuple(self._known.chinese)
        else:
            self.columns = self._meanings(reader.columns)
        self._cells = {f"c{index}": "VARCHAR" for index in range(len(self.columns))}
        self._reader = reader
        self._progress = progress

    def cell(self, column: str) -> str:
        """Return the SQL of a column's cell, the empty text if the file does not have the column."""
        return f"c{self.columns.index(column)}" if column in self.columns else "''"

    def read(self, begin: Callable[[], object], take: Callable[[str], object]) -> None:
        """Call `begin`, then `take` with the relation of each portion, in several threads and in any order.

        If DuckDB would read the text differently from the reader, everything is repeated: `begin` is called again, and
        the reader splits the records.

        Raises:
            StorageFailed: If the disk is full.
        """
        self.problem = None
        try:
            begin()
            if not self._reads_as_clean_text(take):
                begin()
                self._process(self._split_portions(), take)
        except FileProblem as problem:
            self.problem = problem

    def _process(self, portions: Generator[_Portion], take: Callable[[str], object]) -> None:
        def take_one(portion: _Portion) -> None:
            content, relation = portion
            with piped(content) as path:
                take(relation.replace("{path}", path))

        run_in_threads(portions, take_one, THREADS)

    def _reads_as_clean_text(self, take: Callable[[str], object]) -> bool:
        """Let DuckDB split the records, and return whether it reads them as the reader does."""
        import duckdb

        source = self._reader.source
        if not isinstance(source, TextSource) or self._reader.format != "csv":
            return False
        try:
            self._process(self._clean_portions(source), take)
        except NotClean:
            return False
        except StorageFailed as failure:
            if isinstance(failure.__cause__, duckdb.InvalidInputException):
                # A record has too few or too many cells.
                return False
            raise
        return True

    def read_lines(self, lines: Iterable[int]) -> Iterator[ParsedRow | BadRecord]:
        """Yield the parsed records on some lines, which must be in ascending order."""
        lines_left = iter(lines)
        line = next(lines_left, None)
        if line is None:
            return
        with self._reader.table() as table:
            for record in table:
                if record.line == line:
                    yield self._reader.row_reader.read(record)
                    line = next(lines_left, None)
                    if line is None:
                        return

    def _clean_portions(self, source: TextSource) -> Generator[_Portion]:
        """Yield the portions of a clean CSV text, which DuckDB splits into records."""
        with self._reader.table() as table:
            if not isinstance(table, CsvTable):
                raise NotClean
        texts = self._cells
        lines = csv_source("{path}", texts, delimiter=table.delimiter, line_end=r"\n", not_null=texts)
        is_odd = f"c0 = {quoted(table.names[0])} AS is_odd"
        filled = " OR ".join(f"{cell} <> ''" for cell in texts)
        line = table.first_line
        with source.text() as text:
            blocks = clean_blocks(_utf8_from(text, line), table.delimiter, len(texts))
            for content in _in_portions(self._with_progress(blocks)):
                numbered = f"FROM {lines} SELECT row_number() OVER () + {line - 1} AS line, {is_odd}, *"
                yield content, f"(FROM ({numbered}) WHERE {filled})"
                line += content.count(b"\n")

    def _split_portions(self) -> Generator[_Portion]:
        """Yield portions of the records that the reader has split, written as CSV."""
        relation = csv_source("{path}", {"line": "BIGINT", "is_odd": "BOOLEAN", **self._cells}, not_null=self._cells)
        for content in _in_portions(self._with_progress(self._csv_blocks())):
            yield content, relation

    def _with_progress(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._progress()
            yield block

    def _csv_blocks(self) -> Iterator[bytes]:
        """Yield the records as blocks of CSV; if the file cannot be read further, note the problem and stop."""
        blank = [""] * len(self.columns)
        text = io.StringIO()
        # With this line end, the writer quotes fields that contain CR or LF.
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

    def _texts(self, record: RawRecord | BrokenRecord) -> Sequence[str] | None:
        """Return the cells of a record as texts in the order of `columns`, None if only the reader can parse it."""
        is_json = self._reader.format == "jsonl"
        if isinstance(record, BrokenRecord) or (is_json and "" in record.names):
            return None
        texts = self._reader.row_reader.texts(record)
        if texts is None or sum(map(len, texts)) > _LONGEST_RECORD:
            return None
        named = dict(zip(self._meanings(record.names), texts, strict=True))
        return [named.get(column, "") for column in self.columns] if is_json else texts

    def _meanings(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._known.meaning(name) or "" for name in names)


def _utf8_from(text: TextIO, first_line: int) -> Iterator[bytes]:
    """Yield a text from a line on, as UTF-8."""
    for _line in islice(text, first_line - 1):
        pass
    while characters := text.read(_CHARACTERS_TOGETHER):
        yield characters.encode()


def _in_portions(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Join blocks into portions that are large enough for a statement each."""
    portion: list[bytes] = []
    for block in blocks:
        portion.append(block)
        if sum(map(len, portion)) >= _PORTION_BYTES:
            yield b"".join(portion)
            portion.clear()
    if portion:
        yield b"".join(portion)
