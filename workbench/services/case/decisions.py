"""Reads the decisions of a case."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import CaseRow, DecisionReasonRow, DecisionRow, RectificationItemRow, RectificationRow
from workbench.domain.case.casefile import DecisionLine, ItemLine, ItemRequest
from workbench.services.foundation.row_values import from_row


def newest_decision(session: Session, case_id: int, *statuses: str) -> DecisionRow | None:
    """Return the newest decision of a case that has one of these statuses."""
    return session.exec(
        select(DecisionRow)
        .where(DecisionRow.case_id == case_id, col(DecisionRow.status).in_(statuses))
        .order_by(col(DecisionRow.id).desc())
        .limit(1)
    ).first()


def open_rectification(session: Session, case: CaseRow) -> RectificationRow | None:
    """Return the open rectification of a case, None if there is none."""
    is_open = (RectificationRow.case_id == case.id, RectificationRow.is_open)
    return session.exec(select(RectificationRow).where(*is_open)).first()


def decisions_of(session: Session, case_id: int, logins: dict[int, str]) -> tuple[DecisionLine, ...]:
    """Return all decisions of a case, including undone ones, the oldest first."""
    rows = session.exec(select(DecisionRow).where(DecisionRow.case_id == case_id).order_by(col(DecisionRow.id))).all()
    return tuple(_decision(session, row, logins) for row in rows)


def _decision(session: Session, row: DecisionRow, logins: dict[int, str]) -> DecisionLine:
    reasons = session.exec(
        select(DecisionReasonRow.code)
        .where(DecisionReasonRow.decision_id == row.id)
        .order_by(col(DecisionReasonRow.position))
    ).all()
    return from_row(
        DecisionLine,
        row,
        reasons=tuple(reasons),
        maker=logins.get(row.maker_id, "?"),
        checker=logins.get(row.checker_id or 0),
        items=_items(session, row, logins),
    )


def items_of(session: Session, decision_id: int) -> list[RectificationItemRow]:
    """Return the items to rectify after a decision, in order; none while the decision is not in force."""
    return list(
        session.exec(
            select(RectificationItemRow)
            .join(RectificationRow, col(RectificationRow.id) == RectificationItemRow.rectification_id)
            .where(RectificationRow.decision_id == decision_id)
            .order_by(col(RectificationItemRow.position))
        )
    )


def items_in_plan(decision: DecisionRow) -> list[ItemRequest]:
    """Return the items that a decision asks for, as they were when it was made."""
    items = json.loads(decision.seen).get("items", [])
    return [
        ItemRequest(
            code=item["code"],
            text=item["text"],
            deadline_at=datetime.fromisoformat(item["deadline_at"]) if item.get("deadline_at") else None,
        )
        for item in items
    ]


def _items(session: Session, decision: DecisionRow, logins: dict[int, str]) -> tuple[ItemLine, ...]:
    """Return the items to rectify. While a verdict waits for its check, its items are only in the column `seen`."""
    if rows := items_of(session, decision.id or 0):
        return tuple(
            from_row(
                ItemLine,
                row,
                is_satisfied=row.satisfied_at is not None,
                is_waived=row.waived_at is not None,
                waived_by=logins.get(row.waived_by_id or 0),
            )
            for row in rows
        )
    return tuple(
        from_row(ItemLine, item, is_satisfied=False, is_waived=False, waived_by=None, waived_at=None, waive_reason="")
        for item in items_in_plan(decision)
    )
