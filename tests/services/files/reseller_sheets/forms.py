"""Reads what a form shows and offers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from xlsxwriter.utility import xl_col_to_name

from workbench.services.files.reading.sheets.workbook import SheetRow, Workbook

_DROP_DOWN = re.compile(r'sqref="([A-Z]+)3:[^>]*>(?:<formula1>)lists!\$([A-Z]+)\$1(?::\$[A-Z]+\$(\d+))?<')


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a form: its name, its part and title, the names of its columns, and the words to choose from."""

    name: str
    part: str
    title: str
    columns: Sequence[str]
    choices: Mapping[str, Sequence[str]]


def sheets_of(path: Path) -> list[FormSheet]:
    """Return the sheets that people see."""
    workbook = Workbook(path)
    rows = {part.name: [row for row in workbook.rows(part) if isinstance(row, SheetRow)] for part in workbook.sheets}
    found = []
    with ZipFile(path) as package:
        for part in workbook.sheets:
            if part.is_hidden:
                continue
            names = [str(name) for name in rows[part.name][1].cells.values()]
            letters = {xl_col_to_name(place): name for place, name in enumerate(names)}
            lists = {xl_col_to_name(place): place for place in range(50)}
            xml = package.read(part.part).decode()
            choices = {
                letters[letter]: [str(row.cells[lists[column]]) for row in rows["lists"][: int(count or 1)]]
                for letter, column, count in _DROP_DOWN.findall(xml)
            }
            title = str(rows[part.name][0].cells[0])
            found.append(FormSheet(part.name, part.part, title, names, choices))
    workbook.close()
    return found
