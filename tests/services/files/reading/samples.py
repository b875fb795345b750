"""Made-up rows of every kind, and files made of them."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.problems import BadRecord, ParsedRow
from workbench.services.files.reading.reader import open_reader

SHANGHAI = ZoneInfo("Asia/Shanghai")

ROWS: dict[ImportKind, list[dict[str, str]]] = {
    ImportKind.APPLICATIONS: [
        {
            "agent": "虚构渠道",
            "application_no": "A-0001",
            "submitted_at": "2026-11-02 10:30",
            "received_at": "2026/11/3 9:05",
            "first_reviewed_on": "2026年11月1日",
            "card_type": "电销卡",
            "applicant_kind": "enterprise",
            "applicant_name": "虚构㐀号信息服务有限公司",
            "uscc": "91110000600037341L",
            "registered_capital_cny": "2,000,000.50",
            "licence_valid_to": "long-term",
            "business_scope": "信息咨询,客户回访",
            "province": "北京市",
            "legal_rep_name": "甲某某",
            "legal_rep_id_no": "11010519491231002X",
            "handler_name": "乙某某",
            "handler_id_no": "11010519491231002X",
            "handler_id_issued_on": "20200101",
            "handler_id_valid_to": "2040-01-01",
            "contact_phone": "010-1234 5678",
            "industry": "教育",
            "stated_use": "回访已购课程的客户",
            "call_script": "您好,这里是“虚构”公司",
            "consent_source": "客户在线登记",
            "service_class": "standard",
            "language": "zh",
            "msisdns": "13800138000;13900139000",
        },
        {
            "application_no": "A-0002",
            "submitted_at": "2026-11-02T10:30:00+08:00",
            "applicant_kind": "individual",
            "applicant_name": "丙某某",
            "handler_name": "丙某某",
            "handler_id_no": "11010519491231002X",
        },
    ],
    ImportKind.CARDS: [
        {
            "agent": "虚构渠道",
            "application_no": "A-0001",
            "msisdn": "13800138000",
            "iccid": "89860070310112094320",
            "carrier": "mobile",
            "brand": "虚构移动",
            "activated_on": "2026-10-01",
            "daily_quota_calls": "300",
            "actual_user_name": "丁某某",
            "service_ended_on": "2026-11-01",
        },
        {"application_no": "A-0002", "msisdn": "13900139000"},
    ],
    ImportKind.DOCUMENTS: [
        {
            "application_no": "A-0001",
            "kind": "BIZ_LICENSE",
            "path": "材料/执照.pdf",
            "received_at": "2026-11-02",
            "issued_on": "2020-01-01",
            "valid_to": "长期",
            "sealed": "是",
            "quality": "ok",
        },
        {"agent": "虚构渠道", "application_no": "A-0001", "kind": "CALL_SCRIPT", "sha256": "AB" * 32},
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
            "direction": "in",
        },
    ],
    ImportKind.OPTOUTS: [
        {"callee": "02112345678", "since": "2026-10-01"},
        {"callee": "02112345678", "since": "2026-10-01 12:00", "msisdn": "13800138000"},
    ],
    ImportKind.CREDIT: [
        {
            "subject_no": "91110000600037341L",
            "list": "arrears",
            "match": "exact",
            "listed_on": "2026-05-01",
            "checked_on": "2026-11-01",
            "amount_cny": "1234.50",
            "overdue_days": "45",
            "disputed": "no",
            "reference": "(2026)虚01号",
        },
        {"subject_no": "91110000600037341L", "list": "court", "match": "none", "checked_on": "2026-11-01"},
    ],
    ImportKind.COMPLAINTS: [
        {
            "msisdn": "13800138000",
            "received_at": "2026-10-09 11:00",
            "source": "12321",
            "verified": "true",
            "summary": "多次来电\n推销课程",
        },
        {"msisdn": "13900139000", "received_at": "2026-10-09"},
    ],
}

KINDS = list(ROWS)


def columns_of(rows: Iterable[dict[str, str]]) -> list[str]:
    """Return every column that a row has, in order."""
    return list(dict.fromkeys(column for row in rows for column in row))


def sheet_of(kind: ImportKind, *, is_chinese: bool = False) -> list[list[str]]:
    """Return the sample rows of a kind below a header, with English or Chinese names."""
    columns = columns_of(ROWS[kind])
    header = [column_names(kind).chinese[column] if is_chinese else column for column in columns]
    return [header, *([row.get(column, "") for column in columns] for row in ROWS[kind])]


def as_csv(kind: ImportKind, *, is_chinese: bool = False) -> str:
    """Return the sample rows of a kind as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(sheet_of(kind, is_chinese=is_chinese))
    return out.getvalue()


def as_jsonl(kind: ImportKind) -> str:
    """Return the sample rows of a kind as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS[kind])


def read(path: Path, kind: ImportKind, *, encoding: str | None = None) -> list[ParsedRow | BadRecord]:
    """Read a file to its end."""
    with open_reader(path, kind, zone=SHANGHAI, encoding=encoding) as reader:
        return list(reader)


def good(records: Sequence[ParsedRow | BadRecord]) -> list[ParsedRow]:
    """Return the rows among records."""
    return [record for record in records if isinstance(record, ParsedRow)]


def bad(records: Sequence[ParsedRow | BadRecord]) -> list[BadRecord]:
    """Return the records that are none."""
    return [record for record in records if isinstance(record, BadRecord)]
