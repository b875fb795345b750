"""Records which notices were sent and which failed, and moves on the deadlines of letters that were sent late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from db.enums import CaseState, Verdict, WaitsFor
from db.models import CaseRow, DecisionRow, RectificationItemRow, RectificationRow
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE
from workbench.domain.clock.due import moved_on, working_days_late
from workbench.domain.text.safe import safe
from workbench.services.case.decisions import newest_decision
from workbench.services.case.known_people import redactions_of
from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context, details

SENT, FAILED, MOVED = "notice-sent", "notice-failed", "sent-late"
"""The events of a case whose letter was sent, could not be delivered, or was sent so late that its deadline moves."""

_FAILURE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one notice: sent at a time (None: now) through a channel, or failed for the cause `failure`."""

    notice_id: int
    channel: str = ""
    sent_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """A deadline that moved on because its letter was sent late; the case may have lapsed at the old deadline."""

    case_id: int
    deadline_on: date
    has_lapsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """How many notices were newly marked as sent, were sent before, or failed; and the deadlines that moved."""

    sent: int = 0
    already_sent: int = 0
    failed: int = 0
    moved: tuple[MovedDeadline, ...] = ()


def notice_rows(session: Session, ids: Iterable[int]) -> list[Any]:
    """Return what recording needs of some notices: their columns with the key of the application."""
    statement = select(NOTICE, CASE.c.agent, CASE.c.application_no).join(CASE, CASE.c.id == NOTICE.c.case_id)
    found = (session.execute(statement.where(NOTICE.c.id.in_(chunk))) for chunk in chunks(sorted(ids)))
    return [row for rows in found for row in rows]


def record(session: Session, context: Context, deliveries: Mapping[int, Delivery], rows: Sequence[Any]) -> Recorded:
    """Record deliveries by notice in the caller's transaction; a notice that was sent before stays as it is.

    Args:
        session: A write session.
        context: The context of the person who reports.
        deliveries: What became of each notice.
        rows: The `notice_rows` of these notices.
    """
    unsent = [row for row in rows if row.sent_at is None]
    sent = [row for row in unsent if not deliveries[row.id].failure]
    failed = [row for row in unsent if deliveries[row.id].failure]
    _write_sent(session, context, [(row, deliveries[row.id]) for row in sent])
    _write_failed(session, context, [(row, deliveries[row.id].failure) for row in failed])
    moved = (_move_deadline(session, context, row, deliveries[row.id].sent_at or context.now()) for row in sent)
    return Recorded(
        sent=len(sent),
        already_sent=len(rows) - len(unsent),
        failed=len(failed),
        moved=tuple(one for one in moved if one is not None),
    )


def masked_failures(session: Session, failures: Sequence[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    """Yield each row with its cause in one line, people masked: what a gateway prints may name them."""
    redactions = redactions_of(session, ((row.agent, row.application_no) for row, _cause in failures))
    for row, cause in failures:
        line = safe(" ".join(cause.split()), limit=_FAILURE_LENGTH)
        yield row, redactions[row.agent, row.application_no].mask_in(line)


def _write_sent(session: Session, context: Context, sent: Sequence[tuple[Any, Delivery]]) -> None:
    now, me = context.now(), context.actor
    statement = NOTICE.update().where(NOTICE.c.id == bindparam("notice_id"))
    statement = statement.values(
        sent_at=bindparam("at"), channel=bindparam("how"), sent_by_id=me.id, failed_at=None, failure=""
    )
    for chunk in chunks(sent):
        session.connection().execute(
            statement,
            [{"notice_id": row.id, "at": given.sent_at or now, "how": given.channel} for row, given in chunk],
        )
    bodies = ((row.case_id, details(notice=row.id, channel=given.channel)) for row, given in sent)
    audit_log.append_many(session, me, SENT, now, bodies)


def _write_failed(session: Session, context: Context, failed: Sequence[tuple[Any, str]]) -> None:
    now, me = context.now(), context.actor
    statement = NOTICE.update().where(NOTICE.c.id == bindparam("notice_id"))
    statement = statement.values(failed_at=now, failure=bindparam("cause"))
    for chunk in chunks(failed):
        session.connection().execute(
            statement, [{"notice_id": row.id, "cause": cause} for row, cause in masked_failures(session, chunk)]
        )
    audit_log.append_many(session, me, FAILED, now, ((row.case_id, {"notice": row.id}) for row, _cause in failed))


def _move_deadline(session: Session, context: Context, notice: Any, sent_at: datetime) -> MovedDeadline | None:
    """Move on the deadline in a letter by the working days that it was sent late, None if nothing moves.

    The deadline counts from the release, and the letter keeps it as printed.
    """
    if notice.decision_id is None or notice.kind not in {Verdict.FAIL, Verdict.PENDING}:
        return None
    case = session.get_one(CaseRow, notice.case_id)
    days = working_days_late(notice.release_at, sent_at, context.calendar(session, case.policy_version_id))
    if not days:
        return None
    decision = session.get_one(DecisionRow, notice.decision_id)
    move = _move_rectification if decision.verdict == Verdict.FAIL else _move_pending_date
    deadline_on = move(session, context, case, decision, days)
    if deadline_on is None:
        return None
    body = {"notice": notice.id, "days": days, "deadline": deadline_on.isoformat()}
    context.log(session, MOVED, case_id=case.id, body=body)
    return MovedDeadline(case_id=case.id or 0, deadline_on=deadline_on, has_lapsed=case.state == CaseState.LAPSED)


def _move_rectification(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, days: int
) -> date | None:
    """Move on the deadline of an open rectification and those of its open items, and return its new day.

    A supervisor may have extended the deadline further already; then it stays.
    """
    of_decision = (col(RectificationRow.decision_id) == decision.id, col(RectificationRow.is_open))
    rectification = session.execute(select(RectificationRow).where(*of_decision)).scalar_one_or_none()
    if rectification is None or rectification.deadline_at is None or decision.deadline_at is None:
        return None
    calendar = context.calendar(session, case.policy_version_id)
    item, before = RectificationItemRow, rectification.deadline_at
    is_open = (col(item.satisfied_at).is_(None), col(item.waived_at).is_(None), col(item.deadline_at).is_not(None))
    with_own = select(item).where(col(item.rectification_id) == rectification.id, *is_open)
    own_deadlines = session.execute(with_own).scalars().all()
    for one in own_deadlines:
        one.deadline_at = one.deadline_at and moved_on(one.deadline_at, days, calendar)
    rectification.deadline_at = max(before, moved_on(decision.deadline_at, days, calendar))
    if rectification.deadline_at == before and not own_deadlines:
        return None
    return calendar.local_day(rectification.deadline_at)


def _move_pending_date(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, days: int
) -> date | None:
    """Move on the next-action date of a case that still waits for its applicant, and return the new date."""
    newest = newest_decision(session, decision.case_id, "applied", "approved")
    waits = case.state == CaseState.PENDING and case.waits_for == WaitsFor.APPLICANT
    if not waits or newest is None or newest.id != decision.id or None in {decision.until_on, case.next_action_on}:
        return None
    assert decision.until_on is not None  # noqa: S101 - checked in the line above
    assert case.next_action_on is not None  # noqa: S101 - checked in the line above
    calendar = context.calendar(session, case.policy_version_id)
    new_day = calendar.nth_working_day_after(decision.until_on, days)
    if new_day <= case.next_action_on:
        return None
    case.next_action_on = new_day
    return new_day
