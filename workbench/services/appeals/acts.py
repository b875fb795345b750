"""Files, withdraws and limits appeals, in the caller's write transaction."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import AppealStatus, CaseState
from db.models import AppealRow, CaseRow, NoticeRow, ReviewerRow
from workbench.domain.case.appeal import AppealResult, last_filing_day
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.appeals.people import handler_for
from workbench.services.case.decisions import newest_appeal, newest_decision
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import check_not_blank
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.appeal_letter import AppealLetterKind, notify_of_appeal
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.reversal import record_of

MOST_CHARACTERS = 4_000
"""The most characters of grounds and of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldResult:
    """When the notice of a result was written, when the applicant was told it, and the last day to appeal against it.

    The last day counts from when the applicant was told, but is never before the day that the notice gives.
    """

    written_at: datetime
    told_at: datetime
    last_day: date


def file_appeal(
    session: Session,
    context: Context,
    case: CaseRow,
    grounds: str,
    received_at: datetime,
    batch_id: int | None = None,
) -> tuple[AppealRow, str]:
    """File an appeal in the caller's write transaction; return it with its letter, personal values masked.

    Raises:
        NotAllowed: If the appeal is late or was answered before.
        WrongUsage: If the grounds are missing or too long, or it was received in the future or before the notice.
    """
    check_grounds(grounds)
    case_id = case.id or 0
    check_received(session, context, case, received_at)
    decision = newest_decision(session, case_id, "applied", "approved")
    record = record_of(session, context, case)
    appeal = AppealRow(
        case_id=case_id,
        decision_id=decision.id if decision else None,
        state_before=case.state,
        grounds=grounds.strip(),
        received_at=received_at,
        filed_at=context.now(),
        filed_by_id=context.actor.id,
        due_at=received_at,
        status=AppealStatus.OPEN.value,
        release_at=grace_end(session, context, case),
        before=json.dumps({"assignee_id": case.assignee_id, "returned_to_id": case.returned_to_id}),
    )
    session.add(appeal)
    session.flush()
    record["appeal"] = {"id": appeal.id, "before": {"status": AppealStatus.UNDONE.value}}
    case.assignee_id, case.returned_to_id = handler_for(session, context, case), None
    case.state = CaseState.APPEALED.value
    case.version += 1
    # What was received counts from its receipt, not from its entry.
    context.log(
        session,
        Action.APPEAL,
        case_id=case_id,
        batch_id=batch_id,
        state=CaseState.APPEALED,
        counted_at=received_at,
        body=record,
    )
    update_due_date(session, context, case)
    appeal.due_at = case.due_at or received_at
    kind = AppealLetterKind.RECEIVED
    return appeal, notify_of_appeal(session, context, case, appeal, kind, release_at=appeal.release_at or context.now())


def withdraw_appeal(session: Session, context: Context, case: CaseRow, appeal: AppealRow) -> None:
    """End an appeal that the applicant withdrew: the case gets back the state before it."""
    before = {"status": appeal.status}
    record = changing(session, context, case, appeal, before)
    appeal.status, appeal.release_at = AppealStatus.WITHDRAWN.value, grace_end(session, context, case)
    to_state_before(case, appeal)
    case.version += 1
    until, kind = told_result(session, context, case).last_day, AppealLetterKind.WITHDRAWN
    notify_of_appeal(session, context, case, appeal, kind, release_at=appeal.release_at, appeal_until=until)
    context.log_case(session, Action.WITHDRAW, case, {**record, "kind": "appeal"})
    update_due_date(session, context, case)


