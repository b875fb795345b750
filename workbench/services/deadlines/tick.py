"""What only the passing of time brings about; doing it twice does nothing more."""

from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow, RectificationRow
from db.queries.published import CASE, table_of
from db.queries.suspension_notices import awaits_end_notice
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import SUSPENSION, Clocks, settle_due, suspension_of
from workbench.services.deadlines.batches import act_on_each
from workbench.services.deadlines.delays import tell_delays
from workbench.services.foundation.context import Context, details
from workbench.services.notices.suspension_notices import TOLD_STATES, SuspensionLetters
from workbench.services.review.new_evidence import to_queue

_RECTIFICATION = table_of(RectificationRow)
_OPEN_STATES = [state.value for state in TOLD_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """How many pending cases came back, rectifications lapsed, and applicants are told of a delay or of its end."""

    queued: int
    lapsed: int
    delayed: int
    resumed: int

    @property
    def is_anything(self) -> bool:
        """Whether anything happened."""
        return bool(self.queued or self.lapsed or self.delayed or self.resumed)


class Ticking:
    """What time brings about; anybody may ask for it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def tick(self) -> Ticked:
        """Bring back pending cases whose day passed, lapse what was not mended in time, and write owed notices."""
        return Ticked(
            queued=self._bring_back(),
            lapsed=self._lapse(),
            delayed=tell_delays(self.context),
            resumed=self._tell_resumed(),
        )

    def _bring_back(self) -> int:
        context = self.context
        with context.read() as session:
            today = context.today(session)

        def act(session: Session, case: CaseRow) -> bool:
            if case.state != CaseState.PENDING or case.next_action_on is None or case.next_action_on >= today:
                return False
            to_queue(case)
            case.evidence_no += 1
            case.version += 1
            case.is_listed = True
            context.log(session, "day-passed", case_id=case.id, state=CaseState.QUEUED, body=details(round=case.round))
            settle_due(session, context, case)
            return True

        return act_on_each(context, (CASE.c.state == CaseState.PENDING.value, CASE.c.next_action_on < today), act)

    def _lapse(self) -> int:
        context, now = self.context, self.context.now()
        is_past = exists().where(
            _RECTIFICATION.c.case_id == CASE.c.id, _RECTIFICATION.c.is_open, _RECTIFICATION.c.deadline_at < now
        )

        def act(session: Session, case: CaseRow) -> bool:
            if case.state != CaseState.RECTIFYING:
                return False
            # What is asked for stays open: an answer that had been received in time may still be imported.
            case.state = CaseState.LAPSED.value
            case.version += 1
            context.log(session, "lapse", case_id=case.id, state=CaseState.LAPSED, body=details(round=case.round))
            settle_due(session, context, case)
            return True

        return act_on_each(context, (CASE.c.state == CaseState.RECTIFYING.value, is_past), act)

    def _tell_resumed(self) -> int:
        """Tell the applicants who were told of a suspension with a known end, once it is over, that work goes on."""
        context, now = self.context, self.context.now()
        with context.read() as session:
            over = session.execute(
                select(SUSPENSION).where(SUSPENSION.c.resumed_at.is_(None), SUSPENSION.c.to_at <= now)
            ).all()
        told = 0
        for row in over:
            told += self._tell_end(suspension_of(row))
            if context.cache.is_leaving.is_set():
                # Some applicants may not be told yet; the next tick continues.
                break
            with context.write() as session:
                session.execute(update(SUSPENSION).where(SUSPENSION.c.id == row.id).values(resumed_at=now))
        return told

    def _tell_end(self, ended: Suspension) -> int:
        """Tell the applicants who know of a suspension that it ended, unless another one stops their clock now."""
        context = self.context

        def act(session: Session, case: CaseRow) -> bool:
            letters = SuspensionLetters(context, Clocks(session, context))
            is_told = letters.tell_end(case, [ended])
            letters.write()
            return is_told

        return act_on_each(context, (CASE.c.state.in_(_OPEN_STATES), *awaits_end_notice(ended.id)), act)
