"""Writes each notice to a folder as a printable letter, with a table of the recipients."""

from collections.abc import Iterator
from pathlib import Path

from db.access import new_file, sync
from workbench.domain.policy.policy import Supplier
from workbench.services.exporting import notices
from workbench.services.exporting.request import ExportFormat
from workbench.services.exporting.sheets import Record, write_rows
from workbench.services.exporting.source import Source
from workbench.services.notices.letter_page import letter_pages, short_message

TABLE = "notices.csv"
"""The table of the letters in the folder: the columns of the export and the name of each letter's files."""


def write_letters(folder: Path, source: Source, supplier: Supplier, *, with_sms: bool) -> int:
    """Write the letters and their table to a folder, and return the number of letters."""
    table = folder / TABLE
    rows = _written(folder, source, supplier, with_sms=with_sms)
    count = write_rows(table, ExportFormat.CSV, (*notices.COLUMNS, "file"), rows)
    sync(table)
    return count


def _written(folder: Path, source: Source, supplier: Supplier, *, with_sms: bool) -> Iterator[Record]:
    """Yield the row of each notice after its files were written."""
    for row in notices.rows(source):
        stem = f"{row['case']}-{row['notice']:06}-{row['kind']}"
        texts = letter_pages(row, supplier)
        if with_sms:
            texts[".sms.txt"] = "\n".join(short_message(row, supplier)) + "\n"
        for suffix, text in texts.items():
            with new_file(folder / f"{stem}{suffix}") as file:
                file.write(text.encode())
        yield {**row, "file": stem}