def check_received(session: Session, context: Context, case: CaseRow, received_at: datetime) -> None:
    """Refuse an appeal that was received too late, or before its result was told, or after one that was answered.

    Raises:
        NotAllowed: If it is late, or the same result was appealed and stood.
        WrongUsage: If it was received in the future or before the day of the notice.
    """
    name, calendar = format_case(case.id or 0), context.calendar(session, case.policy_version_id)
    told = told_result(session, context, case)
    if received_at > context.now():
        raise WrongUsage(_("The appeal was received in the future; correct the date."))
    if calendar.local_day(received_at) < calendar.local_day(told.told_at):
        message = _("The appeal against {case} was received before its notice of {day}; correct the date.")
        raise WrongUsage(message.format(case=name, day=calendar.local_day(told.told_at).isoformat()))
    if calendar.local_day(received_at) > told.last_day:
        message = _("The last day to appeal against {case} was {day}; a supervisor can still reopen the case.")
        raise NotAllowed(message.format(case=name, day=told.last_day.isoformat()))
    closed = newest_appeal(session, case.id or 0, AppealStatus.CLOSED)
    if closed is not None and closed.filed_at >= told.written_at:
        message = _(
            "An appeal against this result of {case} was answered already; a supervisor can still reopen the case."
        )
        raise NotAllowed(message.format(case=name))


def told_result(session: Session, context: Context, case: CaseRow) -> ToldResult:
    """Return when the applicant was told the fail or the lapse: when its notice was written, or if later, sent.

    A notice that nobody marked as sent counts as sent on the day on which it was written.
    """
    decision = newest_decision(session, case.id or 0, "applied", "approved")
    of_result = (
        col(NoticeRow.kind) == ClockLetterKind.LAPSED.value
        if case.state == CaseState.LAPSED
        else col(NoticeRow.decision_id) == (decision.id if decision else None)
    )
    notice: NoticeRow | None = session.execute(
        select(NoticeRow)
        .where(col(NoticeRow.case_id) == case.id, of_result, col(NoticeRow.cancelled_at).is_(None))
        .order_by(col(NoticeRow.id).desc())
        .limit(1)
    ).scalar_one_or_none()
    if notice is not None:
        written_at, sent_at, printed = notice.created_at, notice.sent_at, notice.appeal_until
    else:
        written_at = context.now() if decision is None else decision.checked_at or decision.decided_at
        sent_at = printed = None
    told_at, calendar = max(written_at, sent_at or written_at), context.calendar(session, case.policy_version_id)
    last_day = last_filing_day(told_at, context.policy(session, case.policy_version_id).appeal.file_days, calendar)
    return ToldResult(written_at=written_at, told_at=told_at, last_day=max(last_day, printed or last_day))


def changing(
    session: Session,
    context: Context,
    case: CaseRow,
    appeal: AppealRow,
    before: dict[str, Any],
    *,
    is_staged: bool = False,
) -> dict[str, Any]:
    """Return what the event of an act on an appeal records, so that an undo restores these columns of the appeal.

    A staged decision can be undone until its check, at any time.
    """
    record = record_of(session, context, case)
    if is_staged:
        del record["undo_until_us"]
    return {**record, "appeal": {"id": appeal.id, "before": before}}


def to_state_before(case: CaseRow, appeal: AppealRow) -> None:
    """Give a case the state and the assignee that it had before an appeal."""
    case.state = appeal.state_before
    for name, value in json.loads(appeal.before).items():
        setattr(case, name, value)


def grace_end(session: Session, context: Context, case: CaseRow) -> datetime:
    """Return until when an act on a case can be undone, and its letter waits."""
    return context.now() + timedelta(seconds=context.policy(session, case.policy_version_id).desk.grace_s)


def appeal_result(session: Session, case: CaseRow, appeal: AppealRow, notice: str | None = None) -> AppealResult:
    """Return what an act on an appeal did, after `case` and `appeal` were changed."""
    assignee = session.get(ReviewerRow, case.assignee_id) if case.assignee_id else None
    return from_row(
        AppealResult,
        appeal,
        appeal_id=appeal.id or 0,
        state=CaseState(case.state),
        due_at=case.due_at,
        assignee=assignee.login if assignee else None,
        notice=notice,
    )


def check_grounds(grounds: str) -> None:
    """Refuse grounds that are blank or too long.

    Raises:
        WrongUsage: If they are.
    """
    check_text(grounds, _("An appeal needs grounds."))


def check_text(text: str, missing: str) -> None:
    """Refuse grounds or an answer that are blank or too long.

    Raises:
        WrongUsage: If they are, with the message `missing` if they are blank.
    """
    check_not_blank(text, missing)
    if len(text) > MOST_CHARACTERS:
        message = _("The text has at most {most} characters; shorten it.")
        raise WrongUsage(message.format(most=MOST_CHARACTERS))
