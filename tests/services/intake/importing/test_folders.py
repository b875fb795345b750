"""Folders whose files are named by kind: one batch, as if they were the sheets of one workbook."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Cells, Desk, application, csv_text
from tests.services.intake.importing.test_workbooks import ARREARS, CALL, CARD, sheet
from workbench.errors import NotFound
from workbench.services.files.reading.problems import RowProblem
from workbench.services.intake.batches.publishing import AlreadyImported
from workbench.services.intake.importing.plan import ImportRefused, ImportReport

APPLICATIONS = (application(msisdns="13800138000;13700137000"), application("A-2", msisdns=""))
CARDS = (CARD, {**CARD, "msisdn": "13900139000"})


def put(folder: Path, files: dict[str, Sequence[Cells]]) -> Path:
    """Write files into a folder, in the format that their names say."""
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        path = folder / name
        if path.suffix == ".xlsx":
            write_workbook(path, {"Sheet1": sheet(rows)})
        elif path.suffix == ".jsonl":
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        else:
            path.write_text(csv_text(rows), encoding="utf-8")
    return folder


def moved(desk: Desk, folder: Path) -> list[Cells]:
    """Write documents of A-1 into the folder `documents`, and return rows that name them there."""
    rows = desk.papers(kinds=ENTERPRISE_DOCUMENTS[:2])
    (folder / "documents").mkdir(parents=True)
    for row in rows:
        (desk.folder / row["path"]).rename(folder / "documents" / row["path"])
    return [{**row, "path": f"documents/{row['path']}"} for row in rows]


def take(desk: Desk, folder: Path, **options: object) -> ImportReport:
    return desk.take(ImportKind.FOLDER, folder, **options)


def content(desk: Desk) -> list[object]:
    """Return what an import wrote, without numbers that only grow."""
    columns = {
        "case": "application_no, state, due_at, complete_at, evidence_no",
        "application": "application_no, applicant_name, msisdns, received_at",
        "card": "application_no, msisdn, iccid",
        "document": "application_no, kind, sha256, received_at",
        "credit_record": "subject_no, list_name, match",
        "finding": "rule, severity",
        "call_window": "msisdn, calls",
    }
    return [desk.sql(f'SELECT {names} FROM "{table}" ORDER BY {names}') for table, names in columns.items()]


def test_a_folder_is_imported_as_a_workbook_with_the_same_rows_would_be(desk: Desk) -> None:
    folder = desk.folder / "office"
    documents = moved(desk, folder)
    files = {"applications.csv": APPLICATIONS, "号卡.jsonl": CARDS, "材料.csv": documents, "credit.xlsx": [ARREARS]}
    put(folder, {**files, "calls.txt": [CALL]})
    for junk in (".DS_Store", "~$credit.xlsx", "Thumbs.db"):
        (folder / junk).touch()
    sheets = {
        "applications": APPLICATIONS,
        "cards": CARDS,
        "documents": documents,
        "credit": [ARREARS],
        "calls": [CALL],
    }
    workbook = write_workbook(folder / "all.xlsx", {name: sheet(rows) for name, rows in sheets.items()})
    taken = workbook.rename(desk.folder / "all.xlsx")

    dry = take(desk, folder, dry_run=True)
    report = take(desk, folder)

    assert (dry.batch, dry.counts) == (None, report.counts)
    assert (report.kind, report.created, report.error_count) == (ImportKind.FOLDER, 2 + 2 + len(documents) + 1 + 1, 0)
    assert [(line.file, line.kind.value, line.rows) for line in report.sheets] == [
        ("applications.csv", "applications", 2),
        ("号卡.jsonl", "cards", 2),
        ("材料.csv", "documents", len(documents)),
        ("credit.xlsx", "credit", 1),
        ("calls.txt", "calls", 1),
    ]
    by_folder = content(desk)
    desk.site.services("admin").imports.undo(1)
    taken.rename(workbook)
    for name in (*files, "calls.txt"):
        (folder / name).unlink()
    # A workbook alone, with sheets for the kinds, may have any name.
    again = take(desk, folder)

    assert (again.counts, content(desk)) == (report.counts, by_folder)


def test_files_with_names_of_no_kind_and_an_empty_folder_are_refused_with_the_known_names(desk: Desk) -> None:
    folder = put(
        desk.folder / "office", {"applications.csv": APPLICATIONS, "karten.csv": CARDS, "notes.txt": [ARREARS]}
    )

    def problems(path: Path) -> list[RowProblem]:
        with pytest.raises(ImportRefused) as refused:
            take(desk, path)
        return list(refused.value.report.errors)

    (folder / "applications.csv.bak").write_text(csv_text(APPLICATIONS), encoding="utf-8")
    (folder / "cards.csv~").touch()
    # Like documents, files may be links, but not to files of other folders.
    (folder / "credit.csv").symlink_to(desk.write([ARREARS]))
    (folder / "申请.csv").symlink_to((folder / "applications.csv").rename(folder / "2026.data").name)
    link, *told = sorted(problems(folder), key=lambda one: "name" in one.message)
    assert (link.file, "out of the folder" in link.message) == ("credit.csv", True)
    assert [one.file for one in told] == ["karten.csv", "notes.txt"]
    assert all("applications, cards, documents" in one.message for one in told)
    (desk.folder / "empty").mkdir()
    assert "applications, cards, documents" in problems(desk.folder / "empty")[0].message
    assert desk.count("import_batch") == 0
    with pytest.raises(NotFound, match="no folder"):
        take(desk, desk.folder / "missing")
    with pytest.raises(NotFound, match="no folder"):
        take(desk, folder / "申请.csv")


def test_files_of_a_folder_that_were_imported_already_are_left_out_and_named(desk: Desk) -> None:
    folder = put(desk.folder / "office", {"applications.csv": APPLICATIONS, "cards.csv": CARDS[:1]})
    take(desk, folder)
    put(folder, {"cards.csv": CARDS})

    report = take(desk, folder)

    assert [(line.file, line.rows, line.imported_as) for line in report.sheets] == [
        ("cards.csv", 2, None),
        ("applications.csv", 0, "B-000001"),
    ]
    assert (report.created, report.unchanged) == (1, 1)
    with pytest.raises(AlreadyImported, match="B-000001"):
        take(desk, folder)
