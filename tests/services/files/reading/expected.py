"""What the sample rows of every kind become: their values that are not empty."""

from datetime import UTC, date, datetime

from db.enums import ImportKind
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.services.files.reading.kinds import RowValue

EXPECTED: dict[ImportKind, list[RowValue]] = {
    ImportKind.APPLICATIONS: [
        {
            "agent": "虚构渠道",
            "application_no": "A-0001",
            "submitted_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "received_at": datetime(2026, 11, 3, 1, 5, tzinfo=UTC),
            "first_reviewed_on": date(2026, 11, 1),
            "card_type": "电销卡",
            "applicant_kind": "enterprise",
            "applicant_name": "虚构㐀号信息服务有限公司",
            "uscc": "91110000600037341L",
            "registered_capital_fen": 200_000_050,
            "licence_valid_to": LONG_TERM,
            "business_scope": "信息咨询,客户回访",
            "province": "北京市",
            "legal_rep_name": "甲某某",
            "legal_rep_id_no": "11010519491231002X",
            "handler_name": "乙某某",
            "handler_id_no": "11010519491231002X",
            "handler_id_issued_on": date(2020, 1, 1),
            "handler_id_valid_to": date(2040, 1, 1),
            "contact_phone": "01012345678",
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
            "submitted_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "received_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "applicant_kind": "individual",
            "applicant_name": "丙某某",
            "handler_name": "丙某某",
            "handler_id_no": "11010519491231002X",
            "language": "zh",
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
            "activated_on": date(2026, 10, 1),
            "daily_quota_calls": 300,
            "actual_user_name": "丁某某",
            "service_ended_on": date(2026, 11, 1),
        },
        {
            "application_no": "A-0002",
            "msisdn": "13900139000",
        },
    ],
    ImportKind.DOCUMENTS: [
        {
            "application_no": "A-0001",
            "kind": "BIZ_LICENSE",
            "path": "材料/执照.pdf",
            "received_at": datetime(2026, 11, 1, 16, tzinfo=UTC),
            "issued_on": date(2020, 1, 1),
            "valid_to": LONG_TERM,
            "sealed": True,
            "quality": "ok",
        },
        {
            "agent": "虚构渠道",
            "application_no": "A-0001",
            "kind": "CALL_SCRIPT",
            "sha256": "abababababababababababababababababababababababababababababababab",
        },
    ],
    ImportKind.CALLS: [
        {
            "caller": "13800138000",
            "callee": "02112345678",
            "start_at": datetime(2026, 10, 8, 1, 0, 1, tzinfo=UTC),
            "duration_s": 35,
            "answered": True,
            "direction": "out",
            "imei": "356868000041418",
        },
        {
            "caller": "02112345678",
            "callee": "13800138000",
            "start_at": datetime(2026, 10, 8, 1, 30, tzinfo=UTC),
            "duration_s": 0,
            "direction": "in",
        },
    ],
    ImportKind.OPTOUTS: [
        {
            "callee": "02112345678",
            "since": datetime(2026, 9, 30, 16, tzinfo=UTC),
        },
        {
            "callee": "02112345678",
            "since": datetime(2026, 10, 1, 4, tzinfo=UTC),
            "msisdn": "13800138000",
        },
    ],
    ImportKind.CREDIT: [
        {
            "subject_no": "91110000600037341L",
            "list": "arrears",
            "match": "exact",
            "listed_on": date(2026, 5, 1),
            "checked_on": date(2026, 11, 1),
            "amount_fen": 123_450,
            "overdue_days": 45,
            "disputed": False,
            "reference": "(2026)虚01号",
        },
        {
            "subject_no": "91110000600037341L",
            "list": "court",
            "match": "none",
            "checked_on": date(2026, 11, 1),
            "disputed": False,
        },
    ],
    ImportKind.COMPLAINTS: [
        {
            "msisdn": "13800138000",
            "received_at": datetime(2026, 10, 9, 3, tzinfo=UTC),
            "source": "12321",
            "verified": True,
            "summary": "多次来电\n推销课程",
        },
        {
            "msisdn": "13900139000",
            "received_at": datetime(2026, 10, 8, 16, tzinfo=UTC),
            "verified": False,
        },
    ],
}
