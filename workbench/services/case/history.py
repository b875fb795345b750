"""The history of a case, from the log and from what people wrote."""

import json
from typing import Any

from sqlmodel import Session, select

from db.enums import CaseState
from db.models import CommentRow, EventRow, ReviewerRow, VerificationRow
from workbench.domain.case.casefile import HistoryLine

_TOLD = ("verdict", "fail_kind", "kind", "to", "question", "answer", "field", "deadline", "due")
_WRITTEN_APART = frozenset({"comment", "verify"})


def history_of(session: Session, case_id: int) -> tuple[HistoryLine, ...]:
    """Return what happened to a case, newest first; refused attempts stay in the log alone."""
    lines = [_event_line(row) for row in _events(session, case_id)]
    written = session.exec(
        select(CommentRow, ReviewerRow.login)
        .join(ReviewerRow, ReviewerRow.id == CommentRow.author_id)  # type: ignore[arg-type]  # columns at class level
        .where(CommentRow.case_id == case_id)
    )
    for comment, login in written:
        lines.append(_line(comment.written_at, "comment", login, comment.body))
    verified = session.exec(
        select(VerificationRow, ReviewerRow.login)
        .join(ReviewerRow, ReviewerRow.id == VerificationRow.verified_by_id)  # type: ignore[arg-type]  # columns at class level
        .where(VerificationRow.case_id == case_id)
    )
    for verification, login in verified:
        lines.append(_line(verification.verified_at, "verify", login, f"{verification.kind}: {verification.result}"))
    lines.sort(key=lambda line: line.at)
    # Turned round afterwards: sorted in reverse, what has the same instant would stay oldest first.
    return tuple(lines[::-1])


def _events(session: Session, case_id: int) -> list[EventRow]:
    rows = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, EventRow.is_refused == False)  # noqa: E712 - SQL
        .order_by(EventRow.seq)  # type: ignore[arg-type]  # columns at class level
    ).all()
    return [row for row in rows if row.action not in _WRITTEN_APART]


def _event_line(row: EventRow) -> HistoryLine:
    body: dict[str, Any] = json.loads(row.body)
    words = [str(body[name]) for name in _TOLD if body.get(name)]
    words += [str(body["count"])] if row.action == "documents-written" else []
    words += [str(body["until"])] if row.action == "extend" else []
    words += [str(code) for code in body.get("reasons", ())]
    return HistoryLine(
        at=row.at,
        action=row.action,
        who=row.actor_login,
        text=" ".join(words),
        round=int(body.get("round", 0)),
        state=CaseState(row.state) if row.state else None,
    )


def _line(at: Any, action: str, login: str, text: str) -> HistoryLine:
    return HistoryLine(at=at, action=action, who=login, text=text, round=0, state=None)
