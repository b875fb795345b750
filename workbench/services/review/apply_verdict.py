"""Puts a verdict into force: changes the case, opens its rectification, orders its measure and writes its notice."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.enums import AppealStatus, CaseState, FailKind, Language, Measure, Verdict
from db.models import (
    CaseRow,
    DecisionRow,
    NoticeRow,
    RectificationItemRow,
    RectificationRow,
)
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import DecisionResult
from workbench.domain.clock.deadline import moved_deadline
from workbench.domain.clock.due import postponed_deadline, working_days_late
from workbench.domain.clock.suspension import unknown_parts
from workbench.services.case.case_cache import KeptCase
from workbench.services.case.decisions import items_in_plan, newest_appeal, reasons_of, waiver_of
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.measures.orders import order_measure, preview_measure
from workbench.services.notices import verdict_letter_facts
from workbench.services.notices.appeal_letter import AppealLetterKind
from workbench.services.notices.bulk_letters import add_notice
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.letter import Sender, render
from workbench.services.notices.letter_measures import bars_in_force, bars_lifted, bars_to_name, without_numbers
from workbench.services.notices.verdict_letter import Correction, VerdictLetter


def apply_verdict(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, kept: KeptCase
) -> tuple[str, str]:
    """Change the state of the case, open its rectification, order its measure and write its notice.

    Return the text of the notice, and a summary of the orders for the event. Only the returned text is masked; the
    stored notice is not, because the applicant reads it.
    """
    decision.corrects_id, case.corrects_id = case.corrects_id, None
    corrected = None if decision.corrects_id is None else session.get_one(DecisionRow, decision.corrects_id)
    correction = _correction(session, context, corrected)
    _change_state(session, context, case, decision)
    bars, lifted = bars_to_name(session, context, case)
    orders = order_measure(session, context, case, decision)
    if orders.measure is not Measure.RESTORE:
        # The answer to the appeal that passed the review has already named the lifted bars.
        notified = None if correction and correction.later == "passed" else corrected
        lifted = bars_lifted(session, context, case, notified)
    if orders.summary:
        bars = bars_in_force(session, context, case)
    letter = _letter(
        session,
        context,
        case,
        decision,
        kept,
        codes=reasons_of(session, decision.id),
        measure=orders.measure,
        msisdns=orders.numbers,
        corrects=correction,
        bars=bars if orders.measure is Measure.NONE else (),
        lifted=lifted,
    )
    return kept.redaction.mask_in(add_notice(session, letter, case, decision)), orders.summary


def preview_letter(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, kept: KeptCase, codes: Sequence[str]
) -> str:
    """Return the letter that a verdict would send, masked as by `apply_verdict`; nothing is written."""
    corrected = None if case.corrects_id is None else session.get_one(DecisionRow, case.corrects_id)
    correction = _correction(session, context, corrected)
    measure, numbers = preview_measure(session, context, case, decision)
    bars, lifted = bars_to_name(session, context, case)
    if measure is not Measure.RESTORE:
        notified = None if correction and correction.later == "passed" else corrected
        lifted = without_numbers(bars_lifted(session, context, case, notified), numbers)
    facts = {"measure": measure, "msisdns": numbers, "corrects": correction, "lifted": lifted}
    bars = bars if measure is Measure.NONE else ()
    letter = _letter(session, context, case, decision, kept, codes=codes, bars=bars, **facts)
    return kept.redaction.mask_in(render(letter).body)


def _letter(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, kept: KeptCase, **known: Any
) -> VerdictLetter:
    return verdict_letter_facts.verdict_letter(
        # The stored text has the causes, unless the reviewer deleted them.
        kept.casefile if decision.letter else verdict_letter_facts.with_clear_findings(session, kept.casefile),
        decision,
        items_in_plan(decision),
        applicant_name=case.applicant_name,
        case_no=format_case(case.id or 0),
        supplier=Sender.of(context.policy(session).supplier, Language(kept.casefile.header.language)),
        calendar=context.calendar(session, case.policy_version_id),
        now=context.now(),
        suspensions=suspensions_concerning(session, case),
        is_decided_alone=bool(decision.waived),
        **known,
    )


def _change_state(session: Session, context: Context, case: CaseRow, decision: DecisionRow) -> None:
    """Put a case into the state of its verdict, and open the rectification of a fixable fail."""
    case.waits_for, case.next_action_on = "", None
    verdict = Verdict(decision.verdict)
    if verdict is Verdict.PASS:
        case.state = CaseState.PASSED.value
    elif verdict is Verdict.PENDING:
        case.state = CaseState.PENDING.value
        case.waits_for, case.next_action_on = decision.waits_for, decision.until_on
    elif decision.fail_kind == FailKind.FINAL:
        case.state = CaseState.FAILED.value
    else:
        case.state = CaseState.RECTIFYING.value
        _open_rectification(session, context, case, decision)


def _correction(session: Session, context: Context, corrected: DecisionRow | None) -> Correction | None:
    """Return the notice that a letter corrects: the last notice about the result of a verdict.

    This may be a later notice of a lapse or of an appeal. An appeal after which the case was reviewed again has no
    result.
    """
    if corrected is None:
        return None
    appeal = newest_appeal(session, corrected.case_id, AppealStatus.CLOSED)
    answer = "" if appeal is None or appeal.decision_id != corrected.id else appeal.to_state or appeal.outcome
    later = {ClockLetterKind.LAPSED.value: CaseState.LAPSED.value}
    later |= {} if answer in {"", CaseState.QUEUED} else {AppealLetterKind.DECIDED.value: answer}
    of_decision = col(NoticeRow.decision_id) == corrected.id
    first_id = select(func.min(NoticeRow.id)).where(of_decision).scalar_subquery()
    notice = session.exec(
        select(NoticeRow)
        .where(NoticeRow.case_id == corrected.case_id, col(NoticeRow.cancelled_at).is_(None))
        .where(of_decision | (col(NoticeRow.kind).in_(later) & (col(NoticeRow.id) > first_id)))
        .order_by(col(NoticeRow.id).desc())
        .limit(1)
    ).first()
    if notice is None:
        return None
    on = notice.created_at.astimezone(context.zone(session)).date()
    return from_row(Correction, corrected, notice_no=notice.id, on=on, later=later.get(notice.kind, ""))


def decision_result(
    case: CaseRow, decision: DecisionRow, at: datetime, notice: str | None, check_for: tuple[str, ...] = ()
) -> DecisionResult:
    """Return the result of a verdict or of its approval, after `case` and `decision` were changed."""
    waiver = waiver_of(decision)
    return from_row(
        DecisionResult,
        decision,
        decision_id=decision.id or 0,
        state=CaseState(case.state),
        decided_at=at,
        notice=notice,
        check_for=check_for,
        waived=waiver.rules if waiver else (),
        warnings=(),
    )


def _open_rectification(session: Session, context: Context, case: CaseRow, decision: DecisionRow) -> None:
    """Open the rectification of a decision; a second approval after an undo opens the same rectification again.

    The deadlines move on by the working days that the decision waited for its check, and by what was suspended since.
    """
    earlier = session.exec(select(RectificationRow).where(RectificationRow.decision_id == decision.id)).one_or_none()
    if earlier is not None:
        earlier.is_open = True
        return
    items = items_in_plan(decision)
    if decision.checked_at is not None:
        calendar = context.calendar(session, case.policy_version_id)
        days = working_days_late(decision.decided_at, decision.checked_at, calendar)
        unknown = unknown_parts(suspensions_concerning(session, case), decision.decided_at)

        def moved(at: datetime | None) -> datetime | None:
            later = postponed_deadline(at, days, calendar) if at is not None and days else at
            return later and moved_deadline(later, decision.checked_at or later, unknown, calendar)

        decision.deadline_at = moved(decision.deadline_at)
        items = [replace(item, deadline_at=moved(item.deadline_at)) for item in items]
        seen = {**json.loads(decision.seen), "items": [asdict(item) for item in items]}
        decision.seen = json.dumps(seen, ensure_ascii=False, default=str)
    rectification = RectificationRow(
        case_id=case.id or 0, decision_id=decision.id or 0, round=case.round, deadline_at=decision.deadline_at
    )
    session.add(rectification)
    session.flush()
    session.add_all(
        RectificationItemRow(
            rectification_id=rectification.id or 0,
            position=position,
            code=item.code,
            text=item.text,
            deadline_at=item.deadline_at,
        )
        for position, item in enumerate(items)
    )
