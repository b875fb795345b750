"""Each kind of file, as UTF-8 CSV, JSON Lines and GB18030 CSV with Chinese headers, gives equal rows."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from db.enums import ImportKind
from tests.offices import Site
from tests.services.importing.files import PDF, Cells, Desk, application
from workbench.errors import BadData
from workbench.services.importing.request import ImportReport
from workbench.services.reading.headers import column_names

ROWS: dict[ImportKind, Sequence[Cells]] = {
    ImportKind.APPLICATIONS: [
        application("A-1", agent="虚构渠道", applicant_name="虚构㐀号公司", call_script='您好,这里是"虚构"公司\n请问'),
        application("A-2", uscc="", applicant_kind="individual", language="en"),
    ],
    ImportKind.CARDS: [
        {
            "agent": "虚构渠道",
            "application_no": "A-1",
            "msisdn": "13800138000",
            "iccid": "89860070310112094320",
            "carrier": "mobile",
        },
        {"agent": "", "application_no": "A-2", "msisdn": "+86 139 0013 9000", "daily_quota_calls": "300"},
    ],
    ImportKind.DOCUMENTS: [
        {
            "agent": "虚构渠道",
            "application_no": "A-1",
            "kind": "BIZ_LICENSE",
            "path": "材料/执照.pdf",
            "received_at": "2026-11-02",
            "valid_to": "长期",
            "sealed": "是",
        },
        {
            "agent": "",
            "application_no": "A-2",
            "kind": "COMMITMENT_LETTER",
            "path": "letter.pdf",
            "received_at": "2026-11-02 10:00",
            "quality": "blurred",
        },
    ],
    ImportKind.CALLS: [
        {
            "caller": "13800138000",
            "callee": "02112345678",
            "start_at": "2026-10-08 09:00:01",
            "duration_s": "35",
            "answered": "1",
            "direction": "out",
            "imei": "356868000041418",
        },
        {
            "caller": "02112345678",
            "callee": "13800138000",
            "start_at": "2026-10-08 09:30:00",
            "duration_s": "0",
            "answered": "",
            "direction": "in",
            "imei": "",
        },
        {
            "caller": "13700137000",
            "callee": "02112345678",
            "start_at": "2026-10-08 09:31:00",
            "duration_s": "9",
            "answered": "",
            "direction": "",
            "imei": "",
        },
    ],
    ImportKind.OPTOUTS: [
        {"callee": "02112345678", "since": "2026-10-01", "msisdn": ""},
        {"callee": "02187654321", "since": "2026-10-01 12:00", "msisdn": "13800138000"},
    ],
    ImportKind.CREDIT: [
        {
            "subject_no": "91110000600037341L",
            "list": "arrears",
            "match": "exact",
            "listed_on": "2026-05-01",
            "amount_cny": "1234.50",
            "overdue_days": "45",
            "disputed": "no",
            "reference": "(2026)虚01号",
        },
        {
            "subject_no": "11010519491231002X",
            "list": "court",
            "match": "none",
            "listed_on": "",
            "amount_cny": "",
            "overdue_days": "",
            "disputed": "",
            "reference": "",
        },
    ],
    ImportKind.COMPLAINTS: [
        {
            "msisdn": "13800138000",
            "received_at": "2026-10-09 11:00",
            "source": "12321",
            "verified": "true",
            "summary": "多次来电\n推销课程",
        },
        {"msisdn": "13900139000", "received_at": "2026-10-09", "source": "", "verified": "", "summary": ""},
    ],
}

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


def as_gb18030_csv(kind: ImportKind, path: Path) -> Path:
    file = path.with_suffix(".csv")
    text = _csv(kind, lambda column: column_names(kind).chinese[column])
    file.write_bytes(text.encode("gb18030"))
    return file


WAYS = {"utf-8": as_utf8_csv, "jsonl": as_jsonl, "gb18030": as_gb18030_csv}


def _imported(folder: Path, way: str) -> tuple[dict[str, list[Any]], list[ImportReport]]:
    """Import all seven kinds one way, each file twice, and return what the tables hold."""
    folder.mkdir()
    (folder / "材料").mkdir()
    (folder / "材料" / "执照.pdf").write_bytes(PDF)
    (folder / "letter.pdf").write_bytes(PDF + b"letter")
    site = Site(folder / "w.db").create()
    desk = Desk(site, folder)
    reports = []
    for kind in ROWS:
        file = WAYS[way](kind, folder / kind.value)
        reports.append(desk.take(kind, file))
        with pytest.raises(BadData, match="imported already"):
            desk.take(kind, file)
    tables: dict[str, list[Any]] = {}
    with site.office("admin").context.read() as session:
        connection = session.connection()
        for name in TABLES:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY id').mappings()
            # Each site has a key of its own for its hashes.
            tables[name] = [
                {column: value for column, value in row.items() if not column.endswith("_hash")} for row in rows
            ]
    site.close()
    return tables, reports


def test_seven_kinds_give_equal_rows_in_every_form_and_are_refused_the_second_time(tmp_path: Path) -> None:
    tables, reports = _imported(tmp_path / "utf-8", "utf-8")
    for name in TABLES:
        assert tables[name], name
    assert [report.created for report in reports] == [2, 1, 2, 3, 2, 2, 2]
    assert reports[1].updated == 1
    assert reports[3].unknown_callers == 1
    for way in ("jsonl", "gb18030"):
        others, told = _imported(tmp_path / way, way)
        assert others == tables
        assert [report.created for report in told] == [report.created for report in reports]
    assert told[0].encoding == "gb18030"
