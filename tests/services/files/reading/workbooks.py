"""Made-up workbooks: as a spreadsheet program writes them, and as somebody does who means harm."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Value = str | int | float | bool | date | None

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0"?>'

Part = str | Iterable[str]


def write_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Value]]],
    *,
    number_format: str = "",
    is_1904: bool = False,
    hidden: Sequence[str] = (),
    merged: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
) -> Path:
    """Write sheets of values as a spreadsheet program does; numbers get a format, dates the usual one.

    Of merged cells, given by their first and last row and column, the first has the value.
    """
    options = {"date_1904": is_1904, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(str(path), options)
    shown = book.add_format({"num_format": "yyyy-mm-dd"})
    with_clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    number = book.add_format({"num_format": number_format}) if number_format else None
    formats = {datetime: with_clock, date: shown, int: number, float: number}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for first_row, first_column, last_row, last_column in (merged or {}).get(name, ()):
            sheet.merge_range(first_row, first_column, last_row, last_column, "")
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in ("", None):
                    sheet.write(line, column, value, formats.get(type(value)))
    book.close()
    return path


def write_cells(path: Path, rows: Part, *, name: str = "Sheet1", **parts: Any) -> Path:
    """Write one sheet of raw rows, as `<row>` elements."""
    return write_parts(path, [(name, rows)], **parts)


def write_parts(
    path: Path,
    sheets: Sequence[tuple[str, Part]],
    *,
    strings: Part | None = None,
    styles: str = "",
    head: str = _HEAD,
    after: str = "",
) -> Path:
    """Write a workbook of raw parts: the rows of each sheet, and the `<si>` elements that they share."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _relations([("r", "officeDocument", "xl/workbook.xml")]))
        listed = "".join(
            f'<sheet name="{name}" sheetId="{place}" r:id="s{place}"/>' for place, (name, _rows) in enumerate(sheets, 1)
        )
        package.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
        )
        relations = [
            (f"s{place}", "worksheet", f"worksheets/sheet{place}.xml") for place, _sheet in enumerate(sheets, 1)
        ]
        if strings is not None:
            relations.append(("strings", "sharedStrings", "sharedStrings.xml"))
            _write(package, "xl/sharedStrings.xml", (f'{head}<sst xmlns="{_MAIN}">', strings, "</sst>"))
        if styles:
            relations.append(("styles", "styles", "styles.xml"))
            package.writestr("xl/styles.xml", f'{_HEAD}<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>')
        package.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
        for place, (_name, rows) in enumerate(sheets, 1):
            start = f'{head}<worksheet xmlns="{_MAIN}"><sheetData>'
            _write(package, f"xl/worksheets/sheet{place}.xml", (start, rows, f"</sheetData>{after}</worksheet>"))
    return path


def _relations(relations: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{identity}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for identity, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def _write(package: zipfile.ZipFile, name: str, parts: Sequence[Part]) -> None:
    with package.open(name, "w", force_zip64=False) as file:
        for part in parts:
            for text in [part] if isinstance(part, str) else part:
                file.write(text.encode())
