"""Sheets of workbooks: the same values as in CSV, and damage told at its cell."""

import os
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from db.enums import ImportKind
from tests.services.files.reading.samples import KINDS, SHANGHAI, bad, good, read, sheet_of
from tests.services.files.reading.workbooks import Value, write_cells, write_parts, write_workbook
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.errors import BadData, NotFound
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.reader import open_reader
from workbench.services.files.reading.sheets.workbook import SheetRow, Workbook


def moment(*parts: int) -> datetime:
    """Return a local moment, as sheets have them."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a sheet knows no zone


APPLICATION: dict[str, Value] = {
    "application_no": "A-1",
    "submitted_at": moment(2026, 11, 23, 10, 5),
    "applicant_kind": "enterprise",
    "applicant_name": "虚构甲号公司",
    "handler_name": "乙某某",
    "handler_id_no": "11010519491231002X",
}


def of_application(path: Path, **cells: Value) -> Path:
    """Write an application with other cells."""
    row = {**APPLICATION, **cells}
    return write_workbook(path, {"Sheet1": [list(row), list(row.values())]})


def problems_of(path: Path, kind: ImportKind = ImportKind.APPLICATIONS) -> list[tuple[str, int, str, str]]:
    """Return sheet, line, column and message of everything that is wrong."""
    return [
        (problem.sheet, problem.line, problem.column, problem.message)
        for record in bad(read(path, kind))
        for problem in record.problems
    ]


def test_every_kind_gives_the_rows_of_its_csv(tmp_path: Path) -> None:
    for kind in KINDS:
        for is_chinese in [False, True]:
            text = tmp_path / "rows.csv"
            text.write_text(
                "\n".join(",".join(f'"{cell}"' for cell in row) for row in sheet_of(kind)), encoding="utf-8"
            )
            path = write_workbook(tmp_path / "rows.xlsx", {"虚构": sheet_of(kind, is_chinese=is_chinese)})

            rows, expected = good(read(path, kind)), good(read(text, kind))

            assert [row.value for row in rows] == [row.value for row in expected]
            assert [row.line for row in rows] == list(range(2, len(rows) + 2))
            assert list(rows[0].raw.values()) == list(expected[0].raw.values())


def test_dates_numbers_and_flags_are_the_values_that_they_show(tmp_path: Path) -> None:
    (row,) = good(
        read(
            of_application(
                tmp_path / "a.xlsx",
                registered_capital_cny=1234567.5,
                licence_valid_to=date(9999, 12, 31),
                handler_id_issued_on=date(2015, 1, 2),
                contact_phone=13800138000,
                application_no=20261103001,
            ),
            ImportKind.APPLICATIONS,
        )
    )
    facts = row.value

    assert facts["submitted_at"].astimezone(SHANGHAI).isoformat() == "2026-11-23T10:05:00+08:00"
    assert facts["registered_capital_fen"] == 123456750
    assert facts["licence_valid_to"] == LONG_TERM
    assert facts["handler_id_issued_on"] == date(2015, 1, 2)
    assert (facts["contact_phone"], facts["application_no"]) == ("13800138000", "20261103001")
    assert row.raw["submitted_at"] == "2026-11-23 10:05:00"


def test_flags_whole_numbers_zeros_of_a_format_and_dates_from_1904_are_what_they_show(tmp_path: Path) -> None:
    header: list[Value] = ["application_no", "kind", "path", "sealed"]
    path = write_workbook(
        tmp_path / "d.xlsx",
        {"documents": [header, ["A-1", "BIZ_LICENSE", "a.pdf", True], [7, "AUTH_LETTER", "b.pdf", 0]]},
    )
    first, second = (row.value for row in good(read(path, ImportKind.DOCUMENTS)))
    assert (first["sealed"], second["sealed"], second["application_no"]) == (True, False, "7")

    rows: dict[str, list[list[Value]]] = {"optouts": [["callee", "since"], [2112345678, "2026-10-01"]]}
    (row,) = good(read(write_workbook(tmp_path / "o.xlsx", rows, number_format="00000000000"), ImportKind.OPTOUTS))
    assert row.value["callee"] == "02112345678"

    rows = {"Sheet1": [list(APPLICATION), list(APPLICATION.values())]}
    paths = [write_workbook(tmp_path / f"{flag}.xlsx", rows, is_1904=flag) for flag in (False, True)]
    one, other = (good(read(path, ImportKind.APPLICATIONS))[0].value for path in paths)
    assert one == other


@pytest.mark.promise("I7")
def test_what_a_spreadsheet_damages_is_told_at_its_cell(tmp_path: Path) -> None:
    rows: list[tuple[str, Value, str]] = [
        ("handler_id_no", 110105194912310020, "lost digits"),
        ("handler_id_no", "1.10105E+17", "lost digits"),
        ("uscc", 911100006000373412, "lost digits"),
        ("application_no", 1.10105e17, "lost digits"),
        ("application_no", date(2026, 11, 1), "made a date"),
        ("contact_phone", 1012345678, "lost the zero"),
        ("handler_id_no", "110105194912310000", "lost digits"),
        ("contact_phone", "13800138000.0", "lost digits"),
        ("contact_phone", "1.38001E+10", "lost digits"),
        ("submitted_at", "45000.375", "day count"),
        ("contact_phone", True, "yes or no"),
        ("msisdns", 1.380013800013900e21, "lost digits"),
        ("handler_id_issued_on", 45000, "day count"),
        ("handler_id_issued_on", "45000", "day count"),
        ("submitted_at", 45000.375, "day count"),
        ("licence_valid_to", 45000, "day count"),
        ("handler_id_issued_on", moment(2026, 11, 1, 9), "not a valid date"),
        ("uscc", "#N/A", "contains the error"),
        ("applicant_name", "#REF!", "contains the error"),
        ("registered_capital_cny", 1234.565, "2 decimals"),
    ]
    for column, value, words in rows:
        (problem,) = problems_of(of_application(tmp_path / "a.xlsx", **{column: value}))

        assert problem[:3] == ("Sheet1", 2, column)
        assert words in problem[3]
        if isinstance(value, str):
            row = {**APPLICATION, "submitted_at": "2026-11-23 10:05", column: value}
            path = tmp_path / "a.csv"
            path.write_text(",".join(row) + "\n" + ",".join(map(str, row.values())), encoding="utf-8")
            assert [problem[:3] for problem in problems_of(path)] == [("", 2, column)], "the same damage in CSV"


def test_a_damaged_cell_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    path = of_application(tmp_path / "a.xlsx", contact_phone=1.38e20, applicant_kind="虚构", handler_name=None)

    assert {problem[2] for problem in problems_of(path)} == {"contact_phone", "applicant_kind", "handler_name"}


def test_a_formula_counts_as_what_it_came_to(tmp_path: Path) -> None:
    head = "".join(
        f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("application_no", "msisdn", "iccid", "brand")
    )
    path = write_cells(
        tmp_path / "c.xlsx",
        f'<row>{head}</row><row><c t="str"><f>"A"</f><v>A-1</v></c><c><f>1+1</f><v>13800138000</v></c>'
        '<c><f>NOW()</f></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="9"><c r="A9" t="str"><v>A-1</v></c><c r="B9"><v>1.39001390000E+10</v></c></row>',
    )

    records = read(path, ImportKind.CARDS)

    assert [(problem.line, problem.column) for problem in bad(records)[0].problems] == [(2, "brand")]
    assert bad(records)[0].raw["iccid"] == ""
    assert good(records)[0].value["msisdn"] == "13900139000"
    assert good(records)[0].line == 9


def test_rich_text_and_escapes_are_plain_text_and_readings_are_left_out(tmp_path: Path) -> None:
    strings = (
        "<si><t>application_no</t></si><si><t>msisdn</t></si><si><t>brand</t></si><si><t>A-1</t></si>"
        "<si><t>13800138000</t></si><si><r><t>虚</t></r><r><t xml:space='preserve'>构 </t></r><rPh><t>xu</t></rPh></si>"
    )
    rows = "".join(
        "<row>" + "".join(f'<c t="s"><v>{number}</v></c>' for number in numbers) + "</row>"
        for numbers in ((0, 1, 2), (3, 4, 5))
    )
    path = write_parts(tmp_path / "c.xlsx", [("cards", rows)], strings=strings.replace("A-1", "A_x002D_1"))

    (row,) = good(read(path, ImportKind.CARDS))

    assert (row.value["application_no"], row.value["brand"]) == ("A-1", "虚构")


def test_a_sheet_named_like_the_kind_is_read_else_the_first_with_rows(tmp_path: Path) -> None:
    cards: list[list[Value]] = [["application_no", "msisdn"], ["A-1", "13800138000"]]
    named = write_workbook(tmp_path / "named.xlsx", {"说明": [["虚构"]], "号卡": cards})
    first = write_workbook(tmp_path / "first.xlsx", {"空": [], "Sheet2": cards, "Sheet3": [["虚构"]]})

    for path, sheet in ((named, "号卡"), (first, "Sheet2")):
        with open_reader(path, ImportKind.CARDS, zone=SHANGHAI) as reader:
            assert (reader.sheet, reader.format, len(good(list(reader)))) == (sheet, "xlsx", 1)


def test_merged_cells_below_the_header_are_refused_and_in_a_title_they_are_not(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{line}">' + "".join(f'<c t="str"><v>{cell}</v></c>' for cell in cells) + "</row>"
        for line, cells in ((1, ["虚构标题"]), (2, ["application_no", "msisdn"]), (3, ["A-1", "1"]), (4, ["A-2", "2"]))
    )
    title, data = (
        write_cells(
            tmp_path / f"{place}.xlsx", rows, after=f'<mergeCells><mergeCell ref="{span}"/></mergeCells><pageMargins/>'
        )
        for place, span in enumerate(("A1:C1", "A3:A4"))
    )

    assert len(good(read(title, ImportKind.CARDS))) == 2
    with pytest.raises(FileProblem, match="A3:A4 are merged"):
        read(data, ImportKind.CARDS)


def test_another_library_reads_the_same_cells(tmp_path: Path) -> None:
    values: list[list[Value]] = [
        ["文字", 1, 2.5, True, date(2026, 11, 3), moment(2026, 11, 3, 9, 5, 1)],
        ["_x0041_", 1e20, -3, False, date(1900, 3, 1), moment(1999, 12, 31, 23, 59, 59)],
    ]
    path = write_workbook(tmp_path / "v.xlsx", {"一": values})
    with CalamineWorkbook.from_path(path) as other:
        theirs = other.get_sheet_by_name("一").to_python()

    book = Workbook(path)
    ours = [row for row in book.rows(book.sheets[0]) if isinstance(row, SheetRow)]
    book.close()

    for row, cells in zip(ours, theirs, strict=True):
        assert [str(row.cells[column]) for column in range(3)] == [cells[0], *(_shown(cell) for cell in cells[1:3])]
        assert str(row.cells[3]) == str(cells[3]).lower()
        assert [str(row.cells[column]) for column in (4, 5)] == [str(cell) for cell in cells[4:]]


def _shown(value: object) -> str:
    assert isinstance(value, float)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else str(value)


def test_a_pipe_or_a_text_that_is_called_a_workbook_is_refused(tmp_path: Path) -> None:
    pipe, text, empty = tmp_path / "pipe.xlsx", tmp_path / "text.xlsx", tmp_path / "empty.xlsx"
    os.mkfifo(pipe)
    text.write_text("application_no,msisdn\n", encoding="utf-8")
    write_workbook(empty, {"号卡": []})

    with pytest.raises(BadData, match="no regular file"):
        read(pipe, ImportKind.CARDS)
    with pytest.raises(BadData, match="no regular file"):
        read(Path("/dev/zero"), ImportKind.CARDS)
    with pytest.raises(FileProblem, match="no XLSX workbook"):
        read(text, ImportKind.CARDS)
    with pytest.raises(FileProblem, match="sheet 号卡: The sheet is empty"):
        read(empty, ImportKind.CARDS)
    with pytest.raises(NotFound):
        read(tmp_path / "none.xlsx", ImportKind.CARDS)


def test_a_workbook_without_its_extension_is_known_by_how_it_begins(tmp_path: Path) -> None:
    write_workbook(tmp_path / "w.xlsx", {"号卡": [["申请编号", "号码"], ["A-1", "13800138000"]]})

    path = (tmp_path / "w.xlsx").rename(tmp_path / "workbook")

    assert len(good(read(path, ImportKind.CARDS))) == 1


def test_a_workbook_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    rows = [["application_no", "msisdn"], *([f"A-{number}", f"{13800000000 + number}"] for number in range(2_000))]
    path = write_workbook(tmp_path / "a.xlsx", {"cards": rows})

    with open_reader(path, ImportKind.CARDS, zone=SHANGHAI) as reader:
        records = iter(reader)
        next(records)
        os.utime(path, (1, 1))
        with pytest.raises(FileProblem, match="changed"):
            list(records)
