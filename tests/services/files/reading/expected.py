"""What the sample rows of every kind become, where a value is not the text of its cell."""

from datetime import UTC, date, datetime

from db.enums import ImportKind
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.services.files.reading.kinds import RowValue

TYPED: dict[ImportKind, list[RowValue]] = {
    ImportKind.APPLICATIONS: [
        {
            "submitted_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "received_at": datetime(2026, 11, 3, 1, 5, tzinfo=UTC),
            "first_reviewed_on": date(2026, 11, 1),
            "registered_capital_fen": 200_000_050,
            "licence_valid_to": LONG_TERM,
            "handler_id_issued_on": date(2020, 1, 1),
            "handler_id_valid_to": date(2040, 1, 1),
            "contact_phone": "01012345678",
        },
        {
            "submitted_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "received_at": datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            "language": "zh",
        },
    ],
    ImportKind.CARDS: [
        {"activated_on": date(2026, 10, 1), "daily_quota_calls": 300, "service_ended_on": date(2026, 11, 1)},
        {},
    ],
    ImportKind.DOCUMENTS: [
        {
            "received_at": datetime(2026, 11, 1, 16, tzinfo=UTC),
            "issued_on": date(2020, 1, 1),
            "valid_to": LONG_TERM,
            "sealed": True,
        },
        {"sha256": "ab" * 32},
    ],
    ImportKind.CALLS: [
        {"start_at": datetime(2026, 10, 8, 1, 0, 1, tzinfo=UTC), "duration_s": 35, "answered": True},
        {"start_at": datetime(2026, 10, 8, 1, 30, tzinfo=UTC), "duration_s": 0},
    ],
    ImportKind.OPTOUTS: [
        {"since": datetime(2026, 9, 30, 16, tzinfo=UTC)},
        {"since": datetime(2026, 10, 1, 4, tzinfo=UTC)},
    ],
    ImportKind.CREDIT: [
        {
            "listed_on": date(2026, 5, 1),
            "checked_on": date(2026, 11, 1),
            "amount_fen": 123_450,
            "overdue_days": 45,
            "disputed": False,
        },
        {"checked_on": date(2026, 11, 1), "disputed": False},
    ],
    ImportKind.COMPLAINTS: [
        {"received_at": datetime(2026, 10, 9, 3, tzinfo=UTC), "verified": True},
        {"received_at": datetime(2026, 10, 8, 16, tzinfo=UTC), "verified": False},
    ],
}
