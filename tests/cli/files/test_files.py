"""The commands import, imports, export and notices."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, PDF, Desk, application, csv_text


def _file(desk: Desk, *rows: object, name: str = "applications.csv") -> str:
    path = desk.folder / name
    path.write_text(csv_text(rows), encoding="utf-8")  # type: ignore[arg-type]  # rows are cells
    return str(path)


def test_a_folder_is_one_batch_with_a_line_for_each_file(terminal: Terminal, desk: Desk) -> None:
    folder = str(desk.folder / "office")
    (desk.folder / "office").mkdir()
    _file(desk, application("A-1"), name="office/applications.csv")
    _file(desk, {"application_no": "A-1", "msisdn": "13900139000"}, name="office/cards.csv")
    for name in ("supplier.toml", "desktop.ini", "cards.csv.bak"):
        (desk.folder / "office" / name).touch()

    assert terminal.document("admin", "import", "folder", folder, "--dry-run")["created"] == 2
    report = terminal.document("admin", "import", "folder", folder)

    assert (report["batch"], report["kind"], report["created"]) == ("B-000001", "folder", 2)
    assert report["left_out"] == ["cards.csv.bak", "desktop.ini", "supplier.toml"]
    lines = [(line["file"], line["kind"], line["rows"]) for line in report["sheets"]]
    assert lines == [("applications.csv", "applications", 1), ("cards.csv", "cards", 1)]
    refused(terminal.as_person("admin", "import", "folder", f"{folder}/none", "--json"), 66)
    refused(terminal.as_person("a", "import", "folder", folder, "--json"), 77)
    # The report has the error of a misspelt name, so that stderr does not repeat it.
    (desk.folder / "office" / "aplications.csv").touch()
    told = terminal.as_person("admin", "import", "folder", folder)
    assert told.stdout.count("says no kind") == 1
    # The other files are reported too, and nothing is written.
    assert "left out, imported already as B-000001" in told.stdout
    _file(desk, application("A-2"), application("A-3", submitted_at="soon"), name="office/applications.csv")
    told = terminal.as_person("admin", "import", "folder", folder)
    assert "column submitted_at: “s…n (4 characters)”" in told.stdout
    assert "Fine, not written  1" in told.stdout
    assert terminal.document("a", "queue", "--filter", "state:all")["total"] == 1
    assert told.stderr == "workbench: Nothing was imported; correct what the report lists.\n"


def test_a_folder_of_named_documents_is_listed_and_imported(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application("A-1"), application("HB 008", agent="North"))
    folder = desk.folder / "scans"
    (folder / "more").mkdir(parents=True)
    names = {
        "A-1_BIZ_LICENSE.png": ("A-1", "BIZ_LICENSE"),
        "A-1 agent-id-front (2).png": ("A-1", "AGENT_ID_FRONT"),
        "more/HB 008号码用途说明-2.pdf": ("HB 008", "USE_STATEMENT"),
        "HB 008 - Business licence.pdf": ("HB 008", "BIZ_LICENSE"),
    }
    for name in names:
        (folder / name).write_bytes(PDF + name.encode())
    (folder / "Thumbs.db").touch()
    words = ("import", "documents", str(folder))

    dry = terminal.document("admin", *words, "--dry-run")
    assert {row["path"]: (row["application_no"], row["kind"]) for row in dry["documents"]} == names
    assert {row["agent"] for row in dry["documents"] if row["application_no"] == "HB 008"} == {"North"}
    assert (dry["batch"], desk.count("document")) == (None, 0)
    shown = terminal.as_person("admin", *words).stdout
    assert all(name in shown for name in names)
    assert dry["left_out"] == ["Thumbs.db"]
    assert "no import reads them: 1 (Thumbs.db)." in shown
    assert [tuple(row) for row in desk.sql("SELECT application_no, kind FROM document ORDER BY id")] == [
        names[row["path"]] for row in dry["documents"]
    ]
    assert "imported already" in refused(terminal.as_person("admin", *words, "--json"), 65, json_failure=True)

    # A document that was scanned again makes another list.
    (folder / "A-1_BIZ_LICENSE.png").write_bytes(PDF + b"again")
    assert terminal.document("admin", *words)["created"] == 1
    (desk.folder / "empty").mkdir()
    refused(
        terminal.as_person("admin", "import", "documents", str(desk.folder / "empty"), "--json"), 65, json_failure=True
    )


def test_files_that_cannot_be_listed_hide_neither_the_list_nor_other_errors(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application("A-1"), application("B-2", agent="South"))
    desk.applications(application("B-2", agent="North"))
    folder = desk.folder / "scans"
    folder.mkdir()
    names = ("A-1_BIZ_LICENSE", "A-1_护照", "licence", "Z-9_BIZ_LICENSE", "B-2_BIZ_LICENSE", "B-2_CALL_SCRIPT")
    for name in names:
        (folder / f"{name}.png").write_bytes(PDF)
    (folder / os.fsdecode(b"A-1_CALL_SCRIPT_\xff.png")).write_bytes(PDF)
    words = ("import", "documents", str(folder), "--dry-run", "--json")
    must_begin = "The file name must begin with the application number and the kind of document"
    report = json.loads(terminal.as_person("admin", *words).stdout)
    assert [(error["file"], error["message"].partition(";")[0]) for error in report["errors"]] == [
        (r"A-1_CALL_SCRIPT_\xff.png", "The name is not in UTF-8"),
        ("A-1_护照.png", "Kind 护照 is not known"),
        ("licence.png", f"{must_begin}, like EX-0001_BIZ_LICENSE.pdf"),
        ("scans", "Several agents have an application B-2"),
        ("Z-9_BIZ_LICENSE.png", "There is no application Z-9"),
    ]
    assert [row["application_no"] for row in report["documents"]] == ["A-1", "Z-9"]
    told = terminal.as_person("admin", *words[:-1], "--lang", "zh").stdout
    assert [one.count("BIZ_LICENSE（营业执照副本）") for one in told.split("A-1_护照.png")] == [2, 1]


@pytest.mark.promise("P9", "D10")
def test_bad_rows_exit_with_65_and_a_report_of_their_positions(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"), application("A-2", submitted_at="yesterday", contact_phone="138****0000"))

    for more in ((), ("--dry-run",)):
        result = terminal.as_person("admin", "import", "applications", file, *more, "--json")

        refused(result, 65, json_failure=True)
        report = json.loads(result.stdout)
        assert (report["batch"], report["error_count"]) == (None, 2)
        assert (report["rows"], report["rejected"], report["not_written"]) == (2, 1, 1)
        assert {(error["line"], error["column"]) for error in report["errors"]} == {
            (3, "submitted_at"),
            (3, "contact_phone"),
        }
        assert report["errors"][0].keys() == {"file", "sheet", "line", "column", "letters", "message"}
    for workbook in (file, str(desk.folder)):
        refused(terminal.as_person("admin", "import", "workbook", workbook, "--json"), 65, json_failure=True)


def test_an_import_reports_findings_evidence_of_no_application_and_provinces_that_are_none(
    terminal: Terminal, desk: Desk
) -> None:
    wrong = {"handler_id_no": "110105194912310021", "uscc": "91110000600037341X"}
    long_ago = {"submitted_at": "2026-10-12 10:00", "province": "重庆市", **wrong}
    rows = [application("A-1", province="河北湖", licence_valid_to="2020-01-01"), application("A-2", **long_ago)]
    dry = terminal.as_person("admin", "import", "applications", _file(desk, *rows), "--dry-run")
    assert "1 (河北湖 in line 2). `workbench import applications --columns` lists" in dry.stdout
    assert "Wrong ID numbers and USCCs, each a finding: 2 (handler_id_no in line 3; uscc in line 3)." in dry.stdout
    told = terminal.as_person("admin", "import", "applications", _file(desk, *rows)).stdout
    assert "ID-LICENCE-EXPIRED (licence expired) 1" in told
    (desk.folder / "scan.pdf").write_bytes(PDF)
    paper = {"application_no": "A-2", "path": "scan.pdf", "received_at": long_ago["submitted_at"]}
    papers = _file(desk, *({**paper, "kind": kind} for kind in ENTERPRISE_DOCUMENTS), name="documents.csv")
    told = terminal.as_person("admin", "import", "documents", papers).stdout
    assert "Cases that are complete now, and queued with the priority of their findings: 1 (C-000002)." in told
    assert "Cases that are overdue already: 1; `due:overdue` filters by them." in told
    assert terminal.document("a", "queue", "--filter", "due:overdue")["total"] == 1
    for word, count in (("id-licence-expired", 1), ("-ID-LICENCE-EXPIRED", 1), ("CR-ARREARS", 0)):
        assert terminal.document("a", "queue", "--filter", f"state:all {word}")["total"] == count
    records = [
        {"subject_no": number, "list": "court", "match": "none"}
        for number in ("91110000600037341L", "91350100M000100Y43")
    ]
    path = _file(desk, *records, name="credit.csv")
    report = terminal.document("admin", "import", "credit", path)
    assert (report["unlinked"], report["findings"]) == ({"credit": 1}, {})
    call = {"caller": "13900139000", "callee": "13800138000", "start_at": "2026-11-23 09:05", "duration_s": "45"}
    told = terminal.as_person("admin", "import", "calls", _file(desk, call, name="calls.csv")).stdout
    assert "Numbers or subjects that belong to no application, in calls: 1." in told
    assert "省" not in terminal.as_person("admin", "import", "credit", "--columns").stdout
    assert "北京, 天津, 河北" in terminal.as_person("admin", "import", "applications", "--columns").stdout


def test_an_import_asks_about_missing_agents_and_names_the_lines_of_wrong_numbers(
    terminal: Terminal, desk: Desk
) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1")))
    wrong = {"handler_id_no": "110105194912310021", "uscc": "91110000600037341X"}
    faulty = [{**application(f"B-{number}", agent="North" if number else ""), **wrong} for number in range(22)]
    again = _file(desk, *faulty, application("A-1", agent="North"))
    dry = terminal.as_person("admin", "import", "applications", again, "--dry-run")
    lines = ", ".join(map(str, range(2, 22)))
    assert f"each a finding: 44 (handler_id_no in lines {lines}…)." in dry.stdout
    # B-0 has no agent, and A-1 is stored without one.
    assert "documents: 1 (`queue --filter state:incomplete`)" in terminal.as_person("a", "next").stderr
    assert "stored without one: 2 (B-0 in line 2; A-1 in line 24)." in dry.stdout
    report = terminal.document("admin", "import", "applications", again, "--dry-run")
    assert report["unclear_agents"] == [2, 24]
    other = _file(desk, application("A-1", province="河北湖"))
    report = terminal.document("admin", "import", "applications", other, "--dry-run", "--agent", "X")
    assert (report["unclear_agents"], report["unknown_provinces"]) == ([2], [2])


def test_a_card_is_not_activated_in_the_future(terminal: Terminal, desk: Desk) -> None:
    terminal.document("admin", "import", "applications", _file(desk, application("A-1")))
    card = {"application_no": "A-1", "msisdn": "13800138000", "activated_on": "2027-11-01"}
    told = terminal.as_person("admin", "import", "cards", _file(desk, card, name="cards.csv"), "--dry-run").stdout
    assert "column activated_on: “2027-11-01” is in the future" in told


def test_an_import_names_changed_applications_and_refuses_another_applicant(terminal: Terminal, desk: Desk) -> None:
    first = application("A-1", uscc="91350100M000100Y43")
    terminal.document("admin", "import", "applications", _file(desk, first))
    other = {"applicant_name": "别的公司", "uscc": "91110000600037341L"}

    wrong = terminal.as_person("admin", "import", "applications", _file(desk, {**first, **other}), "--dry-run")
    assert wrong.exit_code == 65
    assert "line 2, column application_no: This number is another applicant's: applicant_name and uscc both" in (
        wrong.stdout
    )
    for change in (*other.items(), ("registered_capital_cny", "5000")):
        one = _file(desk, {**first, **dict([change])}, application("A-2", agent="代理二部"))
        told = terminal.as_person("admin", "import", "applications", one, "--dry-run").stdout
        assert f"Changed applications: 1, with the changed columns: A-1 ({change[0]})." in told
        assert "Agents that had no application before: 代理二部." in told


def test_the_role_is_asked_before_the_file(terminal: Terminal) -> None:
    terminal.site.plant(1)
    for command in ("notices sent", "measures done", "import calendar", "import workbook", "resubmit C-1"):
        refused(terminal.as_person("audit", *command.split(), "missing.csv"), 77)
    refused(terminal.as_person("a", "import", "cards", "missing.csv"), 77)
    refused(terminal.as_person("admin", "import", "applications", "missing.csv", "--json"), 66)


def test_the_text_output_gives_the_positions_of_errors(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1", submitted_at="yesterday"))

    result = terminal.as_person("admin", "import", "applications", file)

    assert result.exit_code == 65
    assert "applications.csv, line 2, column submitted_at:" in result.stdout
    rows = [["", *application()], ["", *application("A-1", submitted_at="yesterday").values()]]
    sheet = write_workbook(desk.folder / "a.xlsx", {"申请": rows})
    result = terminal.as_person("admin", "import", "applications", str(sheet))
    assert "a.xlsx, sheet 申请, line 2, column submitted_at (C):" in result.stdout
    rows[0][3] = "subm"
    result = terminal.as_person("admin", "import", "applications", str(write_workbook(sheet, {"申请": rows})))
    assert "a.xlsx, sheet 申请, line 1, column subm (D):" in result.stdout


def test_imports_are_listed_and_undone(terminal: Terminal, desk: Desk) -> None:
    file = _file(desk, application("A-1"))
    assert terminal.document("admin", "import", "applications", file, "--dry-run")["batch"] is None
    assert terminal.document("admin", "imports")["batches"] == []
    terminal.document("admin", "import", "applications", file)
    again = terminal.as_person("admin", "import", "applications", file, "--json")
    assert "B-000001" in refused(again, 65, json_failure=True)

    (batch,) = terminal.document("audit", "imports")["batches"]
    with speaking("zh"):
        headings, line = (row.split() for row in terminal.as_person("audit", "imports").stdout.splitlines())
    undone = terminal.document("admin", "imports", "undo", "b-1")

    assert (line[headings.index("类型")], headings.index("未导入") + 2) == ("申请", len(headings))

    assert (batch["batch"], batch["kind"], batch["by"], batch["rows"]) == ("B-000001", "applications", "admin", 1)
    assert undone == {"batch": "B-000001", "kind": "applications", "rows": 1, "cases": 1}
    assert "Undone: B-000001." in terminal.as_person("audit", "imports").stderr
    refused(terminal.as_person("admin", "imports", "undo", "B-9", "--json"), 66)
    refused(terminal.as_person("admin", "imports", "undo", "C-1", "--json"), 66)


def test_the_format_option_overrides_the_file_name(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    terminal.document("admin", "export", "events", "-o", str(path), "--format", "jsonl")

    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["seq"] == 1
