"""The notices that applicants may be sent: released, and not taken back before."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from db.models import NoticeRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case_id import format_case, format_decision
from workbench.services.exporting.masking import masked_text
from workbench.services.exporting.people_named import names_in
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
        select(_NOTICE, CASE.c.agent, CASE.c.application_no, CASE.c.application_id)
        .join(CASE, CASE.c.id == _NOTICE.c.case_id)
        .where(
            is_published(CASE.c.batch_id),
            _NOTICE.c.release_at <= source.now,
            _NOTICE.c.cancelled_at.is_(None),
            *source.from_since(_NOTICE.c.release_at),
        )
    )
    for page in source.pages(statement, _NOTICE.c.id):
        people = names_in(source.session, [row.application_id for row in page])
        for row in page:
            yield _record(source, row, people[row.application_id])


def _record(source: Source, row: Row[Any], people: tuple[str, ...]) -> Record:
    def written(text: str) -> str:
        return text if source.reveal else masked_text(text, people)

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
