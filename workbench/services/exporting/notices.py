"""Exports the notices that can be sent to applicants: released and not cancelled."""

from collections.abc import Iterator

from sqlalchemy import select

from db.models import NoticeRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
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
    """Yield the released notices in the order in which they were written."""
    statement = (
        select(_NOTICE, CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == _NOTICE.c.case_id)
        .where(
            is_published(CASE.c.batch_id),
            _NOTICE.c.release_at <= source.now,
            _NOTICE.c.cancelled_at.is_(None),
            *source.on_or_after_since(_NOTICE.c.release_at),
        )
    )
    for page in source.pages(statement, _NOTICE.c.id):
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            yield {
                **source.record(row._asdict(), ("subject", "body"), hidden),
                "notice": row.id,
                "case": format_case(row.case_id),
                "decision": None if row.decision_id is None else format_decision(row.decision_id),
            }
