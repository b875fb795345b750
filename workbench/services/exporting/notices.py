"""Exports the notices that can be sent to applicants: released and not cancelled."""

from collections.abc import Iterator

from sqlalchemy import or_, select, update

from db.enums import Language
from db.models import NoticeRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.errors import BadConfiguration
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import chunks
from workbench.services.policy.supplier import advice_on_made_up, is_made_up, made_up_values, with_sender

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


def write_sender(context: Context) -> None:
    """Render the letters again that name the made-up supplier and were not sent: with the supplier in force.

    Raises:
        BadConfiguration: If the made-up supplier is in force.
    """
    for language in Language:
        wanted = select(_NOTICE.c.id, _NOTICE.c.body).where(
            _NOTICE.c.language == language.value,
            _NOTICE.c.sent_at.is_(None),
            or_(*(_NOTICE.c.body.contains(value, autoescape=True) for value in made_up_values(language))),
        )
        with context.read() as session:
            supplier = context.policy(session).supplier
            if is_made_up(supplier):
                raise BadConfiguration(advice_on_made_up())
            ids = session.execute(wanted).scalars().all()
        for portion in chunks(ids):
            with context.write() as session:
                for row in session.execute(wanted.where(_NOTICE.c.id.in_(portion))).all():
                    body = with_sender(row.body, supplier, language)
                    session.execute(update(_NOTICE).where(_NOTICE.c.id == row.id).values(body=body))
