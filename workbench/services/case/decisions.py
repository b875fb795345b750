"""Reads the decisions and appeals of a case."""

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from db.enums import IN_EFFECT, AppealStatus, CaseState, Verdict
from db.models import (
    AppealRow,
    CaseRow,
    DecisionReasonRow,
    DecisionRow,
    NoticeRow,
    RectificationItemRow,
    RectificationRow,
)
from db.queries.published import APPEAL, DECISION, NOTICE, newest_row, table_of
from workbench.domain.case.appeal import AppealLine, last_filing_day
from workbench.domain.case.casefile import ItemRequest
from workbench.domain.case.reason_scope import documents_for, named_documents
from workbench.domain.case.records import DecisionLine, ItemLine, Waiver
from workbench.domain.case.running import is_with_applicant
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import moved_deadline, open_suspension_start, working_days_late
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.evidence_reader import documents_after
from workbench.services.case.measure_orders import chosen_in
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row

_REASON = table_of(DecisionReasonRow)
_APPEALS = select_columns(APPEAL).where(APPEAL.c.case_id == bindparam("case")).order_by(APPEAL.c.id)
_DECISIONS = select_columns(DECISION).where(DECISION.c.case_id == bindparam("case")).order_by(DECISION.c.id)
_REASONS = select(_REASON.c.code).where(_REASON.c.decision_id == bindparam("decision")).order_by(_REASON.c.position)
_OPEN = select(RectificationRow).where(RectificationRow.case_id == bindparam("case"), RectificationRow.is_open)
_DEADLINE = select(RectificationRow.deadline_at).where(RectificationRow.decision_id == bindparam("decision"))
_ITEMS = (
    select(RectificationItemRow)
    .join(RectificationRow, col(RectificationRow.id) == RectificationItemRow.rectification_id)
    .where(RectificationRow.decision_id == bindparam("decision"))
    .order_by(col(RectificationItemRow.position))
)


def newest_decision(session: Session, case_id: int, *statuses: str) -> DecisionRow | None:
    """Return the newest decision of a case that has one of these statuses."""
    return newest_row(session, DecisionRow, DecisionRow.case_id == case_id, col(DecisionRow.status).in_(statuses))


def decision_in_effect(session: Session, case_id: int) -> DecisionRow | None:
    """Return the newest decision of a case that took effect and was not undone; None if there is none."""
    return newest_decision(session, case_id, *IN_EFFECT)


def newest_appeal(session: Session, case_id: int, *statuses: AppealStatus) -> AppealRow | None:
    """Return the newest appeal of a case that has one of these statuses."""
    return newest_row(session, AppealRow, AppealRow.case_id == case_id, col(AppealRow.status).in_(statuses))


