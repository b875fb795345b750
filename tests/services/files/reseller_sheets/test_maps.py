"""Sheets of resellers are imported with a map that a person has confirmed, and never by a guess."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.services.files.reseller_sheets import sheets
from tests.services.files.reseller_sheets.sheets import (
    CODES,
    COMPANIES,
    NUMBERS,
    Sheet,
    Value,
    write_workbook,
)
from tests.services.intake.importing.files import PDF
from tests.sites import Site

pytestmark = pytest.mark.proof

BOTH = pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
SUBMITTED = "2026-11-23T00:00:00+08:00"

# Of each sheet the first application and the last: number, company, capital in yuan, numbers.
SHEETS: dict[Callable[[], Sheet], list[tuple[str, str, int | None, list[str]]]] = {
    sheets.titled: [
        ("HB2026-0", COMPANIES[0], 5_000_000, [*NUMBERS[:2]]),
        ("HB2026-2", COMPANIES[2], 5_020_000, [*NUMBERS[4:]]),
    ],
    sheets.one_row_for_each_number: [
        ("M-0", COMPANIES[0], None, [*NUMBERS[:3]]),
        ("M-1", COMPANIES[1], None, [*NUMBERS[3:]]),
    ],
    sheets.everything_at_once: [
        ("X-0", COMPANIES[0], 1_005_000, [*NUMBERS[:3]]),
        ("X-1", COMPANIES[1], 1_005_000, [*NUMBERS[3:]]),
    ],
    sheets.numbers_in_columns: [
        ("C-0", COMPANIES[0], None, [*NUMBERS[:2]]),
        ("C-1", COMPANIES[1], None, [*NUMBERS[2:4]]),
    ],
}


@pytest.fixture
def terminal(site: Site) -> Terminal:
    return Terminal(site)


def propose(terminal: Terminal, path: Path, name: str = "湖北联合", kind: str = "applications") -> Path:
    """Import a file for the first time, and return the proposed map."""
    told = refused(terminal.as_person("admin", "import", kind, str(path), "--map", name, "--json"), 66)
    proposal = terminal.site.path.parent / f"{terminal.site.path.name}.store" / "maps" / f"{name}.{kind}.proposal.toml"
    assert f"workbench maps accept {name}" in told
    assert str(proposal) in told
    assert terminal.document("admin", "imports")["batches"] == []
    return proposal


def take(terminal: Terminal, path: Path, name: str = "湖北联合", kind: str = "applications") -> Any:
    """Import a file with a map that was accepted."""
    return terminal.document("admin", "import", kind, str(path), "--map", name)


def accept(terminal: Terminal, name: str = "湖北联合") -> str:
    """Put a proposed map into use, and return its check value."""
    return str(terminal.document("admin", "maps", "accept", name)["maps"][0]["sha256"])


def errors_of(terminal: Terminal, path: Path) -> list[dict[str, Any]]:
    """Return the errors of a file that is refused with its map."""
    result = terminal.as_person("admin", "import", "applications", str(path), "--map", "湖北联合", "--json")
    assert result.exit_code == 65, result.output
    errors: list[dict[str, Any]] = json.loads(result.stdout)["errors"]
    return errors


@pytest.mark.parametrize(
    ("build", "suffix"),
    [(build, suffix) for build in SHEETS for suffix in ((".xlsx",) if build().merged else (".xlsx", ".csv"))],
)
def test_a_sheet_is_imported_once_its_proposed_map_is_accepted(
    terminal: Terminal, tmp_path: Path, build: Callable[[], Sheet], suffix: str
) -> None:
    path = build().write(tmp_path / f"sheet{suffix}")
    propose(terminal, path)
    digest = accept(terminal)

    report = take(terminal, path)

    expected = SHEETS[build]
    assert (report["error_count"], report["created"]) == (0, 3 if build is sheets.titled else 2), report["errors"]
    for case, application in ((1, expected[0]), (report["created"], expected[-1])):
        number, company, capital, numbers = application
        shown = terminal.document("a", "show", f"C-{case:06}", "--reveal")
        identity = shown["identity"]
        assert (shown["agent"], shown["application_no"], identity["applicant_name"]) == ("湖北联合", number, company)
        assert identity["registered_capital_cny"] == capital
        assert identity["msisdns"] == numbers
        assert identity["uscc"] in CODES
    assert identity["submitted_at"] == SUBMITTED
    # The log has the map twice: when it was accepted, and when the file was read with it.
    log = tmp_path / "events.jsonl"
    terminal.document("admin", "export", "events", "--output", str(log))
    assert log.read_text(encoding="utf-8").count(digest) == 2


def test_sheets_with_the_same_columns_are_read_and_others_are_left_alone_and_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    one, two = sheets.titled(), sheets.titled()
    two = Sheet([[f"B{value}" if str(value).startswith("HB2026") else value for value in row] for row in two.rows])
    found = {"说明": Sheet([["请按月填写"]]), "移动卡 ": one, "联通卡": two, "旧": sheets.without_telling_names()}
    path = write_workbook(tmp_path / "book.xlsx", {**found, "Sheet2": Sheet([])}, hidden=["旧"])
    assert 'sheets = ["移动卡", "联通卡"]' in propose(terminal, path).read_text(encoding="utf-8")
    accept(terminal)

    result = terminal.as_person("admin", "import", "applications", str(path), "--map", "湖北联合", "--json")

    read = [(sheet["sheet"], sheet["rows"]) for sheet in json.loads(result.stdout)["sheets"]]
    assert read == [("移动卡 ", 3), ("联通卡", 3)]
    assert "book.xlsx: not read, by the map: 说明" in result.stderr


def test_what_nobody_can_tell_is_left_to_a_person(terminal: Terminal, tmp_path: Path) -> None:
    rows = [[*row] for row in sheets.without_telling_names().rows]
    for place, row in enumerate(rows):
        row.insert(1, "字段" if place == 0 else f"某事{place}")
        row.insert(2, "注册资本" if place == 0 else 500)
    path = Sheet(rows).write(tmp_path / "sheet.csv")
    proposal = propose(terminal, path)

    result = terminal.as_person("admin", "maps", "accept", "湖北联合", "--json")

    assert result.exit_code == 78
    told = result.stderr
    text = proposal.read_text(encoding="utf-8")
    line = next(number for number, found in enumerate(text.splitlines(), 1) if found.startswith('"字段"'))
    assert f"{proposal}, line {line}: columns.字段: nobody has decided what “字段” means" in told
    assert f"line {line + 1}: columns.注册资本.unit: nobody has decided the unit" in told
    proposal.write_text(
        text.replace('"字段" = "?"', '"字段" = "industry"').replace('unit = "?"', 'unit = "万元"'), encoding="utf-8"
    )
    accept(terminal)
    assert take(terminal, path)["created"] == 3
    identity = terminal.document("a", "show", "C-1")["identity"]
    assert (identity["industry"], identity["registered_capital_cny"]) == ("某事1", 5_000_000)


@BOTH
def test_errors_name_the_row_and_column_of_the_sheet(terminal: Terminal, tmp_path: Path, suffix: str) -> None:
    sheet = sheets.titled()
    rows = [[*row] for row in sheet.rows]
    rows[3][2], rows[4][5], rows[5][9] = "下周", "五百", "17012345671、170****5672"
    path = Sheet(rows, sheet.merged).write(tmp_path / f"sheet{suffix}")
    propose(terminal, sheet.write(tmp_path / f"other{suffix}"))
    accept(terminal)

    errors = errors_of(terminal, path)

    assert [(error["line"], error["column"]) for error in errors] == [
        (4, "申请日期"),
        (5, "注册资本(万元)"),
        (6, "申请手机号"),
    ]
    assert all(error["file"] == path.name for error in errors)
    assert [error["letters"] for error in errors] == (["C", "F", "J"] if suffix == ".xlsx" else [None] * 3)

    # A number with words is refused or goes to the rejects.
    rows = [[*row] for row in sheet.rows]
    for place, number in enumerate(("17118100002（共3个）", "17118100002(主) 17118100003(备)", "13800000043微信同号")):
        rows[3 + place][9] = number
    path = Sheet(rows, sheet.merged).write(tmp_path / f"numbers{suffix}")
    errors = errors_of(terminal, path)
    assert [(error["line"], error["column"]) for error in errors] == [(line, "申请手机号") for line in (4, 5, 6)]
    assert all("is no part of a number" in error["message"] for error in errors)
    words = ("import", "applications", str(path), "--map", "湖北联合", "--rejects", str(tmp_path / f"rejects{suffix}"))
    assert json.loads(terminal.as_person("admin", *words, "--json").stdout)["rejected"] == 3


@BOTH
def test_errors_in_a_record_of_several_rows_name_the_row(terminal: Terminal, tmp_path: Path, suffix: str) -> None:
    sheet = sheets.one_row_for_each_number()
    good = sheet.write(tmp_path / f"good{suffix}")
    file = propose(terminal, good).with_name("湖北联合.applications.toml")
    accept(terminal)
    for row, column, value, told in (
        (3, 7, "170****5672", (3, "手机号码")),
        (4, 2, "虚构丁号有限公司", (4, "单位名称")),
    ):
        rows = [[*cells] for cells in sheet.rows]
        rows[row - 1][column] = value
        # A value of its own in a row means that the cells are not merged there.
        path = Sheet(rows, [span for span in sheet.merged if span[:2] != (1, column)]).write(tmp_path / f"bad{suffix}")

        errors = errors_of(terminal, path)

        assert [(error["line"], error["column"]) for error in errors] == [told]

    # Without the rule, each further row is told once, with the key of the map.
    file.write_text(file.read_text(encoding="utf-8").replace("continued = true", ""), encoding="utf-8")
    errors = errors_of(terminal, good)
    assert [error["line"] for error in errors] == [3, 4, 6, 7]
    assert all("write continued = true under [rows] of the map" in error["message"] for error in errors)


@BOTH
def test_rejected_rows_come_back_corrected_with_the_same_map(terminal: Terminal, tmp_path: Path, suffix: str) -> None:
    sheet = sheets.titled()
    rows = [[*row] for row in sheet.rows]
    rows[4][2] = "下周"
    path, rejects = Sheet(rows, sheet.merged).write(tmp_path / f"s{suffix}"), tmp_path / f"rejects{suffix}"
    propose(terminal, path)
    accept(terminal)
    words = ("import", "applications", str(path), "--map", "湖北联合", "--rejects", str(rejects))
    assert terminal.document("admin", *words)["rejected"] == 1

    if suffix == ".csv":
        rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace("下周", "2026.11.23"), encoding="utf-8")
    else:
        _replace_in_workbook(rejects, "下周", "2026.11.23")

    assert take(terminal, rejects)["created"] == 1
    assert terminal.document("a", "show", "C-3")["identity"]["registered_capital_cny"] == 5_010_000


def _replace_in_workbook(path: Path, old: str, new: str) -> None:
    with ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content.replace(old.encode(), new.encode()))


def test_a_sheet_with_other_columns_than_its_map_and_a_row_that_may_be_a_title_are_told_in_a_sentence(
    terminal: Terminal, tmp_path: Path
) -> None:
    sheet, path = sheets.titled(), tmp_path / "s.csv"
    propose(terminal, sheet.write(tmp_path / "good.csv"))
    accept(terminal)
    renamed = "The map 湖北联合 has a column “企业全称”, and this sheet has not; is it “企业名” now?"
    added = "The column “提成” is not in the map 湖北联合; add it to columns or to ignored."
    for old, new, told in (("企业全称", "企业名", renamed), ("备注", "提成", added)):
        Sheet([[new if value == old else value for value in row] for row in sheet.rows]).write(path)
        errors = errors_of(terminal, path)
        assert (errors[0]["line"], errors[0]["message"]) == (3, told)

    Sheet([*sheet.rows[:4], ["", "二、联通卡"], *sheet.rows[4:]]).write(path)
    [error] = errors_of(terminal, path)
    assert (error["line"], error["column"]) == (5, "申请单号")
    assert "add how it begins to notes" in error["message"]


EDITS = [
    (
        '"handler_name"',
        '"handler_nam"',
        "columns.经办人: unknown column “handler_nam”; perhaps “handler_name” is meant",
    ),
    ('"handler_name"', '"uscc"', "“统一社会信用代码” and “经办人” both mean uscc"),
    ('"经办人" = "handler_name" #', "#", "columns: no column means handler_name, which is required"),
    ('ignored = ["序号"', 'ignored = ["经办人", "序号"', "columns.经办人: “经办人” is among ignored too"),
    ('"handler_name"', '{ means = "handler_name", unit = "元" }', "unit: only amounts of money have a unit"),
    ('"handler_name"', '{ means = "handler_name", order = "dmy" }', "order: only dates have an order"),
    ('unit = "万元"', 'unit = "斤"', "“斤” must be one of: ?, 元, 千元, 万元, 百万元, 亿元"),
    (
        '"applicant_kind"',
        '{ means = "applicant_kind", values = { "合伙" = "x" } }',
        "values.合伙: “x” is not a known value",
    ),
    (
        "[rows]",
        "[constants]\nuscc = '1'\nx = '1'\nlanguage = 'fr'\n[rows]",
        "constants.uscc: the column “统一社会信用代码” means this",
    ),
    ("[rows]", "[constants]\nlanguage = 'fr'\n[rows]", "constants.language: “fr” is not a known value"),
    ("[rows]", "[rows]\nfill_down = ['x']", "rows.fill_down[1]: “x” is no column of this map"),
    (
        '"申请单号" = "application_no"',
        "# ",
        "columns: no column means application_no, which is required; name one, or add",
    ),
    ("[rows]", "[constants]\napplication_no = '1'\n[rows]", "Each row needs its own application_no"),
    ('kind = "applications"', 'kind = "calls"', "kind: the name of the file says applications"),
    ('kind = "applications"', 'kind = "cards"\n[rows2]', "rows2: unknown key; perhaps “rows” is meant"),
    ("[columns]", "[columns", "column 9: this is not TOML; correct it."),
]
"""What is written into a map instead of what, and what is told of it."""


def test_a_map_that_was_edited_is_checked_by_line_and_key(terminal: Terminal, tmp_path: Path) -> None:
    path = sheets.titled().write(tmp_path / "sheet.csv")
    proposal = propose(terminal, path)
    accept(terminal)
    file = proposal.with_name("湖北联合.applications.toml")
    text = file.read_text(encoding="utf-8")
    for old, new, told in EDITS:
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

        result = terminal.as_person("admin", "import", "applications", str(path), "--map", "湖北联合", "--json")

        assert result.exit_code == 78, result.output
        assert told in " ".join(result.stderr.split())
        assert told in str(terminal.document("admin", "maps")["maps"][0]["problem"])


def test_who_imports_such_a_sheet_without_a_map_is_told_of_maps(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.as_person("admin", "import", "applications", str(sheets.titled().write(tmp_path / "s.csv")))

    assert result.exit_code == 65
    assert "If this is a reseller's own sheet, import it with --map NAME." in result.stderr


def handed_in(path: Path) -> Path:
    """Write a workbook with sheets of three kinds, and the document that one of them names."""
    (path.parent / "a.pdf").write_bytes(PDF)
    header = ["序号", "申请单号", "企业全称", "手机号码", "使用人", "日限"]
    rows: list[list[Value]] = [[1, "HB2026-0", COMPANIES[0], NUMBERS[0], "甲某", "200次"]]
    rows += [[2, "", "", NUMBERS[1], "乙某", ""], ["一、以下待补"], ["合计 2 张"], ["合计", "", "", "2张"]]
    documents = Sheet([["资料"], ["申请单号", "资料名称", "附件", "是否盖章"], ["HB2026-0", "营业执照", "a.pdf", "√"]])
    cards = Sheet([["号卡明细"], header, *rows])
    return write_workbook(path, {"说明": Sheet([["略"]]), "表一": cards, "表二": sheets.titled(), "表三": documents})


def test_a_workbook_and_its_rejects_are_imported_with_a_map_for_each_kind(terminal: Terminal, tmp_path: Path) -> None:
    path = handed_in(tmp_path / "book.xlsx")
    told = refused(terminal.as_person("admin", "import", "workbook", str(path), "--map", "湖北联合", "--json"), 66)
    assert "湖北联合.cards.proposal.toml" in told
    texts = {line["kind"]: line["text"] for line in terminal.document("a", "maps", "show", "湖北联合")["maps"]}
    assert [*texts] == ["applications", "cards", "documents"]
    assert 'ignored = ["序号", "企业全称"]' in texts["cards"]
    assert 'fill_down = ["申请单号"]' in texts["cards"]
    assert 'notes = ["一、以下待补", "合计"]' in texts["cards"]
    accept(terminal)

    report = take(terminal, path, kind="workbook")

    text = sheets.titled().write(tmp_path / "s.csv")
    refused(terminal.as_person("admin", "import", "workbook", str(text), "--map", "湖北联合", "--json"), 2)
    assert (report["error_count"], report["rows"]) == (0, 6), report["errors"]
    read = [(sheet["kind"], sheet["sheet"], sheet["rows"]) for sheet in report["sheets"]]
    assert read == [("applications", "表二", 3), ("cards", "表一", 2), ("documents", "表三", 1)]

    path, rejects = handed_in(tmp_path / "again.xlsx"), tmp_path / "rejects.xlsx"
    _replace_in_workbook(path, "200次", "多次")
    _replace_in_workbook(path, "√", "好")
    words = ("import", "workbook", str(path), "--map", "湖北联合", "--rejects", str(rejects))
    assert terminal.document("admin", *words)["rejected"] == 2

    _replace_in_workbook(rejects, "多次", "200")
    _replace_in_workbook(rejects, "好", "是")

    assert take(terminal, rejects, kind="workbook")["rows"] == 2


def test_columns_without_a_name_or_with_the_same_one_stand_by_their_letters(terminal: Terminal, tmp_path: Path) -> None:
    header: list[Value] = ["申请编号", "", "提交时间", "主体类型", "经办人", "", "电话", "电话", "号码清单", "", "备注"]
    row: list[Value] = ["A-1", COMPANIES[0], "2026-11-23", "企业", "王某某", "11010519491231002X", "13800138000"]
    row += ["13900139000", NUMBERS[0], "随手写的", ""]
    proposal = propose(terminal, Sheet([["标题"], header, row]).write(tmp_path / "s.xlsx"))
    text = proposal.read_text(encoding="utf-8")
    assert '"#B" = "applicant_name"' in text
    assert '"#F" = "handler_id_no"' in text
    assert '"电话 #G" = "contact_phone"' in text
    lines = [line for line in text.splitlines() if '= "?"' not in line]
    ignoring = "\n".join(lines).replace("ignored = [", 'ignored = ["电话 #H", "#J", ')
    proposal.write_text(ignoring, encoding="utf-8")
    accept(terminal)
    assert take(terminal, tmp_path / "s.xlsx")["created"] == 1
    row[0] = "A-2"
    row[10:] = ["", "没有列名"]
    path = Sheet([["标题"], header, row, ["A-3", *row[1:11]]], [(3, 3, 3, 4)]).write(tmp_path / "t.xlsx")

    errors = errors_of(terminal, path)

    assert [error["line"] for error in errors] == [3, 4]
    assert "Column L has a value and no name; add “#L” to the map" in errors[0]["message"]
    assert "The cells D4:E4 are merged" in errors[1]["message"]


def test_only_an_admin_makes_and_accepts_maps(terminal: Terminal, tmp_path: Path) -> None:
    path = sheets.titled().write(tmp_path / "sheet.csv")
    refused(terminal.as_person("sup", "import", "applications", str(path), "--map", "m", "--json"), 77)
    propose(terminal, path, "m")
    refused(terminal.as_person("sup", "maps", "accept", "m", "--json"), 77)

    assert terminal.document("a", "maps")["maps"][0]["proposed"] is True
    assert 'kind = "applications"' in terminal.document("a", "maps", "show", "m")["maps"][0]["text"]
    refused(terminal.as_person("a", "maps", "show", "n", "--json"), 66)
    refused(terminal.as_person("admin", "maps", "accept", "n", "--json"), 66)


def test_a_map_that_does_not_apply_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    propose(terminal, sheets.titled().write(tmp_path / "s.csv"), "m")
    accept(terminal, "m")
    (tmp_path / "s.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("\n", encoding="utf-8")
    (tmp_path / "torn.csv").write_text('a,b\nx,"y', encoding="utf-8")
    for (kind, file, *others), code, told in (
        (("calls", "s.csv", "--map", "new"), 2, "--map does not apply to calls"),
        (("calendar", "s.csv", "--map", "m"), 2, "--map does not apply to a calendar"),
        (("applications", "s.csv", "--map", "../m"), 2, "cannot be the name of a map"),
        (("applications", "s.csv", "--map", "m", "--agent", "other"), 2, "The map m is of m; leave --agent out"),
        (("applications", "s.jsonl", "--map", "m"), 2, "A map is for CSV and XLSX files"),
        (("applications", "none.csv", "--map", "new"), 66, "There is no file"),
        (("applications", "empty.csv", "--map", "new"), 65, "The sheet is empty"),
        (("applications", "torn.csv", "--map", "new"), 65, "torn.csv, line 2: A quote is opened and not closed"),
    ):
        result = terminal.as_person("admin", "import", kind, str(tmp_path / file), *others)

        assert result.exit_code == code, result.output
        assert told in result.output


def test_a_backup_has_the_maps_in_use(terminal: Terminal, tmp_path: Path) -> None:
    path = sheets.titled().write(tmp_path / "sheet.csv")
    propose(terminal, path)
    accept(terminal)
    propose(terminal, sheets.numbers_in_columns().write(tmp_path / "other.csv"), "other")
    terminal.document("admin", "backup", str(tmp_path / "b.tar"))
    restored = tmp_path / "new" / "w.db"

    result = terminal.run_bare("--database", str(restored), "restore", str(tmp_path / "b.tar"), "--as", "admin")

    assert result.exit_code == 0, result.output
    maps = restored.with_name("w.db.store") / "maps"
    assert [file.name for file in maps.iterdir()] == ["湖北联合.applications.toml"]
