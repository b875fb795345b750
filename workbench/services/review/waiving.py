"""Lets a supervisor waive an item that an applicant had to rectify."""

from collections.abc import Sequence

from sqlmodel import Session

from db.models import CaseRow, RectificationItemRow, RectificationRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.acts.act import acting_on
from workbench.services.case.assessment import findings_of_case
from workbench.services.case.decisions import items_of, open_rectification
from workbench.services.foundation.context import Service
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueDateMessage, notify_of_status
from workbench.services.rectifying.lapse import cancel_deadline_letters
from workbench.services.rectifying.rectification import letter_items, open_items, waived_texts
from workbench.services.review.back_to_queue import queue_again
from workbench.services.review.next_round import start_next_round

_REPLACED = (ClockLetterKind.WAIVED, ClockLetterKind.DEADLINE_NEAR)
"""Unsent letters that the letter about a waiver replaces: it names all waived and remaining items, and the deadline."""


class Waiving(Service):
    """Waives items on behalf of a supervisor."""

    def waive(self, case_id: int, wanted: str, reason: str) -> None:
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
            item = item_named(case, items, wanted)
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
        left = open_items(session, row)
        message = DueDateMessage(
            kind=ClockLetterKind.WAIVED,
            items=letter_items(left),
            waived=waived_texts(session, row),
            deadline_at=row.deadline_at if left else None,
        )
        notify_of_status(session, self.context, case, message)


def item_named(case: CaseRow, items: Sequence[RectificationItemRow], wanted: str) -> RectificationItemRow:
    """Return the item of a case with a number, counted from 1, or a code.

    Raises:
        NotFound: If there is none.
        WrongUsage: If several items have the code.
    """
    name, word = format_case(case.id or 0), wanted.strip()
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
