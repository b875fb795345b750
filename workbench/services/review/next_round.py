"""Assigns a resubmitted case, and records which of its items the applicant has rectified."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlmodel import Session, col

from db.enums import ItemResult
from db.models import CaseRow, DecisionRow, RectificationItemRow, RectificationRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.domain.findings.finding import Finding
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.acts.act import acting_on
from workbench.services.case.decisions import newest_decision
from workbench.services.foundation.context import Context, Service
from workbench.services.rectifying.rectification import close_rectification
from workbench.services.site.people import works_on


def start_next_round(session: Session, context: Context, case: CaseRow, findings: Iterable[Finding]) -> None:
    """Close the rectification of a case, and assign its next round to the maker of the last verdict.

    If that person does not work today, nobody is assigned.
    """
    close_rectification(session, context, case, findings)
    case.round += 1
    decision = newest_decision(session, case.id or 0, "applied", "approved")
    is_present = decision is not None and works_on(session, decision.maker_id, context.today(session))
    case.assignee_id = decision.maker_id if decision is not None and is_present else None


class ItemJudging(Service):
    """Records whether the items of the last rectification are fixed."""

    def judge(self, case_id: int, item: str, result: ItemResult, fence: int | None = None) -> None:
        """Judge an item of a case that this person holds; a later judgement replaces it.

        `item` is the number of the item, from 1, or its code.

        Raises:
            NotFound: If there is no such case or item.
            NotAllowed: If nobody holds the case, or the item was waived.
            Busy: If another person holds or took the case.
        """
        with acting_on(self.context, Action.JUDGE, case_id, fence=fence) as act:
            session = act.session
            row = _item(_last_items(session, case_id), item, format_case(case_id))
            if row.waived_at is not None:
                raise NotAllowed(_("Item {item} was waived; there is nothing to judge.").format(item=item))
            values = {
                "judged": result.value,
                "judged_by_id": self.context.actor.id,
                "judged_at": self.context.now(),
            }
            session.execute(update(RectificationItemRow).where(col(RectificationItemRow.id) == row.id).values(values))
            act.finish({"item": row.code, "number": row.position + 1, "judged": result.value})


def _last_items(session: Session, case_id: int) -> list[RectificationItemRow]:
    """Return the items of the newest rectification of a case whose verdict was not undone, in their order."""
    newest = (
        select(col(RectificationRow.id))
        .join(DecisionRow, col(DecisionRow.id) == RectificationRow.decision_id)
        .where(col(RectificationRow.case_id) == case_id, col(DecisionRow.status).in_(("applied", "approved")))
        .order_by(col(RectificationRow.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    of_newest = select(RectificationItemRow).where(col(RectificationItemRow.rectification_id) == newest)
    return list(session.execute(of_newest.order_by(col(RectificationItemRow.position))).scalars())


def _item(rows: list[RectificationItemRow], item: str, case: str) -> RectificationItemRow:
    """Return the item with a number or a code."""
    if not rows:
        raise NotFound(_("{case} has no items to judge; it was not rectified yet.").format(case=case))
    wanted = item.strip().upper()
    found = [row for row in rows if wanted in {row.code, str(row.position + 1)}]
    if not found:
        known = ", ".join(f"{row.position + 1} {row.code}" for row in rows)
        raise NotFound(_("{case} has no item {item}; it has {known}.").format(case=case, item=wanted, known=known))
    return found[0]
