"""Closes a case that was not rectified in time, and takes that back if it was in time after all."""

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from db.queries.published import NOTICE
from workbench.services.case.decisions import open_rectification
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import cancel_unreleased, notify_of_status
from workbench.services.rectifying.rectification import letter_items, open_items


def lapse(session: Session, context: Context, case: CaseRow) -> None:
    """Close a case whose deadline has passed, and tell the applicant what did not come by when.

    The items stay open: an answer that was received in time may still be imported.
    """
    row, now = open_rectification(session, case), context.now()
    case.state = CaseState.LAPSED.value
    case.version += 1
    context.log_case(session, "lapse", case, {"round": case.round})
    update_due_date(session, context, case)
    if row is None:
        return
    deadlines = {item.id: item.deadline_at or row.deadline_at for item in open_items(session, row)}
    missed = [item for item in open_items(session, row) if (at := deadlines[item.id]) is not None and at < now]
    passed = [at for item in missed if (at := deadlines[item.id]) is not None]
    # The deadline stands above the items, so it is not repeated beside them.
    items = [item._replace(deadline_at=None) for item in letter_items(missed)]
    deadline_at = max(passed, default=row.deadline_at)
    notify_of_status(session, context, case, ClockLetterKind.LAPSED, items=items, deadline_at=deadline_at)


def take_back_lapse(session: Session, context: Context, case: CaseRow) -> None:
    """Let the applicant of a lapsed case rectify on, because the deadline moved and is still to come; tell them."""
    case.state = CaseState.RECTIFYING.value
    case.version += 1
    context.log_case(session, "lapse-undone", case, {"round": case.round})
    update_due_date(session, context, case)
    cancel_unreleased(session, context, case, ClockLetterKind.LAPSED)
    correct_lapse_letter(session, context, case, is_deadline_moved=True)


def correct_lapse_letter(session: Session, context: Context, case: CaseRow, *, is_deadline_moved: bool = False) -> None:
    """Tell the applicant that a case goes on although it had lapsed, unless the letter about the lapse was cancelled.

    The caller has changed the state of the case. `is_deadline_moved` says that the deadline moved; otherwise what was
    due had come in time.
    """
    of_lapse = (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.LAPSED.value)
    columns = (NOTICE.c.id, NOTICE.c.created_at, NOTICE.c.cancelled_at)
    letter = session.execute(select(*columns).where(*of_lapse).order_by(NOTICE.c.id.desc()).limit(1)).first()
    if letter is None or letter.cancelled_at is not None:
        return
    row = open_rectification(session, case)
    notify_of_status(
        session,
        context,
        case,
        ClockLetterKind.LAPSE_UNDONE,
        items=[] if row is None else letter_items(open_items(session, row)),
        deadline_at=None if row is None else row.deadline_at,
        corrects=(letter.id, letter.created_at),
        is_deadline_moved=is_deadline_moved,
    )
