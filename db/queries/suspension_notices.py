"""The notices about suspensions that applicants got; each is stored once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select, text
from sqlmodel import Session

from db.columns import to_us
from db.enums import SuspensionNotice
from db.models import SuspensionNoticeRow
from db.queries.outbox import is_leased
from db.queries.published import CASE, NOTICE, table_of

SuspensionHistories = dict[int, dict[str, set[int]]]
"""The suspensions about which applicants got notices, by case and by kind of notice.

A kind is a `SuspensionNotice`, or `receipt` for a receipt written after the suspension was entered or ended.
"""

_ANNOUNCED = table_of(SuspensionNoticeRow).c
"""The columns of the table of the suspensions that letters announced; `NOTICE` has the letters."""

_LETTER_KINDS = ("delay", "resumed", "deadline-moved")

# Cross joins keep the planner from reading the notices of all cases.
_NOTICES_SENT = text(
    """SELECT t.case_id, t.suspension_id, t.kind
    FROM suspension_notice t CROSS JOIN suspension s ON s.id = t.suspension_id
    WHERE (s.settled_at IS NULL OR s.id IN :ending) AND t.case_id IN :ids AND NOT (s.id IN :ending AND t.kind = 'ended')
    UNION ALL
    SELECT n.case_id, s.id, n.kind
    FROM notice n CROSS JOIN suspension s ON n.created_at > coalesce(s.resumed_at, s.entered_at)
    WHERE s.settled_at IS NULL AND n.kind = 'receipt' AND n.case_id IN :ids"""
).bindparams(bindparam("ids", expanding=True), bindparam("ending", expanding=True))

_UNSENT = (
    select(_ANNOUNCED.case_id, _ANNOUNCED.suspension_id, NOTICE.c.id, NOTICE.c.kind)
    .join(NOTICE, (NOTICE.c.case_id == _ANNOUNCED.case_id) & (NOTICE.c.created_at == _ANNOUNCED.told_at))
    .where(_ANNOUNCED.case_id.in_(bindparam("ids", expanding=True)), NOTICE.c.kind.in_(_LETTER_KINDS))
    .where(NOTICE.c.cancelled_at.is_(None), NOTICE.c.sent_at.is_(None))
)

_RECORD = text(
    """INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at) VALUES (:suspension, :case, :kind, :now)
    ON CONFLICT DO NOTHING"""
)

_REASSIGN = text(
    """UPDATE suspension_notice SET told_at = :now
    WHERE (case_id, told_at) IN (SELECT n.case_id, n.created_at FROM notice n WHERE n.id IN :ids)"""
).bindparams(bindparam("ids", expanding=True))

_RECORD_RESUMPTION = text(
    """INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at)
    SELECT s.id, t.case_id, 'ended', :now
    FROM suspension s JOIN suspension_notice t ON t.suspension_id = s.id
    WHERE t.case_id = :case AND s.to_at <= :now
    ON CONFLICT DO NOTHING"""
)

_RECIPIENTS = """SELECT s.id, c.id, 'started', min(n.created_at)
    FROM suspension s CROSS JOIN "case" c CROSS JOIN notice n
    WHERE s.id = :suspension AND c.due_at > s.from_at AND c.state NOT IN ('passed', 'failed', 'lapsed', 'withdrawn')
        AND n.case_id = c.id AND n.created_at >= s.entered_at AND n.kind IN ('receipt', 'delay', 'resumed')
    GROUP BY s.id, c.id"""
_RECORD_RECIPIENTS = text(
    f"INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at) {_RECIPIENTS} ON CONFLICT DO NOTHING"
)

_DELETE_END_NOTICES = text("DELETE FROM suspension_notice WHERE suspension_id = :suspension AND kind = 'ended'")


def notices_sent(session: Session, case_ids: Sequence[int], ending: Mapping[int, bool]) -> SuspensionHistories:
    """Return the notices that the applicants of some cases got about suspensions that are not settled.

    `ending` has the suspensions that a preview ends, each with whether its end was unknown. For these, the result is
    what `request_end_notices` would leave.
    """
    histories: SuspensionHistories = defaultdict(lambda: defaultdict(set))
    for case_id, suspension_id, kind in session.execute(_NOTICES_SENT, {"ids": case_ids, "ending": list(ending)}):
        histories[case_id][kind].add(suspension_id)
    for suspension_id in (number for number, was_open in ending.items() if was_open):
        for _number, case_id, kind, _told_at in session.execute(text(_RECIPIENTS), {"suspension": suspension_id}):
            histories[case_id][kind].add(suspension_id)
    return histories


def unsent_letters(session: Session, case_ids: Iterable[int], now: datetime) -> dict[int, list[Any]]:
    """Return the letters about suspensions that can still be cancelled, by case, with each suspension."""
    letters: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_UNSENT.where(~is_leased(now)), {"ids": list(case_ids)}):
        letters[row.case_id].append(row)
    return letters


def record_notices(session: Session, notices: Iterable[tuple[int, int, SuspensionNotice]], now: datetime) -> None:
    """Store notices to applicants; each is a case id, a suspension id and the kind of notice."""
    now_us = to_us(now)
    rows = [{"case": case, "suspension": number, "kind": kind.value, "now": now_us} for case, number, kind in notices]
    if rows:
        session.execute(_RECORD, rows)


def reassign_to_new_letters(session: Session, letter_ids: Iterable[int], now: datetime) -> None:
    """Store that letters written now announce what cancelled letters announced.

    Otherwise applicants would count as informed by letters that were never sent.
    """
    if ids := list(letter_ids):
        session.execute(_REASSIGN, {"ids": ids, "now": to_us(now)})


def record_resumption(session: Session, case_ids: Iterable[int], now: datetime) -> None:
    """Store that applicants got the notice that work resumed, which covers every suspension that has ended by now."""
    rows = [{"case": case_id, "now": to_us(now)} for case_id in case_ids]
    if rows:
        session.execute(_RECORD_RESUMPTION, rows)


def request_end_notices(session: Session, suspension_id: int, *, was_open: bool) -> None:
    """Request an end notice for all applicants who know of a suspension; earlier end notices no longer count.

    `was_open` says that its end was unknown. Then every notice about a due date mentioned the suspension, so the
    recipients of those notices know of it too.
    """
    session.execute(_DELETE_END_NOTICES, {"suspension": suspension_id})
    if was_open:
        session.execute(_RECORD_RECIPIENTS, {"suspension": suspension_id})


@cache
def knows_of_moved_deadline() -> ColumnElement[bool]:
    """Return the condition that an applicant got a letter about a moved deadline since the last verdict.

    Such a letter also says when a suspension keeps a deadline from passing.
    """
    verdict, moved = NOTICE.alias("verdict"), NOTICE.alias("moved")
    of_verdict = (verdict.c.case_id == CASE.c.id) & verdict.c.decision_id.is_not(None)
    last = select(func.coalesce(func.max(verdict.c.id), 0)).where(of_verdict).scalar_subquery()
    is_valid = (moved.c.case_id == CASE.c.id, moved.c.kind == "deadline-moved", moved.c.cancelled_at.is_(None))
    return exists().where(*is_valid, moved.c.id > last)


def awaits_end_notice(suspension_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on cases whose applicants know of a suspension, and got no notice that it ended."""
    informed = select(_ANNOUNCED.case_id).where(_ANNOUNCED.suspension_id == suspension_id)
    is_end_notice = _ANNOUNCED.kind == SuspensionNotice.ENDED.value
    return CASE.c.id.in_(informed.where(~is_end_notice)), CASE.c.id.not_in(informed.where(is_end_notice))
