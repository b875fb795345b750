"""Renders letters with the supplier in force, and finds their recipients."""

from typing import Any

from sqlalchemy import Select, false, or_, select, update
from sqlmodel import Session, col

from db.enums import Language
from db.models import PolicyVersionRow
from db.queries.chunks import chunks
from db.queries.published import APPLICATION, CASE, NOTICE, is_published
from workbench.domain.policy.policy import Supplier
from workbench.errors import BadConfiguration
from workbench.services.foundation.context import Context
from workbench.services.policy.supplier import advice_on_made_up, is_made_up, made_up_supplier, sender_of, with_sender

_RECIPIENT = ("applicant_kind", "applicant_name", "handler_name", "contact_phone")


def select_letters() -> Select[Any]:
    """Return the statement that reads notices with their applicants, not the cancelled ones."""
    return (
        select(
            NOTICE, CASE.c.agent, CASE.c.application_no, CASE.c.erased_at, *(APPLICATION.c[name] for name in _RECIPIENT)
        )
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None))
    )


def senders(session: Session, context: Context) -> tuple[Supplier, ...]:
    """Return the suppliers that letters may name: the one in force, then those of all versions and the made-up one."""
    in_force = context.policy(session).supplier
    ids = session.execute(select(col(PolicyVersionRow.id)).order_by(col(PolicyVersionRow.id).desc())).scalars()
    every = (in_force, *(context.policy(session, one).supplier for one in ids), made_up_supplier())
    return tuple(one for number, one in enumerate(every) if one not in every[:number])


def write_sender(context: Context) -> None:
    """Render unsent letters that name an earlier supplier again, with the supplier in force.

    Raises:
        BadConfiguration: If the made-up supplier is in force.
    """
    with context.read() as session:
        supplier, *earlier = suppliers = senders(session, context)
        if is_made_up(supplier):
            raise BadConfiguration(advice_on_made_up())
    for language in Language:
        right = set(supplier.in_language(language).values())
        outdated = {value for one in earlier for value in one.in_language(language).values()} - right
        wanted = select(NOTICE.c.id, NOTICE.c.body).where(
            NOTICE.c.language == language.value,
            NOTICE.c.sent_at.is_(None),
            or_(false(), *(NOTICE.c.body.contains(value, autoescape=True) for value in sorted(outdated))),
        )
        with context.read() as session:
            ids = session.execute(wanted.with_only_columns(NOTICE.c.id)).scalars().all()
        for portion in chunks(ids):
            with context.write() as session:
                for row in session.execute(wanted.where(NOTICE.c.id.in_(portion))).all():
                    body = with_sender(row.body, sender_of(row.body, suppliers, language), supplier, language)
                    session.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(body=body))
