"""The work list: lists orders to bar and to restore numbers, and records which of them were carried out or failed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update
from sqlmodel import Session

from db.models import ReviewerRow
from db.queries.published import CASE, MEASURE_ORDER, chunks, is_published, table_of
from workbench.domain.case.lifecycle import work_list_refusal
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.text.mask import MaskKind, mask
from workbench.i18n import _
from workbench.services.acts.act import note_act
from workbench.services.acts.portions import record_in_portions
from workbench.services.case.known_people import key_of, redactions_of
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.foundation.case_access import refuse_while_reading
from workbench.services.foundation.context import Service
from workbench.services.foundation.row_values import from_row
from workbench.services.review.measures.report_file import OrderReport, ReportedTime, read_reports

_REVIEWER = table_of(ReviewerRow)
_RECORDED_TOGETHER = 200
"""The most orders in one transaction, so that other writers wait only briefly."""

_IS_OPEN = (MEASURE_ORDER.c.done_at.is_(None), MEASURE_ORDER.c.cancelled_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCounts:
    """The number of orders that a file reports as done, done again, failed, or without an answer."""

    done: int = 0
    already_done: int = 0
    failed: int = 0
    unanswered: int = 0


class Measures(Service):
    """Lists the orders to bar and restore numbers and records their reports, for one person."""

    def list(self, *, owed: bool = False, overdue: bool = False) -> tuple[MeasureOrder, ...]:
        """Return the orders, oldest first, with their numbers masked.

        `owed` selects the orders to carry out now, `overdue` those that should be carried out already.
        """
        now = self.context.now()
        statement = (
            select(MEASURE_ORDER, CASE.c.agent, CASE.c.application_no, _REVIEWER.c.login.label("reported_by"))
            .join(CASE, CASE.c.id == MEASURE_ORDER.c.case_id)
            .outerjoin(_REVIEWER, _REVIEWER.c.id == MEASURE_ORDER.c.reported_by_id)
            .where(is_published(CASE.c.batch_id))
            .order_by(MEASURE_ORDER.c.id)
        )
        if owed or overdue:
            statement = statement.where(*_IS_OPEN, MEASURE_ORDER.c.release_at <= now)
        if overdue:
            statement = statement.where(MEASURE_ORDER.c.due_at < now)
        with self.context.read() as session:
            refuse_while_reading(session)
            rows = session.execute(statement).all()
            people = redactions_of(session, map(key_of, rows))
            return tuple(
                from_row(
                    MeasureOrder,
                    row,
                    msisdn=mask(MaskKind.MSISDN, row.msisdn),
                    failure=people[key_of(row)].mask_in(row.failure),
                    is_out_of_service=False,
                )
                for row in rows
            )

    def report(self, path: Path) -> ReportCounts:
        """Record the orders that a file reports as carried out or failed.

        All lines are checked before the first is recorded. Long files are recorded in several transactions, so that
        other writers wait only briefly. After an interruption the same file can be recorded again. The first
        confirmation of an order counts. A failed order stays owed.

        Raises:
            NotAllowed: If the person is neither a supervisor nor an admin.
            FileProblem: With each line of the file that is refused.
            PartlyRecorded: If recording was interrupted after some of the orders.
        """
        context, now = self.context, self.context.now()
        with context.requiring("measures done", work_list_refusal):
            with context.read() as session:
                zone = context.zone(session)
            reports = read_reports(path, zone, now)
            with context.read() as session:
                rows = _rows(session, {report.order for report in reports})
            if problems := _ReportCheck(path.name, rows, zone, now).problems(reports):
                raise FileProblem(*problems)

            def record_some(portion: Sequence[OrderReport]) -> ReportCounts:
                with context.write() as session:
                    return self._record(session, portion, now)

            portions = list(chunks(list({one.order: one for one in reports}.values()), _RECORDED_TOGETHER))
            return record_in_portions(portions, record_some, ReportCounts())

    def _record(self, session: Session, reports: Sequence[OrderReport], now: datetime) -> ReportCounts:
        """Record some reports; orders that were cancelled since the check are left out."""
        counts: Counter[str] = Counter()
        by_case: dict[int, Counter[str]] = defaultdict(Counter)
        rows = _rows(session, {report.order for report in reports})
        for report in reports:
            row = rows.get(report.order)
            if row is None or row.cancelled_at is not None:
                continue
            is_known = _is_known_failure(report, row)
            if row.done_at is not None and report.done_at is not None:
                counts["already_done"] += 1
            elif report.done_at is None and (is_known or not report.has_answer):
                counts["unanswered"] += row.done_at is None
            else:
                what = "failed" if report.done_at is None else "done"
                counts[what] += 1
                by_case[row.case_id][f"{row.measure} {what}"] += 1
                values = {**_values(report, row, now), "reported_by_id": self.context.actor.id}
                session.execute(update(MEASURE_ORDER).where(MEASURE_ORDER.c.id == row.id).values(values))
        for case_id, numbers in by_case.items():
            words = ", ".join(f"{what} ({number})" for what, number in sorted(numbers.items()))
            note_act(session, self.context, "measures done", case_id, {"orders": words})
        return from_row(ReportCounts, counts)


@dataclass(frozen=True, slots=True)
class _ReportCheck:
    """Checks the lines of a file against the orders that they report."""

    file: str
    rows: Mapping[int, Row[Any]]
    zone: ZoneInfo
    now: datetime

    def problems(self, reports: Sequence[OrderReport]) -> list[RowProblem]:
        """Return the problems of the lines, each with its line number."""
        earlier: dict[int, OrderReport] = {}
        found = []
        for report in reports:
            if message := self._refusal(report, earlier.setdefault(report.order, report)):
                found.append(RowProblem(file=self.file, line=report.line, column="order", message=message))
        return found

    def _refusal(self, report: OrderReport, first: OrderReport) -> str:
        """Return why a report is refused, "" if it is not."""
        row, number = self.rows.get(report.order), report.order
        if row is None:
            return _("There is no order {number}; export the measures again.").format(number=number)
        if row.cancelled_at is not None:
            message = _("Order {number} was cancelled, because its measure no longer applies; leave it out.")
            return message.format(number=number)
        if row.release_at > self.now:
            return _("Order {number} is not released yet; leave it out.").format(number=number)
        if replace(first, line=report.line) != report:
            message = _("Order {number} is reported differently on line {line}; leave one out.")
            return message.format(number=number, line=first.line)
        return self._contradiction(report, row)

    def _contradiction(self, report: OrderReport, row: Row[Any]) -> str:
        """Return how a report contradicts itself or its order, "" if it does not."""
        released = row.release_at.astimezone(self.zone)
        is_other_number = report.msisdn.isdecimal() and report.msisdn != row.msisdn
        if is_other_number or report.measure not in {"", row.measure}:
            message = _("Order {number} is about another number or measure; export the measures again.")
            return message.format(number=report.order)
        is_new_failure = bool(report.failure) and not _is_known_failure(report, row)
        if report.done_at is not None and is_new_failure:
            message = _("Order {number} is given as done and as failed; clear done_at, or failed_at and failure.")
            return message.format(number=report.order)
        if row.done_at is not None and is_new_failure:
            message = _("Order {number} was confirmed as done at {time}, so it cannot fail any more; leave it out.")
            return message.format(number=report.order, time=f"{row.done_at.astimezone(self.zone):%Y-%m-%d %H:%M}")
        times = [report.done_at, report.failed_at if is_new_failure else None]
        instants = [time.at for time in times if time is not None and time.at is not None]
        if any(at.astimezone(self.zone).date() < released.date() for at in instants):
            message = _("Order {number} is of {day}, which is later; correct the time.")
            return message.format(number=report.order, day=released.date().isoformat())
        return ""


def _rows(session: Session, ids: set[int]) -> dict[int, Row[Any]]:
    """Return the orders with these numbers on published cases."""
    statement = select(MEASURE_ORDER).join(CASE, CASE.c.id == MEASURE_ORDER.c.case_id)
    statement = statement.where(is_published(CASE.c.batch_id))
    found = (session.execute(statement.where(MEASURE_ORDER.c.id.in_(chunk))) for chunk in chunks(sorted(ids)))
    return {row.id: row for rows in found for row in rows}


def _values(report: OrderReport, row: Row[Any], now: datetime) -> dict[str, Any]:
    """Return the columns of an order that was carried out or failed."""
    time = report.done_at or report.failed_at or ReportedTime()
    at = time.at or now
    if time.on is not None:
        # A day without a time begins before the release on that day.
        at = max(at, row.release_at)
    return {"failed_at": at, "failure": report.failure} if report.done_at is None else {"done_at": at}


def _is_known_failure(report: OrderReport, row: Row[Any]) -> bool:
    """Say whether a line only repeats the last reported failure of its order, as the work list shows that failure.

    A line with another time is a new failure. A line without a time is a new failure if a work list with the order was
    exported since the last failure.
    """
    if row.failed_at is None or not report.failure:
        return False
    if report.failed_at is not None and report.failed_at.at is not None:
        return bool(report.failed_at.at.replace(microsecond=0) == row.failed_at.replace(microsecond=0))
    return bool(report.failure == row.failure) and (row.exported_at is None or row.exported_at <= row.failed_at)
