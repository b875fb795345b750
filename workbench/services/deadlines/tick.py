"""Applies the changes that depend only on time; doing it twice changes nothing more."""

from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow, RectificationRow
from db.queries.published import CASE, table_of
from db.queries.suspension_notices import awaits_end_notice
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import SUSPENSION, Clocks, suspension_of, update_due_date
from workbench.services.deadlines.batches import act_on_each
from workbench.services.deadlines.delays import notify_of_delays
from workbench.services.foundation.context import Service
from workbench.services.notices.suspension_notices import NOTIFIED_STATES, SuspensionLetters
from workbench.services.review.new_evidence import requeue

_RECTIFICATION = table_of(RectificationRow)
_OPEN_STATES = [state.value for state in NOTIFIED_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """How many cases were queued, how many lapsed, and how many notices of a delay or of resumed work were written."""

    queued: int
    lapsed: int
    delayed: int
    resumed: int

    @property
    def has_changes(self) -> bool:
        """Whether anything changed."""
        return bool(self.queued or self.lapsed or self.delayed or self.resumed)


class Ticking(Service):
    """Applies the changes that depend only on time; every role may do so."""

    def tick(self) -> Ticked:
        """Queue pending cases after their day, let rectifications lapse after their deadline, and write notices."""
        return Ticked(
            queued=self._queue_pending(),
            lapsed=self._lapse(),
            delayed=notify_of_delays(self.context),
            resumed=self._notify_of_resumption(),
        )

    def _queue_pending(self) -> int:
        with self.context.read() as session:
            today = self.context.today(session)

        def act(session: Session, case: CaseRow) -> bool:
            requeue(session, self.context, case, "day-passed")
            return True

        return act_on_each(self.context, (CASE.c.state == CaseState.PENDING.value, CASE.c.next_action_on < today), act)

    def _lapse(self) -> int:
        context, now = self.context, self.context.now()
        is_past = exists().where(
            _RECTIFICATION.c.case_id == CASE.c.id, _RECTIFICATION.c.is_open, _RECTIFICATION.c.deadline_at < now
        )

        def act(session: Session, case: CaseRow) -> bool:
            # The items stay open: an answer that was received in time may still be imported.
            case.state = CaseState.LAPSED.value
            case.version += 1
            context.log_case(session, "lapse", case, {"round": case.round})
            update_due_date(session, context, case)
            return True

        return act_on_each(context, (CASE.c.state == CaseState.RECTIFYING.value, is_past), act)

    def _notify_of_resumption(self) -> int:
        """Write notices that work goes on to the applicants who know of a suspension whose known end has passed."""
        context, now = self.context, self.context.now()
        with context.read() as session:
            over = session.execute(
                select(SUSPENSION).where(SUSPENSION.c.resumed_at.is_(None), SUSPENSION.c.to_at <= now)
            ).all()
        notified = 0
        for row in over:
            notified += self._notify_of_end(suspension_of(row))
            if context.cache.is_leaving.is_set():
                # Some notices may be missing; the next tick continues.
                break
            with context.write() as session:
                session.execute(update(SUSPENSION).where(SUSPENSION.c.id == row.id).values(resumed_at=now))
        return notified

    def _notify_of_end(self, ended: Suspension) -> int:
        """Write notices of the end of a suspension, except to applicants whose clock another one stops now."""

        def act(session: Session, case: CaseRow) -> bool:
            letters = SuspensionLetters(self.context, Clocks(session, self.context))
            is_notified = letters.add_end_notice(case, [ended])
            letters.write()
            return is_notified

        return act_on_each(self.context, (CASE.c.state.in_(_OPEN_STATES), *awaits_end_notice(ended.id)), act)
