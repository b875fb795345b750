"""Rows above the header: titles are passed over, records are told; rows of a sheet keep their order."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.files.reading.samples import KINDS, SHANGHAI, good, read, sheet_of
from tests.services.files.reading.workbooks import Value, write_cells, write_workbook
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.reader import open_reader

SUFFIXES = [".csv", ".xlsx"]


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write rows as a CSV file or a workbook."""
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(f'"{cell}"' if cell else "" for cell in row) for row in rows), "utf-8")
        return path
    cells: list[list[Value]] = [list(row) for row in rows]
    return write_workbook(path, {"虚构": cells})


def lines_told(path: Path, kind: ImportKind) -> list[int]:
    """Return the lines of the rows above the header that are told."""
    with pytest.raises(FileProblem, match="above the header") as told:
        open_reader(path, kind, zone=SHANGHAI)
    return [problem.line for problem in told.value.problems]


def test_records_above_the_header_are_told_for_every_kind(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        for kind in KINDS:
            header, first, *others = sheet_of(kind)

            path = write(tmp_path / f"rows{suffix}", [["虚构清单"], first, header, *others])

            assert lines_told(path, kind) == [2]


def test_a_bad_record_or_a_number_of_a_sheet_above_the_header_does_not_vanish_either(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        for msisdn in ["13800138000", "138****8000", "1380013"]:
            rows = [["A-1", msisdn], ["A-2", "13900139000"], ["application_no", "msisdn"], ["A-3", "13900139001"]]
            assert lines_told(write(tmp_path / f"cards{suffix}", rows), ImportKind.CARDS) == [1, 2]
    path = write_workbook(tmp_path / "c.xlsx", {"号卡": [["A-1", 13900139000], ["application_no", "msisdn"]]})
    assert lines_told(path, ImportKind.CARDS) == [1]


def test_titles_above_the_header_are_passed_over_for_every_kind(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        for kind in KINDS:
            header, *rows = sheet_of(kind)
            titles = [
                ["虚构清单"],
                ["虚构清单", "2026-11-01"],
                ["制表: 虚构", "日期: 2026年11月"],
                # What the columns hold, in words of the sender's own.
                [f"说明 {column_names(kind).chinese[column]} (见备注)" for column in header],
            ]

            path = write(tmp_path / f"rows{suffix}", [*titles, header, *rows])

            assert len(good(read(path, kind))) == len(rows)


def cells(line: int | None, *texts: str) -> str:
    """Return a row of a sheet, with its number or without."""
    number = "" if line is None else f' r="{line}"'
    return f"<row{number}>" + "".join(f'<c t="str"><v>{text}</v></c>' for text in texts) + "</row>"


HEADER = cells(5, "application_no", "msisdn")
CARD = ("A-1", "13800138000")


def test_rows_and_cells_of_a_sheet_that_are_out_of_order_or_repeated_are_refused(tmp_path: Path) -> None:
    twice = '<row r="6"><c r="A6" t="str"><v>A-1</v></c><c r="B6"><v>1</v></c><c r="B6"><v>2</v></c></row>'
    for rows, line in [
        (HEADER + cells(5, *CARD), 5),
        (HEADER + cells(4, *CARD), 4),
        (HEADER + cells(6, *CARD) + cells(6, "A-2", "13900139000"), 6),
        (HEADER + cells(6, *CARD) + cells(None, "A-2", "13900139000") + cells(7, "A-3", "13900139000"), 7),
        (HEADER + twice, 6),
    ]:
        path = write_cells(tmp_path / "c.xlsx", rows, name="号卡")

        with pytest.raises(FileProblem, match="not in their order") as told:
            read(path, ImportKind.CARDS)
        [problem] = told.value.problems
        assert (problem.sheet, problem.line) == ("号卡", line)
