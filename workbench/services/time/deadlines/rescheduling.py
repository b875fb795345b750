"""Lets a supervisor change the due date, the service class or the priority of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, Priority, ServiceClass
from db.models import CaseRow, RectificationItemRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import extension_s, latest_appeal_due
from workbench.domain.clock.due import due_at, moved_deadline, open_day_from, short_deadline_problem, working_days_late
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import act_in, checked_act_reason
from workbench.services.acts.declarations import EXTEND_DEADLINE
from workbench.services.case.assessment import rank_columns
from workbench.services.case.decisions import items_of, open_rectification
from workbench.services.clock.case_clocks import Clocks, update_due_date
from workbench.services.clock.due_date_changes import is_later_than_stated, stated_due_dates
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Service
from workbench.services.foundation.input_checks import check_not_far
from workbench.services.notices.due_date_notices import notify
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts
from workbench.services.review.rectifying.lapse import cancel_deadline_letters
from workbench.services.review.rectifying.rectification import letter_items, open_items, waived_texts
from workbench.services.review.reopening import item_named


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateExtension:
    """The new due date of a case, or with `is_deadline` the new deadline of its rectification.

    `item` is the text of the item whose own deadline was extended; it is empty for the common deadline.
    """

    case_id: int
    until: datetime
    is_deadline: bool
    item: str = ""


class Rescheduling(Service):
    """Changes due dates, classes and priorities on behalf of a supervisor; reasons are stored as comments."""

    def extend(self, case_id: int, until: date, reason: str, item: str = "") -> DueDateExtension:
        """Extend the due date to the closing time of a day; while the applicant rectifies, extend the deadline instead.

        If the day is off or suspended, the next working day is used. The due date moves by the working time between the
        old and the new date, and later pauses move it further. The applicant gets a notice with the reason.

        All extensions of a rectification together end at the policy's cap, counted from the release of its first
        letter and moved by suspended working time. A deadline in natural hours is extended only if `item` names its
        item by number or code. If the day is after the deadline of the other items, their deadline moves too.

        The letter about the extension replaces unsent reminders of the old deadline, and unsent letters about waived
        items.

        Raises:
            NotFound: If there is no such case or item.
            NotAllowed: If the person is not a supervisor, the case is closed or incomplete, or the deadline too late.
            WrongUsage: If the reason is missing or too long, the day is past, too far ahead or not later than the old
                date, or the item has no own deadline.
        """
        with self.context.acting(Action.EXTEND, case_id), self.context.write() as session:
            case = case_in_state_for(session, self.context, Action.EXTEND, case_id)
            check_not_far(until, self.context.today(session))
            if case.state == CaseState.RECTIFYING:
                return self._extend_deadline(session, case, until, reason, item)
            if item:
                name = format_case(case_id)
                raise WrongUsage(_("{case} is not being rectified; leave out --item.").format(case=name))
            return self._extend_due(session, case, until, reason)

    def preview(self, case_id: int, until: date, item: str = "") -> DueDateExtension:
        """Return the extension that `extend` would make; nothing is written.

        Raises:
            WorkbenchError: As `extend`, except for the reason and the roles.
        """
        with self.context.read() as session:
            case = case_in_state_for(session, self.context, Action.EXTEND, case_id)
            check_not_far(until, self.context.today(session))
            if case.state != CaseState.RECTIFYING:
                new_due_at, _seconds = self._new_due(session, case, until)
                return DueDateExtension(case_id=case_id, until=new_due_at, is_deadline=False)
            return self._new_deadline(session, case, until, item)[0]

    def _new_due(self, session: Session, case: CaseRow, until: date) -> tuple[datetime, float]:
        """Return the new due date, and by how many seconds of working time it moves."""
        context, case_id, clocks = self.context, case.id or 0, Clocks(session, self.context)
        suspensions, budget = clocks.suspensions_of(case), clocks.budget(case)
        assert budget is not None  # noqa: S101 - a case that is not complete has no due date to extend
        calendar = clocks.calendar(case, budget)
        new_due_at = calendar.closing(open_day_from(until, suspensions, calendar))
        if new_due_at <= context.now():
            raise WrongUsage(_("The due date must be in the future."))
        cap = latest_appeal_due(budget, calendar)
        if cap is not None and new_due_at > cap:
            message = _("The appeal of {case} must be answered by {day}; the policy allows no later day.")
            raise NotAllowed(message.format(case=format_case(case_id), day=calendar.local_day(cap).isoformat()))
        seconds = extension_s(budget, suspensions, calendar, new_due_at)
        if seconds <= 0:
            raise WrongUsage(_not_later(case_id))
        return new_due_at, seconds

    def _extend_due(self, session: Session, case: CaseRow, until: date, reason: str) -> DueDateExtension:
        context = self.context
        update_due_date(session, context, case)
        new_due_at, seconds = self._new_due(session, case, until)
        day = context.calendar(session, case.policy_version_id).local_day(new_due_at)
        with act_in(session, context, case, Action.EXTEND, reason) as act:
            act.finish({"by_s": seconds, "until": day.isoformat()})
            notify(session, context, [(case, LetterFacts(kind=ClockLetterKind.DELAY, cause=reason))])
        return DueDateExtension(case_id=case.id or 0, until=case.due_at or new_due_at, is_deadline=False)

    def _new_deadline(
        self, session: Session, case: CaseRow, until: date, item: str
    ) -> tuple[DueDateExtension, RectificationRow, RectificationItemRow | None]:
        """Return the new deadline, the rectification, and the item with its own deadline if one is named."""
        context, row = self.context, open_rectification(session, case)
        assert row is not None  # noqa: S101 - a case is rectifying while its rectification is open
        calendar = context.calendar(session, case.policy_version_id)
        own = _item_with_deadline(case, items_of(session, row.decision_id), item) if item else None
        new_deadline = calendar.closing(calendar.working_day_from(until))
        old_deadline = row.deadline_at if own is None else own.deadline_at
        if new_deadline <= max(context.now(), old_deadline or context.now()):
            raise WrongUsage(_not_later(case.id or 0))
        cap = self._latest_deadline(session, case, row, calendar)
        if new_deadline > cap:
            day = calendar.local_day(cap).isoformat()
            raise NotAllowed(_("The deadline is too far; the policy allows at most until {day}.").format(day=day))
        if problem := short_deadline_problem(new_deadline, context.now(), calendar):
            raise NotAllowed(problem)
        text = own.text if own else ""
        return DueDateExtension(case_id=case.id or 0, until=new_deadline, is_deadline=True, item=text), row, own

    def _latest_deadline(
        self, session: Session, case: CaseRow, row: RectificationRow, calendar: WorkingCalendar
    ) -> datetime:
        """Return the latest deadline that the policy allows.

        The policy's days count from the release of the letter that asks for the items. If the letter was sent late, the
        working days of the delay are added. Suspended time moves the latest deadline, as it moves every deadline.
        """
        of_letter = (NOTICE.c.decision_id == row.decision_id, NOTICE.c.cancelled_at.is_(None))
        times = select(NOTICE.c.release_at, NOTICE.c.sent_at).where(*of_letter).order_by(NOTICE.c.id).limit(1)
        released_at, sent_at = session.execute(times).one()
        cap_days = self.context.policy(session, case.policy_version_id).rectify.cap_days
        late_days = working_days_late(released_at, sent_at or released_at, calendar)
        latest_at = due_at(released_at, cap_days + late_days, calendar)
        suspensions = Clocks(session, self.context).suspensions_of(case)
        return moved_deadline(latest_at, released_at, suspensions, calendar)

    def _extend_deadline(
        self, session: Session, case: CaseRow, until: date, reason: str, item: str
    ) -> DueDateExtension:
        context = self.context
        calendar = context.calendar(session, case.policy_version_id)
        extension, row, own = self._new_deadline(session, case, until, item)
        new_deadline = extension.until
        kind, outdated = ClockLetterKind.DEADLINE, {ClockLetterKind.DEADLINE_NEAR.value, ClockLetterKind.WAIVED.value}
        if own is None:
            # The letter about one item does not repeat the deadline of the others, which may be different now.
            outdated.add(kind.value)
        with act_in(session, context, case, EXTEND_DEADLINE, reason) as act:
            cancel_deadline_letters(session, context, case, row, outdated)
            if own is not None:
                own.deadline_at = new_deadline
            if own is None or row.deadline_at is None or new_deadline > row.deadline_at:
                row.deadline_at = new_deadline
            day = calendar.local_day(new_deadline).isoformat()
            rows = [(one.__tablename__, one.id) for one in (row, own) if one is not None]
            act.finish({"deadline": day, "item": own.code if own else "", "extended": rows})
            message = LetterFacts(
                kind=kind,
                cause=reason,
                deadline_at=new_deadline,
                item=extension.item,
                asked=letter_items(open_items(session, row)),
                waived=waived_texts(session, row),
                release_at=act.undo_until,
            )
            notify(session, context, [(case, message)])
        return extension

    def change_class(self, case_id: int, service_class: ServiceClass, reason: str) -> datetime | None:
        """Change the service class of a case, and return its due date if it has one.

        The working days of the new class count from the same start. If the due date moves later, the applicant gets a
        notice with the reason.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person is not a supervisor, or the case is closed.
            WrongUsage: If the reason is missing or too long, or the case has that class already.
        """
        return self._change(case_id, Action.CLASS, reason, class_columns(service_class))

    def change_priority(self, case_id: int, priority: Priority, reason: str) -> None:
        """Change the priority of a case, and offer it again to those who skipped it.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person is not a supervisor, or the case is closed.
            WrongUsage: If the reason is missing or too long, or the case has that priority already.
        """
        self._change(case_id, Action.PRIORITY, reason, priority_columns(priority))

    def _change(self, case_id: int, action: Action, reason: str, changes: Mapping[str, Any]) -> datetime | None:
        with self.context.acting(action, case_id), self.context.write() as session:
            return self.change_in(session, case_id, action, reason, changes)

    def change_in(
        self, session: Session, case_id: int, action: Action, reason: str, changes: Mapping[str, Any]
    ) -> datetime | None:
        """Write columns of a case in a transaction, and return the due date of the case if it has one.

        `change_class` and `change_priority` name the errors. One of them is that the first column has its value
        already. After an error, nothing of the case is written.
        """
        case = case_in_state_for(session, self.context, action, case_id)
        checked_act_reason(action, reason)
        column, value = next(iter(changes.items()))
        earlier_value = getattr(case, column)
        if earlier_value == value:
            raise WrongUsage(_("{case} has that already.").format(case=format_case(case_id)))
        update_due_date(session, self.context, case)
        due_before = case.due_at
        with act_in(session, self.context, case, action, reason) as act:
            for name, new_value in changes.items():
                setattr(case, name, new_value)
            case.evidence_no += 1 if action is Action.PRIORITY else 0
            act.finish({"from": earlier_value, "to": value})
            stated = stated_due_dates(session, [case_id]).get(case_id)
            calendar = self.context.calendar(session, case.policy_version_id)
            if due_before and case.due_at and is_later_than_stated(case.due_at, stated, due_before, calendar):
                notify(session, self.context, [(case, LetterFacts(kind=ClockLetterKind.DELAY, cause=reason))])
        return case.due_at


def class_columns(service_class: ServiceClass) -> dict[str, Any]:
    """Return the columns of a case with a service class that a supervisor chose."""
    return {"service_class": service_class.value, "is_class_set": True}


def priority_columns(priority: Priority) -> dict[str, Any]:
    """Return the columns of a case with a priority that a supervisor chose, higher or lower."""
    return {**rank_columns(priority), "is_priority_set": True}


def _item_with_deadline(case: CaseRow, items: Sequence[RectificationItemRow], wanted: str) -> RectificationItemRow:
    """Return the item with a number or code; refuse an item without a deadline of its own."""
    found = item_named(case, items, wanted)
    if found.deadline_at is None:
        message = _("Item {item} of {case} has the deadline of the letter; leave out --item.")
        raise WrongUsage(message.format(item=wanted.strip(), case=format_case(case.id or 0)))
    return found


def _not_later(case_id: int) -> str:
    return _("{case} is already due on that day or later; give a later day.").format(case=format_case(case_id))
