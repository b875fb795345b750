"""Workbooks with a sheet for each kind: one batch, in the order in which the rows need one another."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from db.enums import DocumentKind, ImportKind
from tests.services.files.reading.workbooks import Value, write_workbook
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Cells, Desk, application
from tests.services.intake.importing.test_existing_cases import pending, rectifying
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.files.reading.problems import RowProblem
from workbench.services.intake.importing.plan import ImportRefused, ImportReport

CARD: Cells = {"application_no": "A-1", "msisdn": "13800138000", "iccid": "89860070310112094320"}
ARREARS: Cells = {"subject_no": "91110000600037341L", "list": "arrears", "match": "exact", "amount_cny": "100"}
CALL: Cells = {"caller": "13800138000", "callee": "02112345678", "start_at": "2026-10-08 09:00", "duration_s": "9"}


def sheet(rows: Sequence[Cells]) -> list[list[Value]]:
    """Return rows as a sheet with a header."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    header: list[Value] = list(columns)
    cells: list[list[Value]] = [[row.get(column, "") for column in columns] for row in rows]
    return [header, *cells]


def write(desk: Desk, sheets: dict[str, Sequence[Cells]], name: str = "workbook.xlsx") -> Path:
    """Write a workbook."""
    return write_workbook(desk.folder / name, {title: sheet(rows) for title, rows in sheets.items()})


def take(desk: Desk, **sheets: Sequence[Cells]) -> ImportReport:
    """Import a workbook with these sheets."""
    return desk.take(ImportKind.WORKBOOK, write(desk, sheets))


def test_cards_and_documents_belong_to_applications_of_the_same_workbook(desk: Desk) -> None:
    report = take(
        desk,
        documents=desk.papers(),
        calls=[CALL],
        optouts=[{"callee": "02112345678", "since": "2026-10-01"}],
        cards=[CARD, {**CARD, "msisdn": "13900139000"}],
        applications=[application(msisdns="13800138000;13700137000"), application("A-2", msisdns="")],
    )

    assert (report.created, report.unknown_callers) == (2 + 2 + len(ENTERPRISE_DOCUMENTS) + 1 + 1, 0)
    assert [case.state for case in desk.cases()] == ["queued"]
    assert desk.case("A-2").state == "incomplete"
    cards = "SELECT msisdn, iccid FROM card WHERE application_no = 'A-1' ORDER BY msisdn"
    assert desk.sql(cards) == [
        ("13700137000", ""),
        ("13800138000", "89860070310112094320"),
        ("13900139000", "89860070310112094320"),
    ]
    assert "ACT-NO-DATA" not in desk.findings()
    assert [row[0] for row in desk.sql("SELECT action FROM event WHERE batch_id = 1")] == ["import"]
    # A number is computed once though its calls and opt-outs come together.
    assert desk.sql("SELECT count(*), max(opt_out_calls) FROM call_window WHERE msisdn = '13800138000'") == [(1, 1)]
    assert desk.count("call_day") == 1


def test_what_is_wrong_with_a_workbook_is_told_at_once_by_sheet_and_writes_nothing(desk: Desk) -> None:
    def problems(**sheets: Sequence[Cells]) -> list[RowProblem]:
        with pytest.raises(ImportRefused) as refused:
            take(desk, **sheets)
        assert refused.value.report.error_count == len(refused.value.report.errors)
        return list(refused.value.report.errors)

    # A card of an application that nobody brings.
    told = problems(applications=[application("A-1", submitted_at="gestern")], 号卡=[CARD], 信用=[ARREARS])
    assert [(one.sheet, one.line, one.column) for one in told] == [
        ("applications", 2, "submitted_at"),
        ("号卡", 2, "application_no"),
    ]
    told = problems(cards=[{"application_no": "A-1", "msisdnn": "1"}], optouts=[{"callee": "1"}])
    assert [(one.sheet, one.column) for one in told] == [
        ("cards", "msisdnn"),
        ("cards", "msisdn"),
        ("optouts", "since"),
    ]
    near, none = problems(applications=[application()], aplications=[application("A-2")], 虚构=[CARD])
    assert (near.sheet, none.sheet) == ("aplications", "虚构")
    assert "did you mean applications" in near.message
    assert "name it like one of applications, cards" in none.message
    empty = write_workbook(desk.folder / "empty.xlsx", {"申请": []})
    text = desk.write([application()])
    for path, words in ((empty, "No sheet of the workbook has rows"), (text, "no XLSX workbook")):
        with pytest.raises(ImportRefused, match=words):
            desk.take(ImportKind.WORKBOOK, path)
    cards = write(desk, {"cards": [CARD]}, "c.xlsx")
    for path, rejects in ((cards, "r.csv"), (desk.write([CARD]), "r.xlsx")):
        for dry_run in (True, False):
            with pytest.raises(WrongUsage, match="name them like r"):
                desk.take(ImportKind.CARDS, path, rejects=desk.folder / rejects, dry_run=dry_run)
    report = desk.take(
        ImportKind.WORKBOOK, write(desk, {"cards": [CARD], "applications": [application()]}), dry_run=True
    )
    assert (report.batch, report.created) == (None, 2)
    for table in ("application", "card", "credit_record", "import_batch"):
        assert desk.count(table) == 0


