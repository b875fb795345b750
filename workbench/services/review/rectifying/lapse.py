"""Lapses a case that was not rectified in time, and takes the lapse back if it was in time after all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow, DecisionRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.clock.due import feasible_deadline
from workbench.domain.policy.policy import BilingualText
from workbench.services.acts.act import finish_act, note_act
from workbench.services.case.decisions import open_rectification
from workbench.services.clock.case_clocks import Clocks
from workbench.services.clock.stated_deadlines import MOVED_ACTION, move_deadlines, stated_deadlines
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import cancel_letters, notice_of_lapse, notify, notify_of_status
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts, LetterItem
from workbench.services.review.rectifying.rectification import letter_items, open_items, reopen_inquiries, waived_texts

_SENT_LATE = BilingualText(
    en="We sent our earlier letter with your deadline late.", zh="我司此前载明期限的通知寄发延迟。"
)

_WITH_OLD_DEADLINE = (
    ClockLetterKind.DEADLINE.value,
    ClockLetterKind.DEADLINE_NEAR.value,
    ClockLetterKind.LAPSED.value,
    ClockLetterKind.LAPSE_UNDONE.value,
    ClockLetterKind.WAIVED.value,
)
"""The letters that state the deadline of a rectification, besides the one that asks for it."""


def lapse(session: Session, context: Context, case: CaseRow) -> None:
    """Lapse a case whose deadline has passed, and notify the applicant of the missing items and the deadline.

    The items stay open: an answer that was received in time may still be imported.
    """
    row, now = open_rectification(session, case), context.now()
    case.state = CaseState.LAPSED.value
    finish_act(session, context, case, "lapse", {"round": case.round})
    cancel_letters(session, context, case, (ClockLetterKind.DEADLINE_NEAR,))
    if row is None:
        return
    deadlines = [(item, item.deadline_at or row.deadline_at) for item in open_items(session, row)]
    missed = [(item, at) for item, at in deadlines if at is not None and at < now]
    # The letter states the deadline above the items, so it is not repeated beside them.
    items = tuple(LetterItem(item.text) for item, _at in missed)
    deadline_at = max((at for _item, at in missed), default=row.deadline_at)
    message = LetterFacts(kind=ClockLetterKind.LAPSED, items=items, deadline_at=deadline_at)
    notify_of_status(session, context, case, message)


def take_back_lapse(session: Session, context: Context, case: CaseRow) -> None:
    """Take back a lapse because the deadline moved into the future, and notify the applicant."""
    _return_to_applicant(session, context, case)
    correct_deadline(session, context, case, was_lapsed=True)


def take_back_suspended_lapse(session: Session, context: Context, case: CaseRow) -> tuple[int, datetime] | None:
    """Take back a lapse whose deadline a suspension moved or holds; the caller notifies the applicant.

    Return the number and the time of the notice of the lapse, None if it was never sent.
    """
    _return_to_applicant(session, context, case)
    cancel_letters(session, context, case, (ClockLetterKind.LAPSED,))
    return notice_of_lapse(session, case)


def _return_to_applicant(session: Session, context: Context, case: CaseRow) -> None:
    case.state = CaseState.RECTIFYING.value
    reopen_inquiries(session, case)
    finish_act(session, context, case, "lapse-undone", {"round": case.round})


def correct_deadline(session: Session, context: Context, case: CaseRow, *, was_lapsed: bool = False) -> None:
    """Cancel the unsent letters that state the old deadline, and write a letter that states the new deadline.

    Nothing is written if there are no such letters and the case had not lapsed. If the new deadline is too soon after
    the letter, it moves to the first day that leaves enough time.
    """
    row = open_rectification(session, case)
    if row is None or row.deadline_at is None:
        return
    cancelled = cancel_deadline_letters(session, context, case, row, _WITH_OLD_DEADLINE).values()
    if not cancelled and not was_lapsed:
        return
    _leave_time(session, context, case)
    is_lapse_known = was_lapsed or ClockLetterKind.LAPSE_UNDONE in cancelled
    # A letter that corrects the lapse also states the new deadline, so no second letter is needed.
    if (is_lapse_known and correct_lapse_letter(session, context, case, is_deadline_moved=True)) or not cancelled:
        return
    message = LetterFacts(
        kind=ClockLetterKind.DEADLINE,
        cause=_SENT_LATE,
        deadline_at=row.deadline_at,
        asked=letter_items(open_items(session, row)),
        waived=waived_texts(session, row),
    )
    notify(session, context, [(case, message)])


def cancel_deadline_letters(
    session: Session, context: Context, case: CaseRow, row: RectificationRow, kinds: Iterable[str]
) -> dict[int, str]:
    """Cancel unsent letters of some kinds about the deadline of a rectification; return the kinds by notice number."""
    decision = session.get_one(DecisionRow, row.decision_id)
    is_since = NOTICE.c.created_at >= (decision.checked_at or decision.decided_at)
    return cancel_letters(session, context, case, kinds, is_since)


def _leave_time(session: Session, context: Context, case: CaseRow) -> None:
    """Postpone future deadlines that are too soon for a letter that is written now."""
    clocks, now = Clocks(session, context), context.now()
    deadlines = stated_deadlines(clocks, [case]).get(case.id or 0, ())
    future = [one for one in deadlines if one.row and one.in_force_at >= now]
    calendar = clocks.calendar(case)
    later = [replace(one, deadline_at=feasible_deadline(one.in_force_at, now, calendar), told_at=now) for one in future]
    if body := move_deadlines(case, later, clocks, leaves_time=False):
        note_act(session, context, MOVED_ACTION, case.id, body)


def correct_lapse_letter(session: Session, context: Context, case: CaseRow, *, is_deadline_moved: bool = False) -> bool:
    """Notify the applicant that a lapsed case continues, and return whether a letter was written.

    A letter about the lapse that is not released yet is cancelled, and no letter is written then; a released one counts
    as sent.

    The caller has changed the state of the case. `is_deadline_moved` says that the deadline moved; otherwise the items
    that were due had been received in time.
    """
    cancel_letters(session, context, case, (ClockLetterKind.LAPSED,), NOTICE.c.release_at > context.now())
    corrects = notice_of_lapse(session, case)
    if corrects is None:
        return False
    row = open_rectification(session, case)
    message = LetterFacts(
        kind=ClockLetterKind.LAPSE_UNDONE,
        items=() if row is None else letter_items(open_items(session, row)),
        waived=() if row is None else waived_texts(session, row),
        deadline_at=None if row is None else row.deadline_at,
        corrects=corrects,
        is_deadline_moved=is_deadline_moved,
    )
    notify_of_status(session, context, case, message)
    return True
