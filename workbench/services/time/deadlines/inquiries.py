"""What the passing of time does to inquiries: reminders, and their end when their department left the policy."""

from sqlalchemy import select, update

from db.enums import InquiryStatus
from db.models import CaseRow
from db.queries.published import INQUIRY
from workbench.services.acts.act import finish_act, note_act
from workbench.services.foundation.context import Context
from workbench.services.review.back_to_queue import queue_if_none_open

_IS_OPEN = INQUIRY.c.status == InquiryStatus.OPEN.value


def remind_of_inquiries(context: Context) -> int:
    """Record for each open inquiry, once, that half of its time is over; return the count."""
    is_reminder_due = INQUIRY.c.reminded_at.is_(None) & (INQUIRY.c.remind_at <= context.now())
    with context.write() as session:
        rows = session.execute(select(INQUIRY).where(_IS_OPEN, is_reminder_due)).all()
        for row in rows:
            session.execute(update(INQUIRY).where(INQUIRY.c.id == row.id).values(reminded_at=context.now()))
            body = {"inquiry": row.id, "department": row.department}
            note_act(session, context, "inquiry-reminded", row.case_id, body)
    return len(rows)


def void_inquiries(context: Context) -> int:
    """End the open inquiries to departments that the policy in force no longer has; return the count."""
    with context.write() as session:
        known = list(context.policy(session).departments)
        rows = session.execute(select(INQUIRY).where(_IS_OPEN, INQUIRY.c.department.not_in(known))).all()
        for row in rows:
            ended = {"status": InquiryStatus.VOID.value, "ended_at": context.now()}
            session.execute(update(INQUIRY).where(INQUIRY.c.id == row.id).values(ended))
            case = session.get_one(CaseRow, row.case_id)
            queue_if_none_open(session, context, case)
            finish_act(session, context, case, "inquiry-void", {"inquiry": row.id, "department": row.department})
    return len(rows)
