"""Records the state of a case before an act, and restores it when the act is undone."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, exists, func, select, update
from sqlmodel import Session, col

from db.columns import from_us, to_us
from db.enums import AppealStatus, Measure
from db.models import CaseRow, EventRow, RectificationItemRow, RectificationRow, SubmissionRow
from db.queries.published import APPEAL, DECISION, ITEM, NOTICE, RECTIFICATION
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.clock.case_clocks import POLICY_ACTION
from workbench.services.foundation.case_access import last_event
from workbench.services.foundation.context import Context
from workbench.services.notices.appeal_letter import AppealLetterKind
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import REVERSIBLE_LETTERS

_COLUMNS = (
    *("state", "round", "assignee_id", "returned_to_id", "waits_for", "is_listed"),
    *("trigger", "reopen_for", "corrects_id"),
)
"""The columns of a case that an undo restores, besides the next-action date."""

_OPEN_AGAIN: Mapping[Table, Mapping[str, Any]] = {
    NOTICE: {"cancelled_at": None},
    RECTIFICATION: {"is_open": True},
    ITEM: {"waived_at": None, "waived_by_id": None, "waive_reason": ""},
    DECISION: {"status": "staged"},
}


LETTERS_OF_ACT: Mapping[str, tuple[str, ...]] = {
    **{act: (kind,) for act, kind in REVERSIBLE_LETTERS.items()},
    Action.WITHDRAW: (ClockLetterKind.WITHDRAWN, AppealLetterKind.WITHDRAWN),
    Action.APPEAL: (AppealLetterKind.RECEIVED,),
    Action.APPROVE: (AppealLetterKind.DECIDED,),
    Action.APPEAL_DECIDE: (AppealLetterKind.DECIDED,),
}
"""The kinds of letters that acts other than verdicts write. Here, `approve` is the approval of a decision on an appeal.
"""

REVERSIBLE = (*LETTERS_OF_ACT, Action.ANSWER, Action.RETURN)
"""The acts whose events may have an undo record. The check of an appeal has one, the check of a verdict has none."""


def columns_before(case: CaseRow) -> dict[str, Any]:
    """Return the columns of a case that an undo restores, as JSON values."""
    on = case.next_action_on
    return {**{name: getattr(case, name) for name in _COLUMNS}, "next_action_on": on and on.isoformat()}


def restore_columns(case: CaseRow, before: Mapping[str, Any]) -> None:
    """Set the columns of a case as they were before an act."""
    on = before["next_action_on"]
    for name, value in {**before, "next_action_on": date.fromisoformat(on) if on else None}.items():
        setattr(case, name, value)


def undo_record(session: Session, context: Context, case: CaseRow) -> dict[str, Any]:
    """Return the undo record for the event of an act: the case before the act, and until when an undo is possible.

    The letters of the act are those with a higher number than the last existing letter.
    """
    until = context.now() + timedelta(seconds=context.policy(session, case.policy_version_id).desk.grace_s)
    before = {**columns_before(case), "held_by_id": case.held_by_id}
    last_notice = select(func.max(NOTICE.c.id)).where(NOTICE.c.case_id == case.id)
    hold = {"held_until_us": case.held_until, "aside_until_us": case.aside_until}
    return {
        "before": before,
        "version": case.version,
        "undo_until_us": to_us(until),
        "last_notice": session.execute(last_notice).scalar() or 0,
        **{name: to_us(at) for name, at in hold.items() if at},
    }


def close_work(session: Session, context: Context, case: CaseRow, *, keeps_measures: bool = True) -> dict[str, Any]:
    """Cancel notices that are not released, close rectifications and void staged verdicts; return what was changed.

    With `keeps_measures`, a measure and the notice about it stay. A letter about an appeal always stays, because the
    applicant must get the answer.
    """
    now, changed = context.now(), {}
    has_measure = exists().where(DECISION.c.id == NOTICE.c.decision_id, DECISION.c.measure != Measure.NONE.value)
    is_unreleased = NOTICE.c.cancelled_at.is_(None) & (NOTICE.c.release_at > now)
    is_unreleased &= NOTICE.c.kind.not_in(list(AppealLetterKind))
    if keeps_measures:
        is_unreleased &= ~has_measure
    for table, is_open, values in (
        (NOTICE, is_unreleased, {"cancelled_at": now}),
        (RECTIFICATION, RECTIFICATION.c.is_open, {"is_open": False}),
        (DECISION, DECISION.c.status == "staged", {"status": "void"}),
    ):
        ids = list(session.execute(select(table.c.id).where(table.c.case_id == case.id, is_open)).scalars())
        session.execute(update(table).where(table.c.id.in_(ids)).values(values))
        changed[table.name] = ids
    return changed


def restore(session: Session, case: CaseRow, record: Mapping[str, Any], batch_id: int | None = None) -> None:
    """Restore a case from the undo record of an act, and reopen what the act closed; a verdict can be undone as before.

    The evidence that an import brought with the act stays; it belongs to the restored round.
    """
    restore_columns(case, record["before"])
    case.version += 1
    for table, values in _OPEN_AGAIN.items():
        session.execute(update(table).where(table.c.id.in_(record.get(table.name, ()))).values(values))
    _restore_deadlines(session, record)
    if appeal := record.get("appeal"):
        session.execute(update(APPEAL).where(APPEAL.c.id == appeal["id"]).values(appeal["before"]))
    if batch_id is not None:
        of_batch = (col(SubmissionRow.case_id) == case.id, col(SubmissionRow.batch_id) == batch_id)
        session.execute(update(SubmissionRow).where(*of_batch).values(round=case.round))
    of_case = (DECISION.c.case_id == case.id, DECISION.c.version_after == record["version"])
    session.execute(update(DECISION).where(*of_case).values(version_after=case.version))


def is_answer_replaced(session: Session, record: Mapping[str, Any]) -> bool:
    """Say whether an act returned an answer to an appeal that another answer has replaced since."""
    appeal = record.get("appeal")
    if appeal is None or appeal["before"].get("status") != AppealStatus.STAGED:
        return False
    return not session.execute(select(APPEAL.c.outcome).where(APPEAL.c.id == appeal["id"])).scalar()


def deadlines_before(rows: Iterable[RectificationRow | RectificationItemRow]) -> dict[str, Any]:
    """Return the deadlines of rows as the event of an act records them, so that an undo can restore them."""
    return {"deadlines_us": [(row.__tablename__, row.id, row.deadline_at and to_us(row.deadline_at)) for row in rows]}


def _restore_deadlines(session: Session, record: Mapping[str, Any]) -> None:
    """Restore the deadlines that an act moved."""
    tables = {table.name: table for table in (RECTIFICATION, ITEM)}
    for name, row_id, at in record.get("deadlines_us", ()):
        table, deadline_at = tables[name], from_us(at) if at else None
        session.execute(update(table).where(table.c.id == row_id).values(deadline_at=deadline_at))


def last_reversible_act(session: Session, case: CaseRow) -> EventRow | None:
    """Return the event of the last act on a case if it has an undo record.

    An undone act does not count, because the case has its version before the act again.
    """
    acts = select(EventRow).where(col(EventRow.case_id) == case.id, ~col(EventRow.is_refused))
    acts = acts.where(col(EventRow.action).in_([str(action) for action in (*REVERSIBLE, Action.UNDO)]))
    version = case.version
    event: EventRow
    for event in session.execute(acts.order_by(col(EventRow.seq).desc())).scalars():
        body = json.loads(event.body)
        if body.get("version") == version - 1:
            if event.action != Action.UNDO:
                return event
            version = body["restored"]
    return None


def refuse_after_policy(session: Session, context: Context, case: CaseRow) -> None:
    """Refuse to undo an act under an earlier policy: the case was assessed, and its applicant notified, again since.

    Raises:
        NotAllowed: If the policy of the case changed after the last act.
    """
    acts = (*REVERSIBLE, Action.DECIDE, Action.RESUBMIT, Action.UNDO, POLICY_ACTION)
    last = last_event(session, case.id or 0, acts)
    if last is not None and last.action == POLICY_ACTION:
        at, name = last.at.astimezone(context.zone(session)), format_case(case.id or 0)
        message = _("{case} changed to policy {number} at {time}; what was done before can no longer be undone.")
        raise NotAllowed(message.format(case=name, number=case.policy_version_id, time=f"{at:%Y-%m-%d %H:%M:%S}"))
