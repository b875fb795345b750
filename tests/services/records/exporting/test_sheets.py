"""Rows written as CSV, JSON Lines and Excel sheets."""

import csv
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.services.records.exporting.unguarding import unguarded
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.errors import CannotCreate
from workbench.services.records.exporting.request import ExportFormat
from workbench.services.records.exporting.sheets import Record, encode_page, guarded, in_pages, write_rows

COLUMNS = ("name", "count", "amount", "flag", "on", "until", "absent")
ROW: Record = {
    "name": "虚构公司",
    "count": 3,
    "amount": Decimal("1234.50"),
    "flag": True,
    "on": date(2026, 11, 24),
    "until": LONG_TERM,
    "absent": None,
}
HOSTILE = ("=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", " =1", "\u200b=1", "＝1", "'=1", "http://x.example", "{=1}")


def _write(path: Path, chosen: ExportFormat, rows: Sequence[Record], columns: Sequence[str] = COLUMNS) -> None:
    write_rows(path, chosen, columns, in_pages(columns, rows))


def test_a_csv_has_a_byte_order_mark_and_quotes_everything(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    _write(path, ExportFormat.CSV, [ROW])

    assert path.read_bytes().decode() == (
        "\ufeff" + ",".join(f'"{column}"' for column in COLUMNS) + "\r\n"
        '"虚构公司","3","1234.50","yes","2026-11-24","long-term",""\r\n'
    )


@given(st.lists(st.tuples(*[st.text(st.sampled_from("\"',\r\n=张0"), max_size=4)] * 2), min_size=1, max_size=4))
def test_a_csv_is_as_the_library_writes_it(rows: list[tuple[str, str]]) -> None:
    expected = StringIO()
    writer = csv.writer(expected, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded(text) for text in row] for row in rows)

    _count, text = encode_page(ExportFormat.CSV, ("a", "b"), list(zip(*rows, strict=True)))

    assert text.decode() == expected.getvalue()


def test_json_lines_keep_numbers_and_null(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"

    _write(path, ExportFormat.JSONL, [ROW, ROW])

    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (
        first
        == second
        == {
            "name": "虚构公司",
            "count": 3,
            "amount": 1234.5,
            "flag": True,
            "on": "2026-11-24",
            "until": "long-term",
            "absent": None,
        }
    )


@pytest.mark.promise("P7", "T4")
def test_hostile_texts_in_a_csv_are_restored_and_never_start_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    _write(path, ExportFormat.CSV, [{"name": text} for text in HOSTILE], ("name",))

    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert tuple(unguarded(cell) for cell in cells) == HOSTILE
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "＝")) for cell in cells)


@pytest.mark.promise("T4")
def test_hostile_texts_are_text_cells_in_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"

    _write(path, ExportFormat.XLSX, [{"name": text} for text in HOSTILE], ("name",))

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    assert [row[0] for row in sheet.to_python()] == ["name", *HOSTILE]
    with zipfile.ZipFile(path) as parts:
        body = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in body
        assert "hyperlink" not in body
        assert 'state="frozen"' in body


def test_numbers_are_number_cells_in_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"

    _write(path, ExportFormat.XLSX, [ROW])

    header, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert header == list(COLUMNS)
    assert row == ["虚构公司", 3.0, 1234.5, "yes", date(2026, 11, 24), "long-term", ""]


def test_dates_and_times_are_date_cells_in_a_sheet_and_other_texts_stay(tmp_path: Path) -> None:
    path, at = tmp_path / "out.xlsx", "2026-11-24T10:05:30+08:00"
    # An application may have a number or a name like a date, and spreadsheets count the days of 1900 wrongly.
    cells: Record = {
        "sent_at": at,
        "listed_on": "2026-11-03",
        "application_no": "2026-11-03",
        "issued_on": "1900-01-31",
    }

    _write(path, ExportFormat.XLSX, [cells, {**cells, "sent_at": "", "listed_on": "2026-02-30"}], tuple(cells))

    _header, row, other = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert row == [datetime(2026, 11, 24, 10, 5, 30), date(2026, 11, 3), "2026-11-03", "1900-01-31"]  # noqa: DTZ001
    assert other == ["", "2026-02-30", "2026-11-03", "1900-01-31"]


def test_a_text_too_long_for_a_cell_is_refused_and_leaves_no_open_file(tmp_path: Path) -> None:
    with pytest.raises(CannotCreate, match="too long"):
        _write(tmp_path / "out.xlsx", ExportFormat.XLSX, [{"name": "字" * 32_768}], ("name",))

    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "out.xlsx"] == []
