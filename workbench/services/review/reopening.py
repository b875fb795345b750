"""Lets a supervisor reopen a final case whose verdict may be wrong, or waive an item that an applicant had to rectify.

The notice of the next verdict on a reopened case corrects the earlier one.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from db.enums import AppealStatus, CaseState, Trigger
from db.models import CaseRow, DecisionRow, NoticeRow, RectificationItemRow, RectificationRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.case.records import Waiver
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.acts.act import acting_on
from workbench.services.case.assessment import findings_of_case
from workbench.services.case.decisions import decision_in_effect, items_of, newest_appeal, open_rectification
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import case_in_state_for, refuse_second_case
from workbench.services.foundation.context import Service
from workbench.services.notices.due_date_notices import notify_of_status
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts
from workbench.services.notices.letter_measures import bars_to_name
from workbench.services.review.back_to_queue import close_work, queue_again, start_next_round
from workbench.services.review.measures.orders import lift_bars
from workbench.services.review.rectifying.lapse import cancel_deadline_letters
from workbench.services.review.rectifying.rectification import letter_items, open_items, waived_texts
from workbench.services.site.people import is_same_person, solo_reason, waiver_details


class Reopening(Service):
    """Reopens final cases on behalf of a supervisor."""

    def reopen(self, case_id: int, reason: str) -> None:
        """Queue a passed, failed or lapsed case again, in its round; the reason stays internal.

        The round stays, because a round is one submission and its decision, and nothing new was submitted. The
        applicant gets a notice. If the notice of the verdict is not released yet, that notice is cancelled instead, and
        the next one corrects only what the cancelled one would have corrected.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If its state does not allow it, another case of its application goes on, or this person made or
                checked the verdict.
            WrongUsage: If no reason is given.
        """
        context = self.context
        with acting_on(context, Action.REOPEN, case_id, reason) as act:
            session, case, release_at = act.session, act.case, act.undo_until or context.now()
            was_passed = case.state == CaseState.PASSED
            refuse_second_case(session, case)
            decision = decision_in_effect(session, case_id)
            waiver = self._waiver(session, case, decision)
            was_notified = decision is not None and self._was_notified(session, decision)
            close_work(session, context, case, keeps_measures=False)
            case.trigger, case.reopen_for = Trigger.REOPENED.value, ""
            case.assignee_id = case.returned_to_id = None
            if decision is not None:
                case.corrects_id = decision.id if was_notified else decision.corrects_id
            _in_force, bars = bars_to_name(session, context, case)
            orders = lift_bars(session, context, case, release_at=release_at).summary
            queue_again(case)
            facts = details(corrects=case.corrects_id, orders=orders, **waiver_details(waiver))
            act.finish({"round": case.round, **facts})
            if case.corrects_id is not None:
                kind, alone = ClockLetterKind.REOPENED, waiver is not None
                message = LetterFacts(kind=kind, bars=bars, was_passed=was_passed, is_decided_alone=alone)
                notify_of_status(session, context, case, message)

    def why_not(self, case_id: int) -> str:
        """Return why this person may not open a case again now, "" if they may.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            try:
                if refusal := role_refusal(Action.REOPEN, self.context.actor):
                    return refusal
                case = case_in_state_for(session, self.context, Action.REOPEN, case_id)
                refuse_second_case(session, case)
                self._waiver(session, case, decision_in_effect(session, case_id))
            except NotAllowed as refused:
                return str(refused)
        return ""

    def _waiver(self, session: Session, case: CaseRow, decision: DecisionRow | None) -> Waiver | None:
        """Refuse a person who made or checked the verdict; if one person reviews alone, return the waiver."""
        if not self._is_involved(session, case, decision):
            return None
        if alone := solo_reason(session):
            return Waiver(rules=(Action.REOPEN.value,), reason=alone)
        message = _("You made or checked the verdict on {case}; another supervisor must open it again.")
        raise NotAllowed(message.format(case=format_case(case.id or 0)))

    def _is_involved(self, session: Session, case: CaseRow, decision: DecisionRow | None) -> bool:
        """Return whether this person made or checked the verdict, or the decision on the appeal against it."""
        appeal = newest_appeal(session, case.id or 0, AppealStatus.CLOSED)
        involved = {decision.maker_id, decision.checker_id} if decision is not None else set[int | None]()
        if appeal is not None:
            involved |= {appeal.decided_by_id, appeal.checker_id}
        return any(is_same_person(session, self.context, case.id or 0, who) for who in involved if who is not None)

    def _was_notified(self, session: Session, decision: DecisionRow) -> bool:
        """Return whether the notice of a verdict was released, so that the applicant knows the verdict."""
        is_released = col(NoticeRow.cancelled_at).is_(None) & (col(NoticeRow.release_at) <= self.context.now())
        of_decision = select(NoticeRow.id).where(NoticeRow.decision_id == decision.id, is_released)
        return session.exec(of_decision.limit(1)).first() is not None


