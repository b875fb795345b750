"""Reads the history of a case from the audit log, comments, contacts and verifications."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import CommentRow, ContactRow, EventRow, ReviewerRow, VerificationRow
from workbench.domain.case.casefile import ContactLine, HistoryLine

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
    "channel",
)
"""The values of an event body that the history shows."""

_WITH_TEXT = ("comment", "contact", "verify")
"""The actions whose texts are stored in separate tables."""

_UNSHOWN = (*_WITH_TEXT, "notice-handed")
"""The events that are no lines of their own; what became of a letter that was handed over is an event too."""


def history_of(session: Session, case_id: int) -> tuple[HistoryLine, ...]:
    """Return the acts on a case, the newest first, without refused attempts."""
    events = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, col(EventRow.is_refused).is_(False))
        .where(col(EventRow.action).not_in(_UNSHOWN))
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
    contacts = contacts_of(session, case_id)
    lines += (_text_line(one.at, "contact", one.by, f"{one.channel}: {one.text}") for one in contacts)
    lines.sort(key=lambda line: line.at)
    # Reversed after sorting, because a sort with reverse=True keeps the oldest of simultaneous lines first.
    return tuple(lines[::-1])


def contacts_of(session: Session, case_id: int) -> tuple[ContactLine, ...]:
    """Return the contacts with the applicant of a case, the oldest first."""
    rows = session.exec(
        select(ContactRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == ContactRow.contacted_by_id)
        .where(ContactRow.case_id == case_id)
        .order_by(col(ContactRow.id))
    )
    return tuple(ContactLine(channel=row.channel, text=row.text, by=login, at=row.contacted_at) for row, login in rows)


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
