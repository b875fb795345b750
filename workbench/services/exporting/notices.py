"""Exports the notices that can be sent to applicants, with their recipients: released and not cancelled."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select, update

from db.enums import ApplicantKind, Language
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE, is_published
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask
from workbench.errors import BadConfiguration
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.case.masking import public_name
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source
from workbench.services.foundation.context import Context
from workbench.services.policy.supplier import advice_on_made_up, is_made_up, made_up_values, with_sender

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


COLUMNS = (
    *("notice", "case", "decision", "agent", "application_no", "kind", "language"),
    *("subject", "body", "created_at", "release_at", "sent_at"),
    *("recipient_name", "recipient_handler", "recipient_phone", "channel"),
)
_RECIPIENT = ("applicant_kind", "applicant_name", "handler_name", "contact_phone")


def rows(source: Source) -> Iterator[Record]:
    """Yield the released notices in the order in which they were written."""
    statement = (
        select(NOTICE, CASE.c.agent, CASE.c.application_no, *(APPLICATION.c[name] for name in _RECIPIENT))
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .where(
            is_published(CASE.c.batch_id),
            NOTICE.c.release_at <= source.now,
            NOTICE.c.cancelled_at.is_(None),
            *source.on_or_after_since(NOTICE.c.release_at),
        )
    )
    for page in source.pages(statement, NOTICE.c.id):
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            yield {
                **source.record(row._asdict(), ("subject", "body"), hidden),
                "notice": row.id,
                "case": format_case(row.case_id),
                "decision": None if row.decision_id is None else format_decision(row.decision_id),
                **_recipient(row, reveal=source.reveal),
            }


def _recipient(row: Any, *, reveal: bool) -> dict[str, str | None]:
    """Return the recipient of a notice and the channel: by SMS, by a call, through the agent, or in no known way."""
    name, handler, phone = row.applicant_name, row.handler_name, row.contact_phone
    channel = "agent" if row.agent else "none"
    if phone:
        channel = "sms" if _MOBILE.fullmatch(phone) else "phone"
    if not reveal:
        name = public_name(ApplicantKind(row.applicant_kind), name)
        handler, phone = mask(MaskKind.NAME, handler), mask(MaskKind.MSISDN, phone)
    return {
        "recipient_name": name,
        "recipient_handler": handler or None,
        "recipient_phone": phone or None,
        "channel": channel,
    }


def write_sender(context: Context) -> None:
    """Render the letters again that name the made-up supplier and were not sent: with the supplier in force.

    Raises:
        BadConfiguration: If the made-up supplier is in force.
    """
    for language in Language:
        wanted = select(NOTICE.c.id, NOTICE.c.body).where(
            NOTICE.c.language == language.value,
            NOTICE.c.sent_at.is_(None),
            or_(*(NOTICE.c.body.contains(value, autoescape=True) for value in made_up_values(language))),
        )
        with context.read() as session:
            supplier = context.policy(session).supplier
            if is_made_up(supplier):
                raise BadConfiguration(advice_on_made_up())
            ids = session.execute(wanted).scalars().all()
        for portion in chunks(ids):
            with context.write() as session:
                for row in session.execute(wanted.where(NOTICE.c.id.in_(portion))).all():
                    body = with_sender(row.body, supplier, language)
                    session.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(body=body))
