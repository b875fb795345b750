"""Letters that only the passing of time causes: a case is late, documents are missing, or a deadline is near."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session

from db.columns import to_us
from db.enums import CaseState, WaitsFor
from db.models import CaseRow, DelayNoticeRow
from db.queries.published import CASE, NOTICE, RECTIFICATION, table_of
from workbench.domain.case.running import RUNNING_STATES
from workbench.domain.clock.clock import is_suspended
from workbench.domain.clock.due import due_at, moved_deadline
from workbench.services.acts.act import note_act
from workbench.services.case.decisions import open_rectification
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.foundation.calendar_days import all_suspensions, suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import Outlook, notify, notify_of_status, release_time
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts, LetterItem
from workbench.services.review.rectifying.rectification import letter_items, open_items
from workbench.services.time.deadlines.selected_cases import (
    Conditions,
    act_on_cases,
    act_unless_suspended,
    matching_case_ids,
)
from workbench.wording.what_would_help import missing_names

_FIRST_LETTER_WITHIN = timedelta(days=14)
"""The age up to which a case gets its first letter about missing documents; an older case was imported as history."""


def remind(context: Context) -> int:
    """Write the letters to applicants who have not answered, each once, and return their number."""
    with context.read() as session:
        everywhere = [one for one in all_suspensions(session) if one.province is None and one.agent is None]
    if is_suspended(everywhere, context.now()):
        return 0
    is_new = CASE.c.opened_at > context.now() - _FIRST_LETTER_WITHIN
    is_past, is_ahead = NOTICE.c.told_due_at < context.now(), NOTICE.c.told_due_at >= context.now()
    # A letter about a change of policy may have asked for other documents, with another deadline.
    is_past_date = _has_letter(ClockLetterKind.INCOMPLETE, is_past) & ~_has_letter(ClockLetterKind.POLICY, is_ahead)
    return (
        _ask_for_documents(context, ClockLetterKind.INCOMPLETE, is_new)
        + _ask_for_documents(context, ClockLetterKind.STILL_INCOMPLETE, is_past_date)
        + _remind_of_deadlines(context)
    )


def _ask_for_documents(context: Context, kind: ClockLetterKind, is_due: ColumnElement[bool]) -> int:
    """Write the letters about missing documents that are due, and return their number."""

    def act(session: Session, case: CaseRow) -> bool:
        policy, today = context.policy(session, case.policy_version_id), context.today(session)
        calendar = context.calendar(session, case.policy_version_id)
        evidence = read_evidence(session, case, context.store, today)
        application = evidence.application
        names = missing_names(evidence, policy.addressing(application.applicant_kind), application.language)
        items = tuple(map(LetterItem, names))
        release_at = release_time(session, context, kind, policy)
        until = due_at(release_at, policy.pending.incomplete_days, calendar)
        until = moved_deadline(until, release_at, suspensions_concerning(session, case), calendar)
        notify_of_status(session, context, case, LetterFacts(kind=kind, items=items, deadline_at=until))
        note_act(session, context, "reminded", case.id, {"kind": kind.value})
        return True

    conditions = (CASE.c.state == CaseState.INCOMPLETE.value, is_due, ~_has_letter(kind))
    return act_unless_suspended(context, conditions, act)


def _remind_of_deadlines(context: Context) -> int:
    """Write reminders of the deadlines of the next working day, and return their number.

    A deadline gets no reminder if a letter written today states it. On a day off, letters since the last working day
    count as well. An item's own deadline in hours gets no reminder.
    """
    kind = ClockLetterKind.DEADLINE_NEAR
    with context.read() as session:
        today, day_end = context.today(session), context.end_of_today(session)
        calendar = context.calendar(session)
        # The day is compared, not the closing time, which may have become earlier since the deadline was set.
        next_day_end = day_end + (calendar.next_working_day(today) - today)
        since = day_end - (today - calendar.working_day_until(today)) - timedelta(days=1)
    # Without the case, the condition would also accept a letter about another case with the same deadline.
    is_stated = exists().where(
        NOTICE.c.case_id == RECTIFICATION.c.case_id,
        NOTICE.c.cancelled_at.is_(None),
        NOTICE.c.told_due_at == RECTIFICATION.c.deadline_at,
        (NOTICE.c.kind == kind.value) | (NOTICE.c.created_at > since),
    )
    is_near = exists().where(
        RECTIFICATION.c.case_id == CASE.c.id,
        RECTIFICATION.c.is_open,
        RECTIFICATION.c.deadline_at.between(day_end, next_day_end),
        ~is_stated,
    )

    def act(session: Session, case: CaseRow) -> bool:
        row = open_rectification(session, case)
        if row is None:
            return False
        items = letter_items(open_items(session, row))
        notify_of_status(session, context, case, LetterFacts(kind=kind, items=items, deadline_at=row.deadline_at))
        note_act(session, context, "reminded", case.id, {"kind": kind.value})
        return True

    return act_unless_suspended(context, (CASE.c.state == CaseState.RECTIFYING.value, is_near), act)


def _has_letter(kind: ClockLetterKind, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a letter of a kind to the applicant of a case exists, sent or not."""
    of_kind = (NOTICE.c.case_id == CASE.c.id, NOTICE.c.kind == kind.value, NOTICE.c.cancelled_at.is_(None))
    return exists().where(*of_kind, *more)


