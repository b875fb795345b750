"""Hands the owed notices to the operator's gateway, at least once each, and records the outcomes."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session

from db.columns import to_us
from db.queries.outbox import blocking_letter, is_leased, is_owed
from db.queries.published import CASE, NOTICE, is_published
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import work_list_refusal
from workbench.errors import StorageBusy
from workbench.i18n import _
from workbench.services.acts.act import note_act
from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context, Service
from workbench.services.notices.bulk_letters import select_letters, update_letter_senders
from workbench.services.outbox.gateway import Gateway
from workbench.services.outbox.recording import FAILED, Delivery, masked_failures, notice_rows, record_deliveries
from workbench.services.review.rectifying.late_letters import MovedDeadline
from workbench.services.site.log_checks.unexplained_rows import unexplained_letters

PAUSES_S = (2.0, 10.0)
"""The seconds before each further attempt with the letters that failed."""

_KEY_LENGTH = 32

SendProgressCallback = Callable[[int, int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentLetter:
    """A letter that failed in all attempts of a run, or that waits for an earlier letter of its case."""

    notice_id: int
    case_id: int
    failure: str = ""
    """The cause of the last failure; empty if the letter waits."""
    after: int | None = None
    """The earlier letter, which could not be sent or is not released; None if the letter does not wait."""


@dataclass(slots=True)
class SendReport:
    """The result of a run."""

    sent: int = 0
    skipped: int = 0
    """The number of letters that another run handed over."""
    cancelled: int = 0
    """The number of letters that were cancelled during this run."""
    waiting: dict[int, UnsentLetter] = field(default_factory=dict)
    """The letters that wait for an earlier one, by their numbers."""
    failures: list[UnsentLetter] = field(default_factory=list)
    moved: list[MovedDeadline] = field(default_factory=list)


class Sending(Service):
    """Hands letters to a gateway on behalf of one person."""

    def send(
        self,
        gateway: Gateway,
        *,
        limit: int | None = None,
        progress: SendProgressCallback | None = None,
        wait: Callable[[float], object] = time.sleep,
    ) -> SendReport:
        """Hand each owed letter to the gateway, and try failed letters again after a pause.

        Cases without failed letters come first. The letters of a case are sent in the order in which they were written,
        see `blocking_letter`. If a failed letter is recorded as sent in another way (`notices sent`), the next run
        continues with the letters that wait for it. A letter that no event of the log explains fails: somebody wrote or
        changed it outside the program.

        A letter is marked as sent only after the gateway succeeded, in a separate transaction. If the process ends in
        between, the next run hands the letter over again with the same idempotency key.

        Raises:
            NotAllowed: If the person is neither supervisor nor admin.
            BadConfiguration: If the made-up supplier is in force.
        """
        context = self.context
        with context.requiring("notices send", work_list_refusal):
            update_letter_senders(context)
            with context.read() as session:
                unsent = _owed_ids(session, context.now())
                unexplained = unexplained_letters(session) if unsent else set()
                run = _Run(context, gateway, audit_log.first_hash(session), context.zone(session), unexplained)
            total = len(unsent) if limit is None else min(limit, len(unsent))
            done = 0
            if unsent:
                context.log_alone("notices send", body={"count": total})
            for attempt, pause_s in enumerate((0.0, *PAUSES_S), start=1):
                if attempt > 1:
                    wait(pause_s)
                failed = []
                for notice_id in unsent:
                    # A waiting letter does not count towards the limit, or it would keep letters of other cases from
                    # being sent.
                    if len(run.handed) == limit and notice_id not in run.handed:
                        continue
                    if run.hand_over(notice_id, is_last=attempt > len(PAUSES_S)):
                        done += 1
                    else:
                        failed.append(notice_id)
                    if progress is not None:
                        progress(done, total)
                unsent = failed
                if run.report.waiting.keys() >= set(unsent):
                    # All remaining letters wait for others, so another attempt would not help.
                    break
            return run.report


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the gateway over the owed letters."""

    context: Context
    gateway: Gateway
    first_hash: str
    zone: ZoneInfo
    unexplained: set[int]
    report: SendReport = field(default_factory=SendReport)
    handed: set[int] = field(default_factory=set)

    def hand_over(self, notice_id: int, *, is_last: bool) -> bool:
        """Hand over one letter and record the outcome; return False if it must be tried again."""
        if notice_id in self.unexplained:
            with self.context.read() as session:
                [row] = notice_rows(session, [notice_id])
            cause = _("no event of the log explains this letter; `workbench audit verify` says more")
            self._record_failure(row, cause, is_last=True)
            return True
        row = self._claim(notice_id)
        if row is None:
            return notice_id not in self.report.waiting
        answer = self.gateway.hand_over(self._document(row), partial(self._renew, row))
        if answer.failure:
            self._record_failure(row, answer.failure, is_last=is_last)
            return is_last
        with self.context.write() as session:
            delivery = Delivery(notice_id=notice_id, channel=answer.channel)
            recorded = record_deliveries(
                session, self.context, {notice_id: delivery}, notice_rows(session, [notice_id])
            )
        self.report.sent += 1
        self.report.moved += recorded.moved
        return True

    def _claim(self, notice_id: int) -> Any | None:
        """Take the lease on a letter and return its row; if it cannot be handed over, note that and return None."""
        now, report = self.context.now(), self.report
        report.waiting.pop(notice_id, None)
        columns = (NOTICE.c.case_id, NOTICE.c.cancelled_at, blocking_letter().label("after"))
        is_free = (is_owed(now) & ~is_leased(now)).label("is_free")
        with self.context.write() as session:
            letter = session.execute(select(*columns, is_free).where(NOTICE.c.id == notice_id)).one()
            if not letter.is_free and letter.cancelled_at is not None:
                report.cancelled += 1
                return None
            if not letter.is_free:
                report.skipped += 1
                return None
            if letter.after is not None:
                waiting = UnsentLetter(notice_id=notice_id, case_id=letter.case_id, after=letter.after)
                report.waiting[notice_id] = waiting
                return None
            taken = {"attempts": NOTICE.c.attempts + 1, "handed_at": now, "failed_at": None}
            session.execute(update(NOTICE).where(NOTICE.c.id == notice_id).values(taken))
            row = session.execute(select_letters().where(NOTICE.c.id == notice_id)).one()
            if notice_id not in self.handed:
                self.handed.add(notice_id)
                # The event is logged before the personal values leave the program.
                note_act(session, self.context, "notice-handed", row.case_id, {"notice": notice_id})
            return row

    def _renew(self, row: Any) -> None:
        """Renew the lease; if the database is busy, the next renewal is soon enough."""
        try:
            with self.context.write() as session:
                session.execute(update(NOTICE).where(*_is_mine(row)).values(handed_at=self.context.now()))
        except StorageBusy:
            return

    def _record_failure(self, row: Any, cause: str, *, is_last: bool) -> None:
        """Record a failure, unless another run has taken the letter over meanwhile."""
        with self.context.write() as session:
            [(_row, masked)] = masked_failures(session, [(row, cause)])
            values = {"failed_at": self.context.now(), "failure": masked}
            session.execute(update(NOTICE).where(*_is_mine(row)).values(**values))
            if is_last:
                note_act(session, self.context, FAILED, row.case_id, {"notice": row.id})
        if is_last:
            self.report.failures.append(UnsentLetter(notice_id=row.id, case_id=row.case_id, failure=masked))

    def _document(self, row: Any) -> bytes:
        """Return the JSON document of a letter for the gateway, in clear.

        Its idempotency key differs between databases and is the same for all attempts with one letter.
        """
        identity = f"{self.first_hash} {row.id} {to_us(row.created_at)}"
        document = {
            "idempotency_key": hashlib.sha256(identity.encode()).hexdigest()[:_KEY_LENGTH],
            "notice": row.id,
            "attempt": row.attempts,
            "case": format_case(row.case_id),
            "application_no": row.application_no,
            "agent": row.agent or None,
            "kind": row.kind,
            "language": row.language,
            "subject": row.subject,
            "body": row.body,
            "applicant_name": row.applicant_name,
            "contact_phone": row.contact_phone or None,
            "release_at": self._local(row.release_at),
            "told_due_at": None if row.told_due_at is None else self._local(row.told_due_at),
        }
        return (json.dumps(document, ensure_ascii=False) + "\n").encode()

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.zone).isoformat()


def _owed_ids(session: Session, now: datetime) -> Sequence[int]:
    """Return the letters to hand over, each after the earlier ones of its case.

    Cases without failed letters come first, so that a few bad letters do not block the others.
    """
    failed_at = func.max(NOTICE.c.failed_at).over(partition_by=NOTICE.c.case_id)
    statement = (
        select(NOTICE.c.id)
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .where(is_owed(now), ~is_leased(now), is_published(CASE.c.batch_id))
        .order_by(failed_at.is_not(None), failed_at, NOTICE.c.id)
    )
    return session.execute(statement).scalars().all()


def _is_mine(row: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that nobody else has handed over or sent the letter since this run took it."""
    return (NOTICE.c.id == row.id, NOTICE.c.attempts == row.attempts, NOTICE.c.sent_at.is_(None))
