"""How a file is read, by its name and its first bytes."""

from pathlib import Path

from db.enums import ImportKind
from workbench.services.reading.jsonl import JsonLines
from workbench.services.reading.opened import is_archive
from workbench.services.reading.packed import PACKED_SUFFIXES
from workbench.services.reading.parquet_source import PARQUET_SUFFIX, ParquetSource, ParquetTable
from workbench.services.reading.sheet_names import sheet_of
from workbench.services.reading.sheet_table import SheetTable
from workbench.services.reading.sources import TEXT_SUFFIXES, SheetSource, TextSource
from workbench.services.reading.table import CsvTable
from workbench.services.reading.workbook import Workbook

Source = TextSource | SheetSource | ParquetSource
"""A file or sheet that can be read as often as it is asked for.

`file` is what the sheets of a workbook have in common, `bytes_count` and `sha256` are its own; `pass_bytes` is how many
bytes one pass reads, `bytes_read` how far the present one has come.
"""

Table = CsvTable | JsonLines | SheetTable | ParquetTable
"""Records of one kind, once: their columns, and the line of the header, 0 where each record names its own.

`above` are the rows over the header, with their cells below the names of the columns.
"""

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})


def source_of(path: Path, kind: ImportKind, encoding: str | None) -> Source:
    """Return where the records of a file come from."""
    suffix = path.suffix.lower()
    has_calls = kind is ImportKind.CALLS
    if has_calls and suffix == PARQUET_SUFFIX:
        return ParquetSource(path)
    is_text = suffix in TEXT_SUFFIXES or (has_calls and suffix in PACKED_SUFFIXES)
    if suffix in WORKBOOK_SUFFIXES or (not is_text and is_archive(path)):
        workbook = Workbook(path)
        return SheetSource(workbook, sheet_of(workbook, kind))
    return TextSource(path, encoding, may_be_packed=has_calls)
