"""The commands import, imports, export and notices."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.framework.terminal import Terminal, refused
from tests.services.files.reading.workbooks import write_cells, write_workbook
from tests.services.intake.importing.files import Cells, Desk, application, csv_text
from tests.services.intake.importing.test_workbooks import sheet


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(terminal.site, folder)


def _file(desk: Desk, *rows: object, name: str = "applications.csv") -> str:
    path = desk.folder / name
    path.write_text(csv_text(rows), encoding="utf-8")  # type: ignore[arg-type]  # rows are cells
    return str(path)


def test_an_import_reports_its_result(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"), application("A-2"))

    report = terminal.document("admin", "import", "applications", file)

    assert report["batch"] == "B-000001"
    assert {key: report[key] for key in ("rows", "created", "updated", "unchanged", "rejected")} == {
        "rows": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert (report["errors"], report["error_count"]) == ([], 0)


def test_a_dry_run_writes_nothing(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"))

    assert terminal.document("admin", "import", "applications", file, "--dry-run")["batch"] is None
    assert terminal.document("admin", "imports")["batches"] == []


@pytest.mark.promise("P9", "D10")
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_bad_rows_exit_with_65_and_a_report_of_their_positions(
    terminal: Terminal, desk: Desk, more: tuple[str, ...]
) -> None:
    file = _file(desk, application("A-1"), application("A-2", submitted_at="yesterday", contact_phone="138****0000"))

    result = terminal.as_person("admin", "import", "applications", file, *more, "--json")

    refused(result, 65, json_failure=True)
    report = json.loads(result.stdout)
    assert report["batch"] is None
    assert report["error_count"] == 2
    assert {(error["line"], error["column"]) for error in report["errors"]} == {
        (3, "submitted_at"),
        (3, "contact_phone"),
    }
    assert report["errors"][0].keys() == {"file", "sheet", "line", "column", "message"}


def test_a_wrong_header_exits_with_65_and_a_report(terminal: Terminal, desk: Desk) -> None:
    path = desk.folder / "wrong.csv"
    path.write_text("applicatoin_no,submitted_at\nA-1,2026-11-20\n", encoding="utf-8")

    result = terminal.as_person("admin", "import", "applications", str(path), "--json")

    refused(result, 65, json_failure=True)
    report = json.loads(result.stdout)
    assert report["error_count"] == len(report["errors"]) > 1
    assert "application_no" in report["errors"][0]["message"]


def test_rejects_receives_the_bad_rows_and_the_good_ones_are_imported(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"), application("A-2", submitted_at="yesterday"))
    rejects = desk.folder / "rejects.csv"

    report = terminal.document("admin", "import", "applications", file, "--rejects", str(rejects))

    assert (report["created"], report["rejected"], report["error_count"]) == (1, 1, 1)
    assert "A-2" in rejects.read_text(encoding="utf-8-sig")


def test_a_file_imported_twice_exits_with_65_and_names_its_batch(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"))
    terminal.document("admin", "import", "applications", file)

    result = terminal.as_person("admin", "import", "applications", file, "--json")

    assert "B-000001" in refused(result, 65, json_failure=True)


def test_a_missing_file_exits_with_66_and_a_reviewer_cannot_import(terminal: Terminal, desk: Desk) -> None:
    refused(terminal.as_person("admin", "import", "applications", str(desk.folder / "none.csv"), "--json"), 66)
    refused(terminal.as_person("a", "import", "applications", _file(desk, application("A-1")), "--json"), 77)


@pytest.mark.parametrize(
    "command",
    ["notices sent", "measures done", "import cards", "import calendar", "import workbook", "resubmit C-1"],
)
def test_the_role_is_asked_before_the_file(terminal: Terminal, command: str) -> None:
    terminal.site.plant(1)
    refused(terminal.as_person("audit", *command.split(), "missing.csv"), 77)


def test_the_text_output_gives_the_positions_of_errors(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1", submitted_at="yesterday"))

    result = terminal.as_person("admin", "import", "applications", file)

    assert result.exit_code == 65
    assert "applications.csv, line 2, column submitted_at" in result.stdout


def test_imports_are_listed_and_undone(terminal: Terminal, desk: Desk) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1")))

    (batch,) = terminal.document("audit", "imports")["batches"]
    undone = terminal.document("admin", "imports", "undo", "b-1")

    assert (batch["batch"], batch["kind"], batch["by"], batch["rows"]) == ("B-000001", "applications", "admin", 1)
    assert undone == {"batch": "B-000001", "kind": "applications", "rows": 1, "cases": 1}
    refused(terminal.as_person("admin", "imports", "undo", "B-9", "--json"), 66)
    refused(terminal.as_person("admin", "imports", "undo", "C-1", "--json"), 66)


def _workbook(desk: Desk, *, name: str = "workbook.xlsx", **sheets: Sequence[Cells]) -> str:
    path = desk.folder / name
    return str(write_workbook(path, {title: sheet(rows) for title, rows in sheets.items()}))


CARD = {"application_no": "A-1", "msisdn": "13800138000"}


def test_a_workbook_is_one_batch_that_lists_the_kind_of_each_sheet(terminal: Terminal, desk: Desk) -> None:
    file = _workbook(desk, 号卡=[CARD], 申请=[application("A-1"), application("A-2")])

    report = terminal.document("admin", "import", "workbook", file)

    assert (report["batch"], report["kind"], report["created"]) == ("B-000001", "workbook", 3)
    assert report["encoding"] is None
    assert report["sheets"] == [
        {"file": "workbook.xlsx", "sheet": "申请", "kind": "applications", "rows": 2},
        {"file": "workbook.xlsx", "sheet": "号卡", "kind": "cards", "rows": 1},
    ]
    (batch,) = terminal.document("admin", "imports")["batches"]
    assert (batch["kind"], batch["files"]) == ("workbook", ["workbook.xlsx"])
    assert terminal.document("admin", "imports", "undo", "B-1") == {
        "batch": "B-000001",
        "kind": "workbook",
        "rows": 3,
        "cases": 2,
    }


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_errors_in_a_workbook_name_sheet_line_and_column(terminal: Terminal, desk: Desk, more: tuple[str, ...]) -> None:
    file = _workbook(desk, cards=[CARD, {**CARD, "msisdn": "1.38E+10"}], 申请=[application("A-2")])

    result = terminal.as_person("admin", "import", "workbook", file, *more, "--json")

    refused(result, 65, json_failure=True)
    report = json.loads(result.stdout)
    assert (report["batch"], report["error_count"]) == (None, 2)
    assert [(error["file"], error["sheet"], error["line"], error["column"]) for error in report["errors"]] == [
        ("workbook.xlsx", "cards", 2, "application_no"),
        ("workbook.xlsx", "cards", 3, "msisdn"),
    ]


def test_the_text_output_lists_the_sheets_and_the_positions_of_errors(terminal: Terminal, desk: Desk) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1")))
    file = _workbook(desk, 说明=[], Sheet2=[CARD, {**CARD, "msisdn": "138****0000"}])

    result = terminal.as_person("admin", "import", "cards", file)

    assert result.exit_code == 65
    assert "workbook.xlsx  Sheet2  cards     2" in result.stdout
    assert "workbook.xlsx, sheet Sheet2, line 3, column msisdn: The number is masked" in result.stdout


def test_a_workbook_accepts_rejects_and_the_other_import_options(terminal: Terminal, desk: Desk) -> None:
    file = _workbook(desk, cards=[CARD], applications=[application("A-1"), application("A-2", submitted_at="x")])
    rejects = desk.folder / "rejects.xlsx"

    report = terminal.document(
        "admin", "import", "workbook", file, "--rejects", str(rejects), "--agent", "虚构渠道", "--as-new"
    )

    assert (report["created"], report["rejected"]) == (2, 1)
    assert rejects.read_bytes().startswith(b"PK")
    assert desk.sql("SELECT DISTINCT agent FROM application") == [("虚构渠道",)]


def test_rejects_are_written_whatever_the_name_of_the_input_sheet(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application("A-1"))
    for name in (
        "虚构" * 20,
        "a:b",
        "x*[y]?/\\z",
        "'quoted'",
        "History",
    ):
        cells = [list(CARD), list(CARD.values()), ["A-1", "*", ""]]
        rows = ("".join(f'<c t="str"><v>{cell}</v></c>' for cell in row) for row in cells)
        source = write_cells(desk.folder / "c.xlsx", "".join(f"<row>{row}</row>" for row in rows), name=name)
        rejects = desk.folder / "rejects.xlsx"

        report = terminal.document("admin", "import", "cards", str(source), "--rejects", str(rejects))

        assert (report["rejected"], report["sheets"][0]["sheet"]) == (1, name)
        assert terminal.as_person("admin", "import", "cards", str(rejects)).exit_code == 65
        with CalamineWorkbook.from_path(rejects) as book:
            assert book.sheet_names == ["cards"]


def test_rejects_are_written_for_a_sheet_with_a_required_mark_in_its_name(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application("A-1"))
    cells = [list(CARD), ["A-1", "*", ""]]
    rows = ("".join(f'<c t="str"><v>{cell}</v></c>' for cell in row) for row in cells)
    source = write_cells(desk.folder / "c.xlsx", "".join(f"<row>{row}</row>" for row in rows), name="*号卡*")
    rejects = desk.folder / "rejects.xlsx"

    terminal.document("admin", "import", "workbook", str(source), "--rejects", str(rejects))

    with CalamineWorkbook.from_path(rejects) as book:
        assert book.sheet_names == ["号卡"]


def test_imports_are_listed_with_the_newest_first_as_the_help_says(terminal: Terminal, desk: Desk) -> None:
    for number in ("A-1", "A-2"):
        desk.applications(application(number))

    listed = terminal.document("admin", "imports", "list")["batches"]

    assert [batch["batch"] for batch in listed] == ["B-000002", "B-000001"]
    assert "newest first" in terminal.run("imports", "--help").stdout


def test_an_invalid_workbook_exits_with_65(terminal: Terminal, desk: Desk) -> None:
    for file in (_file(desk, application("A-1")), str(desk.folder)):
        refused(terminal.as_person("admin", "import", "workbook", file, "--json"), 65, json_failure=True)


def test_an_export_reports_how_many_rows_it_wrote(terminal: Terminal, tmp_path: Path) -> None:
    terminal.site.plant(2)
    path = tmp_path / "out.csv"

    report = terminal.document("admin", "export", "applications", "--output", str(path))

    assert report == {"file": str(path), "format": "csv", "rows": 2, "revealed": False}
    assert path.read_text(encoding="utf-8-sig").count("\n") == 3


def test_the_format_option_overrides_the_file_name(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    terminal.document("admin", "export", "events", "--output", str(path), "--format", "jsonl")

    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["seq"] == 1


def test_an_export_is_refused_without_role_reason_or_place(terminal: Terminal, tmp_path: Path) -> None:
    words = ("export", "decisions", "--output", str(tmp_path / "out.csv"))

    refused(terminal.as_person("a", *words, "--json"), 77)
    refused(terminal.as_person("admin", *words, "--reveal", "--json"), 2)
    refused(terminal.as_person("admin", *words[:3], str(tmp_path / "none" / "out.csv"), "--json"), 73)
    refused(terminal.as_person("admin", *words[:3], str(tmp_path), "--format", "csv", "--json"), 73)


def test_exported_notices_are_marked_as_sent(terminal: Terminal, tmp_path: Path) -> None:
    terminal.site.plant(1)
    terminal.document("a", "next")
    terminal.document("a", "decide", "C-1", "pass", "--reason", "OK")
    assert terminal.document("a", "notices", "--unsent")["notices"] == []
    terminal.site.clock.advance(seconds=60)
    assert "  通过  " in terminal.as_person("a", "--lang", "zh", "notices").output
    path = str(tmp_path / "notices.csv")
    terminal.document("admin", "export", "notices", "--output", path)

    (notice,) = terminal.document("a", "notices", "--unsent")["notices"]
    assert (notice["case"], notice["decision"], notice["is_released"]) == ("C-000001", "D-000001", True)
    assert terminal.document("a", "notices", "sent", path)["sent"] == 1
    assert terminal.document("a", "notices", "sent", path)["already_sent"] == 1
    assert terminal.document("a", "notices", "--unsent")["notices"] == []
    # The export names no channel before a letter was sent by one, so none is recorded.
    assert {one["channel"] for one in terminal.document("a", "notices")["notices"]} == {None}
    refused(terminal.as_person("a", "notices", "sent", str(tmp_path / "none")), 66)


NUMERIC_CODE = "911101011000125000"
"""A company code that ends in zeros by itself: both of its check digits are right."""


def test_a_company_code_that_ends_in_zeros_is_imported_in_applications_and_credit(
    terminal: Terminal, desk: Desk
) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1", uscc=NUMERIC_CODE)))
    row = {"subject_no": NUMERIC_CODE, "list": "arrears", "amount_cny": "12.00"}
    terminal.document("admin", "import", "credit", _file(desk, row, name="credit.csv"))

    shown = terminal.document("admin", "show", "C-1")

    assert shown["identity"]["uscc"] == NUMERIC_CODE
    assert "ID-USCC" not in {finding["rule"] for finding in shown["findings"]}
    assert {finding["rule"]: finding["severity"] for finding in shown["findings"]}["CR-ARREARS"] == "block"


def test_digits_lost_in_a_spreadsheet_name_their_cell(terminal: Terminal, desk: Desk) -> None:
    for column in (
        "uscc",
        "handler_id_no",
        "legal_rep_id_no",
    ):
        damaged = NUMERIC_CODE if column != "uscc" else "110105194912310000"
        file = _file(desk, application("A-1", **{column: damaged}))

        result = terminal.as_person("admin", "import", "applications", file)

        assert f"line 2, column {column}: The spreadsheet has lost digits" in result.stderr
        assert result.exit_code == 65


def test_show_prints_what_is_charged_to_nobody(terminal: Terminal, desk: Desk) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1")))
    card = {"application_no": "A-1", "msisdn": "13800138000", "activated_on": "2026-11-21"}
    terminal.document("admin", "import", "cards", _file(desk, card, name="cards.csv"))
    call = {"caller": "13800138000", "callee": "02112345678", "start_at": "2026-11-20 10:00", "duration_s": "5"}
    terminal.document("admin", "import", "calls", _file(desk, call, name="calls.csv"))
    complaint = {"msisdn": "13800138000", "received_at": "2026-11-20 12:00", "verified": "yes"}
    terminal.document("admin", "import", "complaints", _file(desk, complaint, name="complaints.csv"))

    shown = terminal.document("admin", "show", "C-1")

    for figures in (shown["activity"], shown["activity"]["cards"][0]):
        assert (figures["calls"], figures["calls_outside_service"]) == (0, 1)
        assert (figures["complaints"], figures["complaints_outside_service"]) == (0, 1)
    assert [complaint["status"] for complaint in shown["complaints"]] == ["outside_service"]
    assert "ACT-COMPLAINTS" not in {finding["rule"] for finding in shown["findings"]}
