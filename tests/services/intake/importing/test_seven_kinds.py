"""Each kind of file gives equal rows as CSV, as Unicode text of Excel, as JSON Lines, and as a sheet."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.enums import ImportKind
from tests.services.files.reading import samples
from tests.services.files.reading.workbooks import Value, write_workbook
from tests.services.intake.importing.files import PDF, Cells, Desk
from tests.sites import Site
from workbench.errors import BadData
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.sheets.names import IMPORT_ORDER
from workbench.services.intake.importing.plan import ImportReport

FIRST, SECOND = samples.ROWS[ImportKind.APPLICATIONS]
ROWS: dict[ImportKind, Sequence[Cells]] = {
    **samples.ROWS,
    ImportKind.APPLICATIONS: [
        {**FIRST, "call_script": '您好,这里是"虚构"公司\n请问'},
        {**SECOND, "language": "en"},
    ],
    ImportKind.DOCUMENTS: [
        {**samples.ROWS[ImportKind.DOCUMENTS][0], "agent": "虚构渠道"},
        {"application_no": "A-0002", "kind": "COMMITMENT_LETTER", "path": "letter.pdf", "quality": "blurred"},
    ],
    ImportKind.CALLS: [
        *samples.ROWS[ImportKind.CALLS],
        {"caller": "13700137000", "callee": "02112345678", "start_at": "2026-10-08 09:31:00", "duration_s": "9"},
    ],
}

Tables = dict[str, list[Any]]

ENCODINGS = {"jsonl": "utf-8", "utf-16-be": "utf-16", "xlsx": ""}
SHEETS = {"xlsx": ["数据"]}

TABLES = (
    "application",
    "card",
    "document",
    "call_window",
    "call_day",
    "call_hour",
    "opt_out",
    "credit_record",
    "complaint",
    "case",
    "finding",
    "submission",
)


def _csv(kind: ImportKind, header: Callable[[str], str]) -> str:
    columns = list(dict.fromkeys(column for row in ROWS[kind] for column in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([header(column) for column in columns])
    writer.writerows([row.get(column, "") for column in columns] for row in ROWS[kind])
    return out.getvalue()


def as_utf8_csv(kind: ImportKind, path: Path) -> Path:
    file = path.with_suffix(".csv")
    file.write_text(_csv(kind, str), encoding="utf-8")
    return file


def as_jsonl(kind: ImportKind, path: Path) -> Path:
    file = path.with_suffix(".jsonl")
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS[kind]]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def as_utf16_be_text(kind: ImportKind, path: Path) -> Path:
    """Write what Excel calls Unicode text, in the other byte order."""
    file = path.with_suffix(".txt")
    rows = csv.reader(io.StringIO(_csv(kind, lambda column: column_names(kind).chinese[column]), newline=""))
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows(rows)
    file.write_bytes(b"\xfe\xff" + out.getvalue().encode("utf-16-be"))
    return file


def as_xlsx(kind: ImportKind, path: Path) -> Path:
    """Write dates, numbers, yes and no as a spreadsheet holds them, below a title and with Chinese names."""
    header, *rows = _sheet(kind, lambda column: column_names(kind).chinese[column])
    typed = [[_typed(str(cell)) for cell in row] for row in rows]
    return write_workbook(path.with_suffix(".xlsx"), {"说明": [], "数据": [["虚构公司清单"], [], header, *typed]})


def _sheet(kind: ImportKind, header: Callable[[str], str]) -> list[list[Value]]:
    columns = list(dict.fromkeys(column for row in ROWS[kind] for column in row))
    names: list[Value] = [header(column) for column in columns]
    rows: list[list[Value]] = [[row.get(column, "") for column in columns] for row in ROWS[kind]]
    return [names, *rows]


def _typed(cell: str) -> Value:
    """Return what a spreadsheet makes of a text that is typed in, where nothing is lost by it."""
    if cell in {"true", "yes", "是"}:
        return True
    try:
        return datetime.fromisoformat(cell.removesuffix("+08:00")) if ":" in cell else date.fromisoformat(cell)
    except ValueError:
        is_number = cell.isdecimal() and not cell.startswith("0") and len(cell) <= 15
        return float(cell) if is_number else cell


def as_one_workbook(folder: Path) -> Path:
    """Write all kinds as sheets of one workbook, in an order in which they could not go in one by one."""
    names = dict(zip(ROWS, ("申请", "号卡", "Documents", "通话记录", "optouts", "信用记录", "投诉"), strict=True))
    return write_workbook(
        folder / "all.xlsx", {names[kind]: _sheet(kind, str) for kind in reversed(ROWS)} | {"Sheet8": []}
    )


WAYS = {
    "utf-8": as_utf8_csv,
    "jsonl": as_jsonl,
    "utf-16-be": as_utf16_be_text,
    "xlsx": as_xlsx,
}


def _imported(folder: Path, way: str) -> tuple[Tables, list[ImportReport]]:
    """Import all seven kinds one way, each file twice, and return what the tables hold."""
    desk = _desk(folder)
    reports = []
    for kind in ROWS:
        file = WAYS[way](kind, folder / kind.value)
        reports.append(desk.take(kind, file))
        with pytest.raises(BadData, match="imported already"):
            desk.take(kind, file)
    tables = _tables(desk.site)
    desk.site.close()
    return tables, reports


def _desk(folder: Path) -> Desk:
    """Return a site, and a folder with the documents that the rows name."""
    folder.mkdir()
    (folder / "材料").mkdir()
    (folder / "材料" / "执照.pdf").write_bytes(PDF)
    (folder / "letter.pdf").write_bytes(PDF + b"letter")
    return Desk(Site(folder / "w.db").create(), folder)


def _tables(site: Site) -> Tables:
    """Return what the tables hold."""
    tables: dict[str, list[Any]] = {}
    with site.services("admin").context.read() as session:
        connection = session.connection()
        for name in TABLES:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY id').mappings()
            # Each site has a key of its own for its hashes.
            tables[name] = [
                {column: value for column, value in row.items() if not column.endswith("_hash")} for row in rows
            ]
    return tables


@pytest.mark.proof
def test_seven_kinds_give_equal_rows_in_every_form_and_are_refused_the_second_time(tmp_path: Path) -> None:
    tables, reports = _imported(tmp_path / "utf-8", "utf-8")
    for name in TABLES:
        assert tables[name], name
    assert [report.created for report in reports] == [2, 1, 2, 3, 2, 2, 2]
    assert reports[1].updated == 1
    assert reports[3].unknown_callers == 1
    for way in list(WAYS)[1:]:
        others, told = _imported(tmp_path / way, way)
        assert others == tables, way
        assert [report.created for report in told] == [report.created for report in reports]
        assert told[0].encoding == ENCODINGS[way]
        assert [line.sheet for line in told[0].sheets] == SHEETS.get(way, [])


@pytest.mark.proof
def test_one_workbook_gives_the_rows_of_seven_files_at_once(tmp_path: Path) -> None:
    tables, reports = _imported(tmp_path / "utf-8", "utf-8")
    desk = _desk(tmp_path / "workbook")
    path = as_one_workbook(desk.folder)

    report = desk.take(ImportKind.WORKBOOK, path)

    assert _comparable(_tables(desk.site)) == _comparable(tables)
    # The number that an application brings and the card of the same number are one row here.
    assert report.created == sum(one.created for one in reports) + 1
    assert (report.unknown_callers, report.updated) == (1, 0)
    assert [(line.kind, line.rows) for line in report.sheets] == [
        (kind, len(ROWS[kind])) for kind in IMPORT_ORDER if kind in ROWS
    ]
    assert desk.sql("SELECT kind, published_seq FROM import_batch") == [("workbook", 1)]
    assert desk.sql("SELECT name FROM import_file") == [("all.xlsx",)]
    with pytest.raises(BadData, match="imported already"):
        desk.take(ImportKind.WORKBOOK, path)
    assert desk.is_chain_whole()
    desk.site.close()


def _comparable(tables: Tables) -> Tables:
    """Return the rows that count, without what only says by which batch and in which order they came."""
    order = {"id", "batch_id", "case_id", "application_id", "evidence_seq", "evidence_no", "version", "position"}
    key = ("agent", "application_no", "msisdn")
    rows: Tables = {}
    for name in set(TABLES) - {"submission"}:  # a new case takes nothing in later
        found = tables[name]
        if name in {"card", "call_window"}:
            # What is imported one by one leaves earlier rows behind, which the newest replaces.
            found = list({tuple(row[column] for column in key): row for row in found}.values())
        kept = {tuple((column, row[column]) for column in row if column not in order) for row in found}
        rows[name] = sorted(kept, key=str)
    return rows
