"""Applies the changes that depend only on time; a second run at the same time changes nothing."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import exists, select, update
from sqlmodel import Session

from db.columns import to_us
from db.dialect import clear_journals
from db.enums import CaseState, WaitsFor
from db.models import CaseRow
from db.queries.published import CASE, ITEM, RECTIFICATION
from db.queries.suspension_notices import awaits_end_notice, knows_of_moved_deadline
from workbench.domain.clock.suspension import Suspension
from workbench.errors import BadConfiguration
from workbench.services.case.decisions import decision_in_effect, items_in_plan
from workbench.services.clock.case_clocks import Clocks
from workbench.services.foundation.calendar_days import SUSPENSION, all_suspensions, suspension_from_row
from workbench.services.foundation.context import Service
from workbench.services.notices.due_date_notices import notify_of_status
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts, LetterItem
from workbench.services.notices.suspension_notices import NOTIFIED_STATES, letters_about
from workbench.services.queue.absences import begin_absences
from workbench.services.review.back_to_queue import requeue
from workbench.services.review.rectifying.lapse import lapse
from workbench.services.site.machine_clock import CLOCK_MAY_DIFFER, accept_clock, clock_problem, note_clock
from workbench.services.time.campaigns.opening import open_due_re_reviews
from workbench.services.time.deadlines.inquiries import remind_of_inquiries, void_inquiries
from workbench.services.time.deadlines.reminders import notify_of_delays, remind
from workbench.services.time.deadlines.selected_cases import act_on_all, act_unless_suspended

_CLOCK_ACCEPTED = "clock-accepted"
_WITH_APPLICANT = [state.value for state in (CaseState.RECTIFYING, CaseState.PENDING, CaseState.FAILED)]
_END_NOTICE_STATES = [state.value for state in NOTIFIED_STATES | {CaseState.FAILED, CaseState.LAPSED}]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickCounts:
    """How many cases were queued, lapsed and opened by campaigns, and how many notices and reminders were written.

    A case that a substitute got counts as queued. `inquiries` counts the reminders of departments, and the inquiries to
    departments that left the policy.
    """

    queued: int
    lapsed: int
    delayed: int
    resumed: int
    reminded: int
    opened: int = 0
    inquiries: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether anything changed."""
        return any(asdict(self).values())


