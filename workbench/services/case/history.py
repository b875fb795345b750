"""Reads the history of a case from the audit log, comments and verifications."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import CommentRow, EventRow, ReviewerRow, VerificationRow
from workbench.domain.case.casefile import HistoryLine

_SHOWN = (
    "verdict",
    "fail_kind",
    "kind",
    "to",
    "question",
    "answer",
    "field",
    "deadline",
    "due",
    "progress",
    "act",
    "item",
)
"""The values of an event body that the history shows."""

_WITH_TEXT = ("comment", "verify")
"""The actions whose texts are stored in separate tables."""


def history_of(session: Session, case_id: int) -> tuple[HistoryLine, ...]:
    """Return the acts on a case, the newest first, without refused attempts."""
    events = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, col(EventRow.is_refused).is_(False))
        .where(col(EventRow.action).not_in(_WITH_TEXT))
        .order_by(col(EventRow.seq))
    )
    lines = [_event_line(row) for row in events]
    comments = session.exec(
        select(CommentRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == CommentRow.author_id)
        .where(CommentRow.case_id == case_id)
    )
    lines += (_text_line(row.written_at, "comment", login, row.body) for row, login in comments)
    verifications = session.exec(
        select(VerificationRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == VerificationRow.verified_by_id)
        .where(VerificationRow.case_id == case_id)
    )
    lines += (_text_line(row.verified_at, "verify", login, f"{row.kind}: {row.result}") for row, login in verifications)
    lines.sort(key=lambda line: line.at)
    # Reversed after sorting, because a sort with reverse=True keeps the oldest of simultaneous lines first.
    return tuple(lines[::-1])


def _event_line(row: EventRow) -> HistoryLine:
    body: dict[str, Any] = json.loads(row.body)
    words = [str(body[name]) for name in _SHOWN if body.get(name)]
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


def _text_line(at: datetime, action: str, login: str, text: str) -> HistoryLine:
    return HistoryLine(at=at, action=action, who=login, text=text, round=0, state=None)
