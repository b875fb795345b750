"""The outbox of notices to applicants: lists them, and records which of them were sent or failed."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from db.enums import ExportKind
from db.models import EventRow
from db.queries.outbox import is_owed
from db.queries.published import NOTICE, table_of
from db.queries.workload import count_overdue_measures
from workbench.domain.case.casefile import ItemRequest
from workbench.domain.case.lifecycle import recording_refusal, work_list_refusal
from workbench.domain.case.records import NoticeLine
from workbench.domain.clock.due import last_overdue_receipt
from workbench.errors import NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _
from workbench.services.acts.portions import record_in_portions
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.history import notice_lines, select_notices
from workbench.services.foundation.case_access import refuse_while_reading, visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import select_letters, stored_letter
from workbench.services.notices.glosses import gloss_of
from workbench.services.outbox.recording import Delivery, RecordedDeliveries, notice_rows, record_deliveries
from workbench.services.review.rectifying.late_letters import KINDS_WITH_DEADLINE, depends_on_sending

_EVENT = table_of(EventRow)
_LISTED_IDS, _LISTED_UNDATED = 5, 100
_COST_TOGETHER, _COST_OF_MOVING = 200, 20
"""The most that the notices in one transaction may cost together, and the cost of a notice that may move a deadline.

Other notices cost 1. The limit keeps other writers from waiting long.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """The first notices of a list, with the numbers of all, owed, failed and overdue ones."""

    lines: tuple[NoticeLine, ...]
    total: int
    owed: int
    failed: int
    overdue: int
    measures_overdue: int = 0
    """How many phone numbers should be barred or restored by now; 0 except for supervisors and admins."""