def test_several_workbooks_are_one_batch_repeat_no_row_and_pass_over_empty_and_hidden_sheets(
    desk: Desk,
) -> None:
    first = write(desk, {"cards": [CARD], "credit": [ARREARS]}, "1.xlsx")
    sheets: dict[str, Sequence[Sequence[Value]]] = {"申请": sheet([application()]), "Sheet2": [], "选项": [["是"]]}
    second = write_workbook(desk.folder / "2.xlsx", sheets, hidden=("选项",))
    again = write(desk, {"applications": [application(industry="保险")]}, "3.xlsx")

    with pytest.raises(ImportRefused, match="two rows with the same key"):
        desk.take(ImportKind.WORKBOOK, first, second, again)
    assert desk.take(ImportKind.WORKBOOK, first, second).created == 3
    assert desk.sql("SELECT name FROM import_file WHERE batch_id = 1 ORDER BY name") == [("1.xlsx",), ("2.xlsx",)]


def test_rejects_are_a_workbook_of_the_same_sheets_and_go_in_once_mended(desk: Desk) -> None:
    rejects = desk.folder / "rejects.xlsx"
    path = write(
        desk,
        {
            "号卡": [CARD, {**CARD, "msisdn": "139****9000"}],
            "applications": [application(), application("A-2", submitted_at="gestern")],
            "credit": [ARREARS],
        },
    )

    report = desk.take(ImportKind.WORKBOOK, path, rejects=rejects)

    assert (report.created, report.rejected, report.error_count) == (3, 2, 2)
    with CalamineWorkbook.from_path(rejects) as book:
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == ["applications", "号卡"]
    assert sheets["号卡"][0] == ["cause", "application_no", "msisdn", "iccid"]
    assert "masked" in str(sheets["号卡"][1][0])
    assert sheets["号卡"][1][1:] == ["A-1", "139****9000", "89860070310112094320"]

    sheets["号卡"][1][2] = "13900139000"
    sheets["applications"][1][sheets["applications"][0].index("submitted_at")] = "2026-11-23 10:00"
    mended = write_workbook(desk.folder / "mended.xlsx", sheets)  # type: ignore[arg-type]  # times of day it has none
    assert desk.take(ImportKind.WORKBOOK, mended).created == 2
    assert not list(desk.folder.glob(".rejects*"))


def test_a_workbook_is_taken_back_whole(desk: Desk) -> None:
    sheets: dict[str, Sequence[Cells]] = {
        "applications": [application()],
        "cards": [CARD],
        "documents": desk.papers(kinds=ENTERPRISE_DOCUMENTS[:2]),
        "calls": [CALL],
        "credit": [ARREARS],
        "optouts": [{"callee": "02112345678", "since": "2026-10-01"}],
        "complaints": [{"msisdn": "13800138000", "received_at": "2026-10-09"}],
    }
    take(desk, **sheets)

    undone = desk.site.services("admin").imports.undo(1)

    assert (undone.kind, undone.cases) == (ImportKind.WORKBOOK, 1)
    for table in ("application", "card", "document", "call_window", "credit_record", "opt_out", "complaint", "case"):
        assert desk.count(table) == 0, table
    store = desk.site.services("admin").context.store
    assert not [path for path in store.calls.rglob("*") if path.is_file()]
    assert not [path for path in store.documents.rglob("*") if path.is_file()]


def test_what_rests_on_a_workbook_keeps_it_and_other_applications_do_not(desk: Desk) -> None:
    take(desk, applications=[application()], cards=[CARD])
    desk.applications(application("A-2"))
    desk.site.services("admin").imports.undo(1)

    complaint = {"msisdn": "13700137000", "received_at": "2026-10-09"}
    path = write(desk, {"applications": [application("A-3")], "complaints": [complaint]}, "3.xlsx")
    batch = desk.take(ImportKind.WORKBOOK, path).batch or 0
    desk.applications(application("A-4"))
    with pytest.raises(NotAllowed, match="rests on it"):
        desk.site.services("admin").imports.undo(batch)


def test_a_rectified_application_comes_back_as_one_resubmission(desk: Desk) -> None:
    case_id = rectifying(desk)
    desk.site.clock.advance(days=20)

    report = take(
        desk,
        documents=desk.papers(kinds=[DocumentKind.BIZ_LICENSE], content=" again"),
        applications=[application(received_at="2026-11-26 10:00", industry="保险")],
        cards=[{**CARD, "msisdn": "13900139000"}],
        complaints=[{"msisdn": "13800138000", "received_at": "2026-11-20"}],
    )

    assert report.rejected == 0
    case = desk.case()
    assert (case.state, case.round, case.id) == ("queued", 2, case_id)
    assert desk.site.actions(case_id).count("resubmit") == 1
    assert desk.sql("SELECT received_at FROM submission ORDER BY id DESC LIMIT 1") == desk.sql(
        "SELECT max(received_at) FROM application"
    )


def test_what_others_say_of_a_pending_case_is_no_answer_in_a_workbook_either(desk: Desk) -> None:
    case_id = pending(desk)

    take(desk, credit=[ARREARS], applications=[application("A-2")], cards=[{**CARD, "msisdn": "13900139000"}])

    assert desk.case().state == "pending"
    assert desk.site.actions(case_id)[-1] == "evidence"

    take(desk, applications=[application(industry="保险")])

    assert desk.case().state == "queued"
    assert desk.site.actions(case_id)[-1] == "answer"
