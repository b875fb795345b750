"""Puts a verdict into force: changes the case, opens its rectification, orders its measure and writes its notice."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlmodel import Session, select

from db.enums import CaseState, FailKind, Verdict
from db.models import CaseRow, DecisionRow, RectificationItemRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.case.casefile import CachedCase, DecisionResult
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.running import clock_runs
from workbench.domain.clock.due import moved_deadline, postponed_deadline, working_days_late
from workbench.domain.clock.suspension import unknown_parts
from workbench.services.case.decisions import items_in_plan, waived_rules
from workbench.services.case.measure_orders import measure_orders
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import add_notice
from workbench.services.notices.due_date_notices import cancelling
from workbench.services.notices.glosses import gloss_of
from workbench.services.notices.letter_facts import ClockLetterKind
from workbench.services.notices.letter_measures import bars_in_force, bars_to_name
from workbench.services.notices.rendering import render
from workbench.services.notices.result_letters import verdict_letter
from workbench.services.review.measures.orders import order_measure, plan_measure


def apply_verdict(  # noqa: PLR0913, PLR0917 - a verdict needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    decision: DecisionRow,
    cached: CachedCase,
    codes: Sequence[str],
    known: tuple[MeasureOrder, ...] | None = None,
) -> tuple[str, str]:
    """Change the state of the case, open its rectification, order its measure and write its notice.

    `codes` are the reasons of the decision, and `known` the orders of the case, if they were read. An unsent delay
    letter is cancelled, unless the case waits for others: the letter of the verdict says what the applicant has to do.

    Return the text of the notice, and a summary of the orders for the event. Only the returned text is masked; the
    stored notice is not, because the applicant reads it.
    """
    decision.corrects_id, case.corrects_id = case.corrects_id, None
    _change_state(session, context, case, decision)
    if not clock_runs(CaseState(case.state), case.waits_for):
        session.execute(cancelling(context, NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.DELAY.value))
    if known is None:
        known = measure_orders(session, case, context.today(session))
    bars, lifted = bars_to_name(session, context, case, known)
    plan = plan_measure(session, context, case, decision, known)
    orders = order_measure(session, context, case, decision, plan.ordered, known).summary
    if orders:
        bars = bars_in_force(session, context, case)
    letter = verdict_letter(session, context, case, decision, cached, codes, plan, (bars, lifted))
    return cached.redaction.mask_in(add_notice(session, letter, case, decision)), orders


def preview_letter(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, cached: CachedCase, codes: Sequence[str]
) -> tuple[str, str]:
    """Return the letter that a verdict would send, masked as by `apply_verdict`, and its gloss; nothing is written."""
    plan, bars = plan_measure(session, context, case, decision), bars_to_name(session, context, case)
    letter = verdict_letter(session, context, case, decision, cached, codes, plan, bars)
    gloss = gloss_of(letter, cached, context.policy(session).supplier, items_in_plan(decision))
    return cached.redaction.mask_in(render(letter).body), gloss


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


def decision_result(
    case: CaseRow, decision: DecisionRow, at: datetime, notice: str | None, check_for: tuple[str, ...] = ()
) -> DecisionResult:
    """Return the result of a verdict or of its approval, after `case` and `decision` were changed."""
    return from_row(
        DecisionResult,
        decision,
        decision_id=decision.id or 0,
        state=CaseState(case.state),
        decided_at=at,
        notice=notice,
        check_for=check_for,
        waived=waived_rules(decision),
        warnings=(),
    )


def _open_rectification(session: Session, context: Context, case: CaseRow, decision: DecisionRow) -> None:
    """Open the rectification of a decision; a second approval after an undo opens the same rectification again.

    If the decision waited for its check, the deadlines become later by the working days of the wait and by the
    suspended time in it.
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
            if at is None:
                return None
            later = postponed_deadline(at, days, calendar) if days else at
            return moved_deadline(later, decision.checked_at or later, unknown, calendar)

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
