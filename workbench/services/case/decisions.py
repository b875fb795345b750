"""The decisions of a case, as its file shows them."""

import json

from sqlmodel import Session, select

from db.enums import FailKind, Measure, Verdict
from db.models import DecisionReasonRow, DecisionRow, RectificationItemRow, RectificationRow
from workbench.domain.case.casefile import DecisionLine, ItemLine


def decisions_of(session: Session, case_id: int, logins: dict[int, str]) -> tuple[DecisionLine, ...]:
    """Return every decision of a case, oldest first, undone ones included."""
    rows = session.exec(select(DecisionRow).where(DecisionRow.case_id == case_id).order_by(DecisionRow.id)).all()  # type: ignore[arg-type]  # columns at class level
    return tuple(_decision(session, row, logins) for row in rows)


def _decision(session: Session, row: DecisionRow, logins: dict[int, str]) -> DecisionLine:
    reasons = session.exec(
        select(DecisionReasonRow.code)
        .where(DecisionReasonRow.decision_id == row.id)
        .order_by(DecisionReasonRow.position)  # type: ignore[arg-type]  # columns at class level
    ).all()
    return DecisionLine(
        id=row.id or 0,
        round=row.round,
        verdict=Verdict(row.verdict),
        fail_kind=FailKind(row.fail_kind) if row.fail_kind else None,
        measure=Measure(row.measure),
        reasons=tuple(reasons),
        note=row.note,
        letter=row.letter,
        status=row.status,
        maker=logins.get(row.maker_id, "?"),
        decided_at=row.decided_at,
        release_at=row.release_at,
        checker=logins.get(row.checker_id or 0),
        check_note=row.check_note,
        deadline_at=row.deadline_at,
        until_on=row.until_on,
        items=_items(session, row),
    )


def _items(session: Session, decision: DecisionRow) -> tuple[ItemLine, ...]:
    """Return what was to be mended; while a verdict waits for its checker that stands in what was seen."""
    rows = session.exec(
        select(RectificationItemRow)
        .join(RectificationRow, RectificationRow.id == RectificationItemRow.rectification_id)  # type: ignore[arg-type]  # columns at class level
        .where(RectificationRow.decision_id == decision.id)
        .order_by(RectificationItemRow.position)  # type: ignore[arg-type]  # columns at class level
    ).all()
    if rows:
        return tuple(
            ItemLine(
                code=row.code,
                text=row.text,
                is_satisfied=row.satisfied_at is not None,
                is_waived=row.waived_at is not None,
            )
            for row in rows
        )
    wanted = json.loads(decision.seen).get("items", [])
    return tuple(ItemLine(code=item["code"], text=item["text"], is_satisfied=False, is_waived=False) for item in wanted)