_REPLACED = (ClockLetterKind.WAIVED, ClockLetterKind.DEADLINE_NEAR)
"""The unsent letters that a letter about a waived item replaces, because it states all items and the deadline."""


class Waiving(Service):
    """Waives items on behalf of a supervisor."""

    def waive(self, case_id: int, number_or_code: str, reason: str) -> None:
        """Waive an item, named by its number or code, and tell the applicant what is still needed.

        If nothing is left to rectify, the case goes back to the queue in its next round, as after a resubmission.

        Raises:
            NotFound: If there is no such case or item.
            NotAllowed: If the person is not a supervisor, the case is not being rectified, or the item is not open.
            WrongUsage: If the reason is missing or too long, or several items have the code.
        """
        context = self.context
        with acting_on(context, Action.WAIVE, case_id, reason) as act:
            session, case = act.session, act.case
            row = open_rectification(session, case)
            assert row is not None  # noqa: S101 - a case is rectifying while its rectification is open
            items = items_of(session, row.decision_id)
            item = item_named(case, items, number_or_code)
            _check_open(case, items, item)
            cancel_deadline_letters(session, context, case, row, _REPLACED)
            item.waived_at, item.waived_by_id, item.waive_reason = context.now(), context.actor.id, act.reason
            if not open_items(session, row):
                start_next_round(session, context, case, findings_of_case(session, case_id))
                queue_again(case)
            act.finish({"round": case.round, "item": item.code})
            self._notify(session, case, row)

    def _notify(self, session: Session, case: CaseRow, row: RectificationRow) -> None:
        """Notify the applicant of the items that are no longer needed in this round, and of the remaining ones."""
        remaining = open_items(session, row)
        message = LetterFacts(
            kind=ClockLetterKind.WAIVED,
            items=letter_items(remaining),
            waived=waived_texts(session, row),
            deadline_at=row.deadline_at if remaining else None,
        )
        notify_of_status(session, self.context, case, message)


def item_named(case: CaseRow, items: Sequence[RectificationItemRow], number_or_code: str) -> RectificationItemRow:
    """Return the item of a case with a number, counted from 1, or a code.

    Raises:
        NotFound: If there is none.
        WrongUsage: If several items have the code.
    """
    name, word = format_case(case.id or 0), number_or_code.strip()
    if word.isdecimal() and 1 <= int(word) <= len(items):
        return items[int(word) - 1]
    found = [item for item in items if item.code.casefold() == word.casefold()]
    if len(found) > 1:
        message = _("{case} has several items {item}; give the number of one: {items}.")
        raise WrongUsage(message.format(case=name, item=word, items=_numbered(items)))
    if not found:
        message = _("{case} has no item {item}; its items are {items}.")
        raise NotFound(message.format(case=name, item=word, items=_numbered(items)))
    return found[0]


def _numbered(items: Sequence[RectificationItemRow]) -> str:
    return comma_joined(f"{number} {item.code}" for number, item in enumerate(items, start=1))


def _check_open(case: CaseRow, items: Sequence[RectificationItemRow], item: RectificationItemRow) -> None:
    """Refuse an item that was already received or waived."""
    number, name = items.index(item) + 1, format_case(case.id or 0)
    if item.satisfied_at is not None:
        raise NotAllowed(_("Item {number} of {case} has been received already.").format(number=number, case=name))
    if item.waived_at is not None:
        raise NotAllowed(_("Item {number} of {case} is waived already.").format(number=number, case=name))