class Ticking(Service):
    """Applies the changes that depend only on time; every role may do so."""

    def tick(self) -> TickCounts:
        """Queue pending cases after their next-action date, lapse cases after their deadline, and write notices.

        The cases of people whose absence has begun are handed over.

        Raises:
            BadConfiguration: If the clock of this machine must be wrong, or an admin has to confirm it; nothing is
                changed then.
        """
        with self.context.read() as session:
            if problem := clock_problem(session, self.context.now()):
                raise BadConfiguration(problem)
        with self.context.write() as session:
            note_clock(session, self.context.now())
            self._cap_holds(session)
            handed_over = begin_absences(session, self.context)
            clear_journals(session.connection(), to_us(self.context.now()), has_void=True)
        return TickCounts(
            queued=handed_over + self._queue_pending(),
            lapsed=self._lapse(),
            delayed=notify_of_delays(self.context),
            resumed=self._notify_of_resumption() + self._notify_of_held_deadlines(),
            reminded=remind(self.context),
            opened=open_due_re_reviews(self.context),
            inquiries=void_inquiries(self.context) + remind_of_inquiries(self.context),
        )

    def accept_clock(self) -> None:
        """Accept the clock of this machine, although something contradicts it, or nothing confirms it.

        Raises:
            NotAllowed: If the person is not an admin.
        """
        with self.context.as_admin(_CLOCK_ACCEPTED), self.context.write() as session:
            self.context.log(session, _CLOCK_ACCEPTED)
            accept_clock(session, self.context.now())

    def _cap_holds(self, session: Session) -> None:
        """Shorten holds that were taken while the clock was ahead, so that none lasts longer than a new one.

        The hold of a case that was put aside keeps its end, because its holder or an undo chose it.
        """
        now = self.context.now()
        latest = now + timedelta(minutes=self.context.policy(session).desk.hold_minutes)
        is_too_long = (CASE.c.state == CaseState.IN_REVIEW.value) & (CASE.c.held_until > latest + CLOCK_MAY_DIFFER)
        session.execute(update(CASE).where(is_too_long, CASE.c.aside_until.is_(None)).values(held_until=latest))

    def _queue_pending(self) -> int:
        with self.context.read() as session:
            today = self.context.today(session)

        def act(session: Session, case: CaseRow) -> bool:
            asked_until = case.next_action_on if case.waits_for == WaitsFor.APPLICANT else None
            requeue(session, self.context, case, "day-passed")
            decision = decision_in_effect(session, case.id or 0)
            if asked_until and decision:
                items = tuple(LetterItem(item.text) for item in items_in_plan(decision))
                message = LetterFacts(kind=ClockLetterKind.EXPIRED, items=items, asked_until=asked_until)
                notify_of_status(session, self.context, case, message)
            return True

        is_past = (CASE.c.state == CaseState.PENDING.value, CASE.c.next_action_on < today)
        waits_for_applicant = CASE.c.waits_for == WaitsFor.APPLICANT.value
        return act_on_all(self.context, (*is_past, ~waits_for_applicant), act) + act_unless_suspended(
            self.context, (*is_past, waits_for_applicant), act
        )

    def _lapse(self) -> int:
        context, now = self.context, self.context.now()
        is_missed = exists().where(
            ITEM.c.rectification_id == RECTIFICATION.c.id,
            ITEM.c.satisfied_at.is_(None),
            ITEM.c.waived_at.is_(None),
            ITEM.c.deadline_at < now,
        )
        is_past = exists().where(
            RECTIFICATION.c.case_id == CASE.c.id,
            RECTIFICATION.c.is_open,
            (RECTIFICATION.c.deadline_at < now) | is_missed,
        )

        def act(session: Session, case: CaseRow) -> bool:
            lapse(session, context, case)
            return True

        return act_unless_suspended(context, (CASE.c.state == CaseState.RECTIFYING.value, is_past), act)

    def _notify_of_held_deadlines(self) -> int:
        """Write notices to applicants who got a deadline while a suspension without a known end was in force."""
        context, now = self.context, self.context.now()
        with context.read() as session:
            starts = [one.span.start for one in all_suspensions(session) if one.span.is_open and one.span.start <= now]

        def act(session: Session, case: CaseRow) -> bool:
            decision = decision_in_effect(session, case.id or 0)
            if decision is None or (decision.release_at or now) > now:
                return False
            letters = letters_about(Clocks(session, context), [case])
            is_notified = letters.add_deadline_notice(case)
            letters.write()
            return is_notified

        conditions = (CASE.c.state.in_(_WITH_APPLICANT), CASE.c.suspended_from.in_(starts), ~knows_of_moved_deadline())
        return act_on_all(context, conditions, act)

    def _notify_of_resumption(self) -> int:
        """Write notices of resumed work to applicants who know of a suspension whose planned end has passed."""
        context, now = self.context, self.context.now()
        with context.read() as session:
            ended = session.execute(
                select(SUSPENSION).where(SUSPENSION.c.resumed_at.is_(None), SUSPENSION.c.to_at <= now)
            ).all()
        notified_count = 0
        for row in ended:
            notified_count += self._notify_of_end(suspension_from_row(row))
            if context.cache.is_closing.is_set():
                # Some notices may be missing; the next tick continues.
                break
            with context.write() as session:
                session.execute(update(SUSPENSION).where(SUSPENSION.c.id == row.id).values(resumed_at=now))
        return notified_count

    def _notify_of_end(self, suspension: Suspension) -> int:
        """Write notices of the end of a suspension, except for cases whose clock another suspension stops now."""

        def act(session: Session, case: CaseRow) -> bool:
            letters = letters_about(Clocks(session, self.context), [case])
            is_notified = letters.add_end_notice(case, [suspension])
            letters.write()
            return is_notified

        return act_on_all(self.context, (CASE.c.state.in_(_END_NOTICE_STATES), *awaits_end_notice(suspension.id)), act)