class Notices(Service):
    """Lists notices and records which were sent or failed, on behalf of one person."""

    def list(
        self, case_id: int | None = None, *, unsent: bool = False, overdue: bool = False
    ) -> tuple[NoticeLine, ...]:
        """Return the notices that were not cancelled, oldest first, of all cases or of one, with their exports.

        `unsent` selects only those to send now, `overdue` only those that should have been sent already.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            conditions = self._conditions(session, case_id)
            if unsent or overdue:
                until = _last_overdue_release(session, self.context) if overdue else self.context.now()
                conditions = (*conditions, is_owed(until))
            lines = notice_lines(session, self.context, select_notices(conditions).order_by(NOTICE.c.id))
            return _with_exports(session, self.context, lines)

    def page(self, case_id: int | None = None, *, unsent: bool = False, limit: int) -> NoticePage:
        """Return the first notices: those owed in the order of release, then the sent ones unless `unsent`.

        Failed notices come first among the owed ones, and the last sent ones first among the others.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            conditions = self._conditions(session, case_id)
            order = (
                NOTICE.c.sent_at.is_not(None),
                NOTICE.c.failed_at.is_(None),
                NOTICE.c.sent_at.desc(),
                NOTICE.c.release_at,
                NOTICE.c.id,
            )
            shown = (*conditions, NOTICE.c.sent_at.is_(None)) if unsent else conditions
            lines = notice_lines(session, self.context, select_notices(shown).order_by(*order).limit(limit))
            found = select_notices(conditions).subquery().c
            is_unsent, is_failed = found.sent_at.is_(None), found.failed_at.is_not(None)
            is_owed_now = is_unsent & (found.release_at <= self.context.now())
            is_overdue = is_owed_now & (found.release_at <= _last_overdue_release(session, self.context))
            owed = func.count().filter(is_owed_now)
            counts = session.execute(
                select(
                    (func.count().filter(is_unsent) if unsent else func.count()).label("total"),
                    owed.label("owed"),
                    func.count().filter(is_failed).label("failed"),
                    func.count().filter(is_overdue).label("overdue"),
                )
            ).one()
            has_work_list = work_list_refusal(self.context.actor) is None
            measures = count_overdue_measures(session, self.context.now()) if has_work_list else 0
            return from_row(NoticePage, counts, lines=lines, measures_overdue=measures)

    def gloss(self, notice_id: int) -> str:
        """Return the masked text of a letter in the language in use; "" if it is in it, was erased or taken back."""
        with self.context.read() as session:
            found = session.execute(select_letters().where(NOTICE.c.id == notice_id)).one_or_none()
            letter = None if found is None else stored_letter(found.facts)
            if found is None or letter is None or letter.missing:
                return ""
            cached = CaseFiles(self.context).cached(session, found.case_id)
            decided = (line for line in cached.casefile.decisions if line.id == found.decision_id)
            items = [ItemRequest(code=item.code, text=item.text) for line in decided for item in line.items]
            return gloss_of(letter, cached, self.context.policy(session).supplier, items)

    def record_file(self, path: Path) -> RecordedDeliveries:
        """Record the deliveries that a file reports; the person's roles are checked first.

        Raises:
            NotFound: If there is no such file.
            BadData: If it is not a valid report.
            StorageFailed: If it cannot be read.
            WorkbenchError: As `record` does.
        """
        from workbench.services.outbox.sent_report import deliveries_in

        with self.context.requiring("notices sent", recording_refusal):
            with self.context.read() as session:
                zone = self.context.zone(session)
            deliveries = deliveries_in(path, zone)
        return self.record(deliveries)

    def record(self, deliveries: Iterable[Delivery]) -> RecordedDeliveries:
        """Record that notices were sent or failed; if one is reported twice, a success counts.

        All are checked before the first is recorded. Many are recorded in several transactions, so that other writers
        wait only briefly. After an interruption, the same deliveries can be recorded again.

        Raises:
            NotAllowed: If the person's roles do not allow it, or a notice is not released or was cancelled.
            NotFound: If there is no such notice.
            WrongUsage: If a notice cannot have been sent at the given time, or none is given although a deadline or a
                lapse depends on it.
            PartlyRecorded: If recording was interrupted after some of the notices.
        """
        context, by_notice = self.context, dict[int, Delivery]()
        for delivery in deliveries:
            if delivery.notice_id not in by_notice or by_notice[delivery.notice_id].failure:
                by_notice[delivery.notice_id] = delivery
        with context.requiring("notices sent", recording_refusal):
            with context.read() as session:
                rows = notice_rows(session, by_notice)
                self._check(session, by_notice, {row.id: row for row in rows})
                undated = [row for row in rows if by_notice[row.id].sent_at is None and not by_notice[row.id].failure]
                message = _(
                    "A deadline depends on when these notices were sent, so nothing is written: {notices}."
                    " Give the time of each (sent_at)."
                )
                _refuse(message, _needing_time(session, context, undated), WrongUsage, most=_LISTED_UNDATED)

            def record_some(ids: Sequence[int]) -> RecordedDeliveries:
                return self._record_some({number: by_notice[number] for number in ids})

            return record_in_portions(list(_portions(rows)), record_some, RecordedDeliveries())

    def needing_time(self, notice_ids: Iterable[int]) -> tuple[int, ...]:
        """Return the notices that need a time of sending, because a deadline or a lapse depends on it."""
        with self.context.read() as session:
            return tuple(_needing_time(session, self.context, notice_rows(session, notice_ids)))

    def _record_some(self, deliveries: Mapping[int, Delivery]) -> RecordedDeliveries:
        """Record some deliveries in one transaction; notices that were cancelled since the check are left out."""
        context = self.context
        with context.write() as session:
            rows = [row for row in notice_rows(session, deliveries) if row.cancelled_at is None]
            recorded = record_deliveries(session, context, deliveries, rows)
            if recorded.sent or recorded.failed:
                body = {
                    "count": recorded.sent,
                    "failed": recorded.failed,
                    "first": min(deliveries),
                    "last": max(deliveries),
                }
                context.log(session, "notices sent", body=body)
            return recorded

    def _check(self, session: Session, deliveries: Mapping[int, Delivery], rows: Mapping[int, Any]) -> None:
        """Refuse deliveries of unknown or unreleased notices, and impossible times of sending."""
        now = self.context.now()
        _refuse(
            _("There is no notice {notices}; export the notices again."),
            [number for number in sorted(deliveries) if number not in rows],
            NotFound,
        )
        _refuse(
            _("Notice {notices} was taken back or is not released yet; leave it out."),
            [row.id for row in rows.values() if row.cancelled_at is not None or row.release_at > now],
            NotAllowed,
        )
        calendar = self.context.calendar(session)
        for number, delivery in deliveries.items():
            if delivery.sent_at is not None:
                day, released_on = calendar.local_day(delivery.sent_at), calendar.local_day(rows[number].release_at)
                if not released_on <= day <= calendar.local_day(now):
                    message = _("Notice {notice} cannot have been sent on {day}; it was released on {released}.")
                    raise WrongUsage(message.format(notice=number, day=day, released=released_on))

    def _conditions(self, session: Session, case_id: int | None) -> tuple[ColumnElement[bool], ...]:
        if case_id is None:
            refuse_while_reading(session)
            return ()
        visible_case(session, case_id)
        return (NOTICE.c.case_id == case_id,)


