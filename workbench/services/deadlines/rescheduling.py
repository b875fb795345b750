"""What a supervisor changes of a case's promise: its due date, its class, its priority."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from db.enums import CaseState, Priority, ServiceClass
from db.models import CaseRow, CommentRow, RectificationRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import extension_s
from workbench.domain.clock.due import due_at
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.clock.case_clocks import Clocks, settle_due
from workbench.services.clock.input_checks import check_not_far, checked_reason
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueNews, tell_due

_RANKS = tuple(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """Until when a case was extended; `is_deadline` says that it is the applicant's deadline that moved."""

    case_id: int
    until: datetime
    is_deadline: bool


class Rescheduling:
    """The promises of cases, as one person may change them; reasons are kept as comments."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def extend(self, case_id: int, until: date, reason: str) -> Extended:
        """Extend the due date to closing of a day, or, while the applicant mends, the deadline of that.

        A day off or without work means the next working day. The due date moves by the working time between: what is
        paused later comes on top. The applicant is told, with the reason.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If who asks is no supervisor, the case is over or not complete, or the deadline is too far.
            WrongUsage: If no reason is given or one too long, or the day is past, no later than now agreed, or too far
                ahead.
        """
        context = self.context
        with context.acting(Action.EXTEND, case_id), context.write() as session:
            case = self._case(session, case_id, Action.EXTEND, reason)
            check_not_far(until, context.today(session))
            calendar = context.calendar(session, case.policy_version_id)
            if case.state == CaseState.RECTIFYING:
                return self._extend_deadline(session, case, until, reason, calendar)
            return self._extend_due(session, case, until, reason, calendar)

    def _extend_due(
        self, session: Session, case: CaseRow, until: date, reason: str, calendar: WorkingCalendar
    ) -> Extended:
        context, case_id, clocks = self.context, case.id or 0, Clocks(session, self.context)
        clocks.settle(case)
        stops, budget = clocks.concerning(case), clocks.budget(case)
        assert budget is not None  # noqa: S101 - a case that is not complete has no due date to extend
        day = calendar.working_day_from(until)
        while any(one.span.start < calendar.closing(day) <= one.span.end for one in stops if not one.span.is_open):
            day = calendar.next_working_day(day)
        wanted = calendar.closing(day)
        if wanted <= context.now():
            raise WrongUsage(_("The due date must be a day to come."))
        seconds = extension_s(budget, stops, calendar, wanted)
        if seconds <= 0:
            raise WrongUsage(_not_later(case_id))
        body = {"by_s": seconds, "until": calendar.local_day(wanted).isoformat()}
        context.log(session, Action.EXTEND.value, case_id=case_id, body=body)
        self._changed(session, case, reason)
        tell_due(session, context, case, DueNews(kind=ClockLetterKind.DELAY, cause=reason))
        return Extended(case_id=case_id, until=case.due_at or wanted, is_deadline=False)

    def _extend_deadline(
        self, session: Session, case: CaseRow, until: date, reason: str, calendar: WorkingCalendar
    ) -> Extended:
        context, case_id = self.context, case.id or 0
        row = session.exec(
            select(RectificationRow).where(RectificationRow.case_id == case_id, RectificationRow.is_open)
        ).one()
        wanted = calendar.closing(calendar.working_day_from(until))
        if wanted <= max(context.now(), row.deadline_at or context.now()):
            raise WrongUsage(_not_later(case_id))
        most = context.policy(session, case.policy_version_id).rectify.cap_days
        cap = due_at(context.now(), most, calendar).at
        if wanted > cap:
            day = calendar.local_day(cap).isoformat()
            raise NotAllowed(_("The deadline is too far; the policy allows at most until {day}.").format(day=day))
        row.deadline_at = wanted
        body = {"deadline": calendar.local_day(wanted).isoformat()}
        context.log(session, "extend-deadline", case_id=case_id, body=body)
        self._changed(session, case, reason)
        tell_due(session, context, case, DueNews(kind=ClockLetterKind.DEADLINE, cause=reason, deadline_at=wanted))
        return Extended(case_id=case_id, until=wanted, is_deadline=True)

    def change_class(self, case_id: int, service_class: ServiceClass, reason: str) -> datetime | None:
        """Give a case another class; its days count from the same day 0. Return the due date, None before it has one.

        If the due date moves later the applicant is told, with the reason.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If who asks is no supervisor, or the case is over.
            WrongUsage: If no reason is given or one too long, or it has that class already.
        """

        def change(case: CaseRow) -> str:
            before, case.service_class, case.is_class_set = case.service_class, service_class.value, True
            return before

        return self._choose(case_id, Action.CLASS, service_class.value, reason, change)

    def change_priority(self, case_id: int, priority: Priority, reason: str) -> None:
        """Give a case another priority; who skipped it sees it again.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If who asks is no supervisor, or the case is over.
            WrongUsage: If no reason is given or one too long, or it has that priority already.
        """

        def change(case: CaseRow) -> str:
            before, case.priority, case.is_priority_set = case.priority, priority.value, True
            case.priority_rank = _RANKS.index(priority)
            case.evidence_no += 1
            return before

        self._choose(case_id, Action.PRIORITY, priority.value, reason, change)

    def _choose(
        self, case_id: int, action: Action, word: str, reason: str, change: Callable[[CaseRow], str]
    ) -> datetime | None:
        context = self.context
        with context.acting(action, case_id), context.write() as session:
            case = self._case(session, case_id, action, reason)
            settle_due(session, context, case)
            due_before, before = case.due_at, change(case)
            if before == word:
                raise WrongUsage(_("{case} has that already.").format(case=format_case(case_id)))
            context.log(session, action.value, case_id=case_id, body={"from": before, "to": word})
            self._changed(session, case, reason)
            if due_before is not None and case.due_at is not None and case.due_at > due_before:
                tell_due(session, context, case, DueNews(kind=ClockLetterKind.DELAY, cause=reason))
            return case.due_at

    def _case(self, session: Session, case_id: int, action: Action, reason: str) -> CaseRow:
        checked_reason(reason, _("This takes a reason."))
        case = visible_case(session, case_id)
        refusal = state_refusal(action, CaseState(case.state), format_case(case_id))
        if refusal:
            raise NotAllowed(refusal)
        return case

    def _changed(self, session: Session, case: CaseRow, reason: str) -> None:
        """Keep the new due date, and the reason: what a person wrote is no part of an event."""
        context = self.context
        settle_due(session, context, case)
        case.version += 1
        session.add(
            CommentRow(case_id=case.id or 0, author_id=context.actor.id, written_at=context.now(), body=reason.strip())
        )


def _not_later(case_id: int) -> str:
    return _("{case} is due no earlier already; give a later day.").format(case=format_case(case_id))