def makers_of_staged(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the login of the maker of each case's staged verdict or staged appeal decision."""
    logins = logins_of(session)
    makers: dict[int, str] = {}
    for case, maker, is_staged in (
        (DecisionRow.case_id, DecisionRow.maker_id, col(DecisionRow.status) == "staged"),
        (AppealRow.case_id, AppealRow.decided_by_id, col(AppealRow.status) == AppealStatus.STAGED),
    ):
        staged = select(case, maker).where(is_staged, col(case).in_(case_ids))
        makers |= {case_id: logins.get(maker_id or 0, "?") for case_id, maker_id in session.exec(staged)}
    return makers


def appeals_of(session: Session, case_id: int, logins: dict[int, str]) -> tuple[AppealLine, ...]:
    """Return all appeals of a case, including undone ones, the oldest first."""
    rows = session.connection().execute(_APPEALS, {"case": case_id})
    return tuple(
        from_row(
            AppealLine,
            row,
            filed_by=logins.get(row.filed_by_id, "?"),
            decided_by=logins.get(row.decided_by_id or 0),
            checker=logins.get(row.checker_id or 0),
            waived=waiver_of(row),
        )
        for row in rows
    )


def result_notice(session: Session, case: CaseRow) -> NoticeRow | None:
    """Return the newest valid notice about the fail or the lapse of a case, None if there is none.

    The kind of a notice about a lapse is the name of the state.
    """
    decision = decision_in_effect(session, case.id or 0)
    of_result = (
        col(NoticeRow.kind) == CaseState.LAPSED.value
        if case.state == CaseState.LAPSED
        else col(NoticeRow.decision_id) == (decision.id if decision else None)
    )
    is_valid = col(NoticeRow.cancelled_at).is_(None)
    return newest_row(session, NoticeRow, NoticeRow.case_id == case.id, of_result, is_valid)


def result_notified_at(session: Session, context: Context, case: CaseRow) -> datetime:
    """Return when the applicant was notified of a fail or lapse: when the notice was sent, else when it was written."""
    if notice := result_notice(session, case):
        return max(notice.created_at, notice.sent_at or notice.created_at)
    decision = decision_in_effect(session, case.id or 0)
    return context.now() if decision is None else decision.checked_at or decision.decided_at


def is_appeal_answered(session: Session, case: CaseRow) -> bool:
    """Say whether an appeal against the present result of a case was answered, so that no other appeal is possible.

    A case may lapse again. An appeal that was filed before the notice of that lapse does not concern it.
    """
    closed = newest_appeal(session, case.id or 0, AppealStatus.CLOSED)
    decision = decision_in_effect(session, case.id or 0)
    if closed is None or decision is None or closed.decision_id != decision.id:
        return False
    notice = result_notice(session, case)
    return notice is None or closed.filed_at >= notice.created_at


def last_appeal_day(session: Session, context: Context, case: CaseRow) -> date | None:
    """Return the last day on which an appeal against the result of a case can be received; None if none is possible."""
    if case.state not in {CaseState.FAILED, CaseState.LAPSED} or is_appeal_answered(session, case):
        return None
    return appeal_filing_day(session, context, case)


def unmoved_filing_day(
    session: Session, context: Context, case: CaseRow, calendar: WorkingCalendar
) -> tuple[date, datetime, date | None]:
    """Return the last day to appeal, without the moves that suspensions cause.

    The day counts from the release of the notice. If the notice was sent late, the day is as many working days later.

    Returns:
        The day; when the applicant was notified of the result; and the day in the letter, None if it names none.
    """
    file_days, notice = context.policy(session, case.policy_version_id).appeal.file_days, result_notice(session, case)
    notified_at = result_notified_at(session, context, case) if notice is None else notice.release_at
    sent_at = notice.sent_at if notice is not None else None
    file_days += working_days_late(notified_at, sent_at or notified_at, calendar)
    return last_filing_day(notified_at, file_days, calendar), notified_at, notice.appeal_until_on if notice else None


def appeal_filing_day(session: Session, context: Context, case: CaseRow) -> date:
    """Return the last day to appeal against a result: moved by suspensions, but never before a day in a letter.

    While a suspension without an end keeps the day from passing, an appeal can be filed at least until today.
    """
    calendar = context.calendar(session, case.policy_version_id)
    day, notified_at, _stated_on = unmoved_filing_day(session, context, case, calendar)
    suspensions = suspensions_concerning(session, case)
    deadline_at = moved_deadline(calendar.closing(day), notified_at, suspensions, calendar)
    days = [calendar.local_day(deadline_at)]
    if open_suspension_start(deadline_at, suspensions):
        days.append(calendar.local_day(context.now()))
    if notice := result_notice(session, case):
        is_valid = (NOTICE.c.case_id == case.id, NOTICE.c.id >= notice.id, NOTICE.c.cancelled_at.is_(None))
        until = session.execute(select_columns(func.max(NOTICE.c.appeal_until_on)).where(*is_valid)).scalar()
        if until:
            days.append(calendar.working_day_from(until))
    return max(days)


def open_rectification(session: Session, case: CaseRow) -> RectificationRow | None:
    """Return the open rectification of a case, None if there is none."""
    return session.execute(_OPEN, {"case": case.id}).scalars().first()


def first_deadline(session: Session, case: CaseRow) -> datetime | None:
    """Return the earliest deadline of what the applicant still has to rectify; None if the case is not rectifying."""
    row = open_rectification(session, case) if case.state == CaseState.RECTIFYING else None
    if row is None:
        return None
    still_open = (item for item in items_of(session, row.decision_id) if not (item.satisfied_at or item.waived_at))
    deadlines = (item.deadline_at or row.deadline_at for item in still_open)
    return min((at for at in deadlines if at is not None), default=row.deadline_at)


def due_if_answered(session: Session, context: Context, case: CaseRow) -> datetime | None:
    """Return when a case that waits for its applicant is due if the answer comes at the last moment.

    The clock is paused from the verdict until the answer, so the due date moves by the working time between them. The
    result is None if it is unknown: a suspension lasts beyond that moment, and begins before the case is due.
    """
    if case.due_at is None or not is_with_applicant(CaseState(case.state), case.waits_for):
        return None
    verdict = decision_in_effect(session, case.id or 0)
    rectification = open_rectification(session, case)
    calendar = context.calendar(session, case.policy_version_id)
    last_at = rectification.deadline_at if rectification else None
    if last_at is None and case.next_action_on is not None:
        last_at = calendar.closing(case.next_action_on)
    if verdict is None or last_at is None:
        return None
    paused_at = verdict.checked_at or verdict.decided_at
    due_at = calendar.add_working_seconds(case.due_at, calendar.working_seconds_between(paused_at, last_at))
    spans = [one.span for one in suspensions_concerning(session, case)]
    return None if any(span.start < due_at and span.end > last_at for span in spans) else due_at


def decisions_of(
    session: Session, case_id: int, logins: dict[int, str], at: datetime | None = None
) -> tuple[DecisionLine, ...]:
    """Return all decisions of a case, including undone ones, the oldest first; their items are as of `at` or now."""
    rows = session.connection().execute(_DECISIONS, {"case": case_id})
    return tuple(_decision(session, row, logins, at) for row in rows)


def _decision(session: Session, row: Any, logins: dict[int, str], at: datetime | None) -> DecisionLine:
    return from_row(
        DecisionLine,
        row,
        reasons=reasons_of(session, row.id),
        maker=logins.get(row.maker_id, "?"),
        checker=logins.get(row.checker_id or 0),
        deadline_at=_deadline_at(session, row) if at is None else row.deadline_at,
        items=_items(session, row, logins, at),
        check_for=tuple(json.loads(row.seen).get("check_for", ())),
        waived=waiver_of(row),
        numbers=tuple(mask(MaskKind.MSISDN, number) for number in chosen_in(row.seen)),
    )


def reasons_of(session: Session, decision_id: int | None) -> tuple[str, ...]:
    """Return the codes of the reasons of a decision, in the order in which they were marked."""
    return tuple(session.connection().execute(_REASONS, {"decision": decision_id}).scalars())


def _deadline_at(session: Session, decision: Any) -> datetime | None:
    """Return the deadline in force, after extensions and moves; the planned deadline while a check is awaited."""
    in_force: datetime | None = session.execute(_DEADLINE, {"decision": decision.id}).scalar()
    return in_force or decision.deadline_at


def waived_rules(decision: Any) -> tuple[str, ...]:
    """Return the two-person rules that did not apply to the row of a verdict or an appeal."""
    waiver = waiver_of(decision)
    return waiver.rules if waiver else ()


def waiver_of(decision: Any) -> Waiver | None:
    """Return why two-person rules did not apply to the row of a verdict or an appeal, None if they did."""
    if not decision.waived:
        return None
    body = json.loads(decision.waived)
    return Waiver(rules=tuple(body["rules"]), reason=body["reason"])


def items_of(session: Session, decision_id: int) -> list[RectificationItemRow]:
    """Return the items to rectify after a decision, in order; none while the decision is not in effect."""
    return list(session.execute(_ITEMS, {"decision": decision_id}).scalars())


def items_in_plan(decision: Any) -> list[ItemRequest]:
    """Return the items that the row of a decision asks for, as they were when it was made."""
    items = json.loads(decision.seen).get("items", [])
    return [from_row(ItemRequest, {"deadline_at": None, "documents": None, **item}) for item in items]


def _items(session: Session, decision: Any, logins: dict[int, str], at: datetime | None) -> tuple[ItemLine, ...]:
    """Return the items that a decision asks for, as of a time or of now.

    The items of a pending or staged verdict have no rows; they are in the column `seen`.
    """
    if rows := items_of(session, decision.id or 0):
        named = named_documents([(row.code, row.text) for row in rows], json.loads(decision.seen))
        return tuple(
            from_row(
                ItemLine,
                row,
                is_for_reviewer=documents.others_may_answer,
                is_satisfied=row.satisfied_at is not None and (at is None or row.satisfied_at <= at),
                is_waived=row.waived_at is not None and (at is None or row.waived_at <= at),
                waived_by=logins.get(row.waived_by_id or 0),
                judged_by=logins.get(row.judged_by_id or 0),
            )
            for row, documents in zip(rows, named, strict=True)
        )
    plan, seen = items_in_plan(decision), json.loads(decision.seen)
    named = named_documents([(item.code, item.text) for item in plan], seen)
    documents: list[Any] = []
    if plan and decision.verdict == Verdict.PENDING and at is None:
        documents = documents_after(session, decision.case_id, seen, decision.checked_at or decision.decided_at)
    are_received = (bool(documents_for(one, named, documents)[0]) for one in named)
    return tuple(
        ItemLine(code=item.code, text=item.text, is_satisfied=received, is_waived=False, deadline_at=item.deadline_at)
        for item, received in zip(plan, are_received, strict=True)
    )
