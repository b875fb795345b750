"""The notices that applicants may be sent: released, and not taken back before."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from db.models import NoticeRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.services.case.redaction import Hidden
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source

_NOTICE = table_of(NoticeRow)

COLUMNS = (
    "notice",
    "case",
    "decision",
    "agent",
    "application_no",
    "kind",
    "language",
    "subject",
    "body",
    "created_at",
    "release_at",
    "sent_at",
)


def rows(source: Source) -> Iterator[Record]:
    """Return the released notices in the order in which they were written."""
    statement = (
        select(_NOTICE, CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == _NOTICE.c.case_id)
        .where(
            is_published(CASE.c.batch_id),
            _NOTICE.c.release_at <= source.now,
            _NOTICE.c.cancelled_at.is_(None),
            *source.from_since(_NOTICE.c.release_at),
        )
    )
    for page in source.pages(statement, _NOTICE.c.id):
        people = source.people_of(page)
        for row in page:
            yield _record(source, row, people[row.agent, row.application_no])


def _record(source: Source, row: Row[Any], people: Hidden) -> Record:
    def written(text: str) -> str:
        return text if source.reveal else people.within(text)

    return {
        "notice": row.id,
        "case": format_case(row.case_id),
        "decision": None if row.decision_id is None else format_decision(row.decision_id),
        "agent": row.agent or None,
        "application_no": row.application_no,
        "kind": row.kind,
        "language": row.language,
        "subject": written(row.subject),
        "body": written(row.body),
        "created_at": source.instant(row.created_at),
        "release_at": source.instant(row.release_at),
        "sent_at": source.instant(row.sent_at),
    }