def _with_exports(session: Session, context: Context, lines: Sequence[NoticeLine]) -> tuple[NoticeLine, ...]:
    """Return notices, each with the first export after its release whose `since` is not after the day of release."""
    exports = select(_EVENT.c.at, _EVENT.c.actor_login, _EVENT.c.body).where(
        _EVENT.c.case_id.is_(None),
        _EVENT.c.action == "export",
        _EVENT.c.is_refused.is_(False),
        _EVENT.c.at >= min((line.release_at for line in lines), default=context.now()),
    )
    found = [(row, json.loads(row.body)) for row in session.execute(exports.order_by(_EVENT.c.seq))]
    written = [(row, body.get("since", "")) for row, body in found if body.get("what") == ExportKind.NOTICES]
    zone, times = context.zone(session), [row.at for row, _since in written]

    def exported(line: NoticeLine) -> NoticeLine:
        later = islice(written, bisect_left(times, line.release_at), None)
        released_on = line.release_at.astimezone(zone).date().isoformat()
        first = next((row for row, since in later if since <= released_on), None)
        return line if first is None else replace(line, exported_at=first.at, exported_by=first.actor_login)

    return tuple(exported(line) for line in lines)


def _portions(rows: Iterable[Any]) -> Iterator[list[int]]:
    """Yield the ids of the notices that each transaction records."""
    ids: list[int] = []
    cost = 0
    for row in rows:
        cost_of_row = _COST_OF_MOVING if row.kind in KINDS_WITH_DEADLINE else 1
        if ids and cost + cost_of_row > _COST_TOGETHER:
            yield ids
            ids, cost = [], 0
        ids.append(row.id)
        cost += cost_of_row
    if ids:
        yield ids


def _last_overdue_release(session: Session, context: Context) -> datetime:
    return last_overdue_receipt(context.now(), context.policy(session).notices.send_days, context.calendar(session))


def _needing_time(session: Session, context: Context, rows: Iterable[Any]) -> list[int]:
    """Return the unsent notices that would change a deadline or a lapse if they were recorded as sent now."""
    now = context.now()
    return [row.id for row in rows if row.sent_at is None and depends_on_sending(session, context, row, now)]


def _refuse(sentence: str, numbers: Sequence[int], kind: type[WorkbenchError], *, most: int = _LISTED_IDS) -> None:
    """Raise an error that lists the first few of the given notices, if there are any."""
    if numbers:
        shown = ", ".join(str(number) for number in numbers[:most])
        more = " …" if len(numbers) > most else ""
        raise kind(sentence.format(notices=shown + more))