_DELAY = table_of(DelayNoticeRow)
_RUNNING = [state.value for state in RUNNING_STATES]


def notify_of_delays(context: Context) -> int:
    """Write the delay notices of cases that wait too long, and return how many.

    An applicant gets a notice when the due date has passed, or on the due day if the verdict will probably be later.
    The forecasts are made before the transactions that write the notices.
    """
    now = context.now()
    with context.read() as session:
        day_end, zone = context.end_of_today(session), context.zone(session)
    conditions = _may_be_late(now, day_end)
    case_ids = matching_case_ids(context, conditions)
    if not case_ids:
        return 0
    # Imported only if needed, because the forecast takes longer to import than most ticks take.
    from workbench.services.forecast.forecasts import Forecasts

    forecasts, today = Forecasts(context).of_cases(case_ids), now.astimezone(zone).date()

    def act(session: Session, case: CaseRow) -> bool:
        forecast = forecasts.get(case.id or 0)
        is_at_risk = forecast is not None and forecast.first_verdict.p50 > today
        if case.due_at is None or (case.due_at > now and not is_at_risk):
            return False
        message = LetterFacts(kind=ClockLetterKind.DELAY, is_late=True)
        notify(session, context, [(case, message)], {case.id: Outlook(forecast)})
        session.add(DelayNoticeRow(case_id=case.id or 0, due_at=case.due_at, told_at=context.now()))
        note_act(session, context, "delay-told", case.id, {"due_us": to_us(case.due_at)})
        return True

    return act_on_cases(context, case_ids, conditions, act)


def _may_be_late(now: datetime, day_end: datetime) -> Conditions:
    """Return the conditions on running cases that are late or due today and whose applicants got no delay notice.

    As in `domain.case.running`, a case that was late before an open suspension started stays late during it.
    """
    stopped = CASE.c.suspended_from
    is_with_applicant = and_(CASE.c.state == CaseState.PENDING.value, CASE.c.waits_for == WaitsFor.APPLICANT.value)
    is_late = and_(CASE.c.due_at <= now, or_(stopped.is_(None), stopped >= CASE.c.due_at))
    is_due_today = and_(CASE.c.due_at > now, CASE.c.due_at <= day_end, or_(stopped.is_(None), stopped > now))
    return (CASE.c.state.in_(_RUNNING), ~is_with_applicant, or_(is_late, is_due_today), ~_has_delay_notice())


def _has_delay_notice() -> ColumnElement[bool]:
    """Return the condition that an applicant got a delay notice after the due date, or an early one about that date.

    A letter about a new policy that moved the due date into the past says so too, and one change owes one letter.
    """
    kinds, is_after_due = (ClockLetterKind.DELAY, ClockLetterKind.POLICY), NOTICE.c.created_at >= CASE.c.due_at
    return or_(
        exists().where(NOTICE.c.case_id == CASE.c.id, NOTICE.c.kind.in_(kinds), is_after_due),
        exists().where(_DELAY.c.case_id == CASE.c.id, _DELAY.c.due_at == CASE.c.due_at),
    )
