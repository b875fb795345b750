"""Reads the history of a case from the audit log, comments, contacts and verifications, and its letters."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from db.enums import CaseState, DocumentKind
from db.models import (
    AppealRow,
    CampaignCaseRow,
    CampaignRow,
    CaseRow,
    CommentRow,
    ContactRow,
    DecisionRow,
    EventRow,
    ReviewerRow,
    VerificationRow,
)
from db.queries.published import CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_decision
from workbench.domain.case.records import (
    AskedDocument,
    CaseNews,
    ContactLine,
    HistoryLine,
    NoticeLine,
    ReReview,
    VerificationLine,
)
from workbench.domain.clock.due import due_at
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.services.case.known_people import redactions_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.wording.policy import finding_change_words

_SHOWN = (
    *("verdict", "fail_kind", "kind", "outcome", "to", "question", "answer", "field"),
    *("deadline", "due", "progress", "act", "orders", "channel", "item", "judged", "case"),
)
"""The values of an event body that the history shows."""

_SHOWN_OF_ACTION = {
    "documents-written": "count",
    "extend": "until",
    "campaign": "reason",
    **dict.fromkeys(("notice-sent", "notice-failed"), "notice"),
}
"""The value that the history shows only for some actions."""

_WITH_TEXT = ("comment", "contact", "verify")
"""The actions whose texts are stored in separate tables."""

_UNSHOWN = (*_WITH_TEXT, "notice-handed")
"""The actions whose events are not lines; whether a letter that was handed over was sent is an event of its own."""

_BEFORE_VERDICT = (CaseState.QUEUED, CaseState.IN_REVIEW, CaseState.PENDING, CaseState.AWAITING_CHECK)
"""The states in which a document can still be considered before the verdict."""

_REVIEWER = table_of(ReviewerRow)
_EARLIER = NOTICE.alias("earlier")


def history_of(session: Session, case_id: int, before: EventRow | None = None) -> tuple[HistoryLine, ...]:
    """Return the acts on a case, or those before an event, the newest first, without refused attempts."""
    events = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, col(EventRow.is_refused).is_(False))
        .where(col(EventRow.action).not_in(_UNSHOWN))
        .order_by(col(EventRow.seq))
    )
    # The texts of a verdict come before its event, so that no act of the same instant comes between them.
    lines = list(_verdict_texts(session, case_id, before))
    lines += (_event_line(row) for row in events if before is None or row.seq < before.seq)
    comments = session.exec(
        select(CommentRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == CommentRow.author_id)
        .where(CommentRow.case_id == case_id)
    )
    lines += (_text_line(row.written_at, "comment", login, row.body) for row, login in comments)
    for verification in verifications_of(session, case_id):
        text = f"{verification.kind}: {verification.result}"
        lines.append(_text_line(verification.at, "verify", verification.by, text))
    for contact in contacts_of(session, case_id):
        lines.append(_text_line(contact.at, "contact", contact.by, f"{contact.channel}: {contact.text}"))
    lines += _check_notes(session, case_id)
    lines = [line for line in lines if before is None or line.at <= before.at]
    lines.sort(key=lambda line: line.at)
    # Reversed after sorting, because a sort with reverse=True keeps the oldest of simultaneous lines first.
    return tuple(_with_rounds(lines))[::-1]


def _with_rounds(lines: Iterable[HistoryLine]) -> Iterator[HistoryLine]:
    """Yield lines, the oldest first, with the round in which each act fell; only acts that can change it record it."""
    current = 1
    for line in lines:
        current = line.round or current
        yield replace(line, round=current)


def verifications_of(session: Session, case_id: int) -> tuple[VerificationLine, ...]:
    """Return the facts that were confirmed outside the workbench, the oldest first."""
    rows = session.exec(
        select(VerificationRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == VerificationRow.verified_by_id)
        .where(VerificationRow.case_id == case_id)
        .order_by(col(VerificationRow.id))
    )
    return tuple(VerificationLine(kind=one.kind, result=one.result, by=by, at=one.verified_at) for one, by in rows)


def re_reviews_of(session: Session, case_id: int) -> tuple[ReReview, ...]:
    """Return the re-reviews that campaigns opened for a case, or for which they opened this case, oldest first."""
    planned, decision = CampaignCaseRow, DecisionRow
    in_effect = (decision.case_id == planned.case_id, col(decision.status).in_(("applied", "approved")))
    newest = select(decision.decided_at).where(*in_effect).order_by(col(decision.id).desc()).limit(1)
    passed = newest.scalar_subquery()
    rows = session.exec(
        select(planned, CampaignRow.reason, CaseRow.state, passed)
        .join(CampaignRow, col(CampaignRow.id) == planned.campaign_id)
        .join(CaseRow, col(CaseRow.id) == planned.opened_case_id)
        .where((col(planned.case_id) == case_id) | (col(planned.opened_case_id) == case_id))
        .order_by(col(planned.id))
    )
    return tuple(
        ReReview(
            passed_id=row.case_id,
            passed_at=at,
            opened_id=row.opened_case_id or 0,
            campaign=row.campaign_id,
            reason=mask_digits_within(reason),
            state=CaseState(state),
        )
        for row, reason, state, at in rows
    )


def news_of(session: Session, case: CaseRow, seen_no: int) -> CaseNews:
    """Return what changed in a case since it had an evidence number."""
    unseen = [body for body in _policy_changes(session, case) if body["evidence_no"] > seen_no]
    is_only_policy = case.evidence_no == seen_no + len(unseen)
    return CaseNews(has_evidence=not is_only_policy, policy="; ".join(map(_policy_words, unseen)))


def _policy_changes(session: Session, case: CaseRow, before: EventRow | None = None) -> Iterator[dict[str, Any]]:
    """Yield the bodies of the events by which the policy of a case changed, the oldest first."""
    of_case = (EventRow.case_id == case.id, EventRow.action == "policy", col(EventRow.is_refused).is_(False))
    for event in session.exec(select(EventRow).where(*of_case).order_by(col(EventRow.seq))):
        if before is None or event.seq < before.seq:
            yield json.loads(event.body)


def asked_documents_of(
    session: Session, case: CaseRow, missing: Iterable[DocumentKind], before: EventRow | None = None
) -> tuple[AskedDocument, ...]:
    """Return the missing documents that letters about a new policy asked for in this round, while a verdict is due."""
    kinds = tuple(missing)
    if not kinds or case.state not in _BEFORE_VERDICT:
        return ()
    asked = {
        code: date.fromisoformat(body["asked_until"])
        for body in _policy_changes(session, case, before)
        if "asked_until" in body and body["round"] == case.round
        for code in body["asked"]
    }
    return tuple(AskedDocument(kind=kind, until=asked[kind.value]) for kind in kinds if kind.value in asked)


def _check_notes(session: Session, case_id: int) -> list[HistoryLine]:
    """Return the notes with which checkers approved or returned what was staged on a case."""
    lines: list[HistoryLine] = []
    for table in (DecisionRow, AppealRow):
        rows = session.exec(
            select(col(table.checked_at), col(ReviewerRow.login), col(table.check_note))
            .join(ReviewerRow, col(ReviewerRow.id) == col(table.checker_id))
            .where(col(table.case_id) == case_id, col(table.check_note) != "")
        )
        lines += (_text_line(at, "check-note", login, note) for at, login, note in rows if at is not None)
    return lines


def _verdict_texts(session: Session, case_id: int, before: EventRow | None) -> Iterator[HistoryLine]:
    """Yield the internal notes of verdicts and what their letters say, but not of the verdict that an event logs."""
    rows = session.exec(
        select(DecisionRow, ReviewerRow.login)
        .join(ReviewerRow, col(ReviewerRow.id) == DecisionRow.maker_id)
        .where(DecisionRow.case_id == case_id)
    )
    own = None if before is None else json.loads(before.body).get("decision")
    for row, login in rows:
        for action, text in (("verdict-note", row.note), ("verdict-letter", row.letter)):
            if text and row.id != own:
                yield replace(_text_line(row.decided_at, action, login, text), round=row.round)


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
    words += [str(body[_SHOWN_OF_ACTION[row.action]])] if row.action in _SHOWN_OF_ACTION else []
    words += [format_decision(body["decision"])] if row.action == "shown-at" else []
    words += ["waived"] if body.get("waived") else []
    words += [format_decision(body["corrects"])] if body.get("corrects") else []
    words += [str(body["waive_reason"])] if row.action == "reopen" and body.get("waive_reason") else []
    words += [str(code) for code in body.get("reasons", ())]
    if row.action == "policy":
        words = [_policy_words(body)]
    return HistoryLine(
        at=row.at,
        action=row.action,
        who=row.actor_login,
        text=" ".join(words),
        round=int(body.get("round", 0)),
        state=CaseState(row.state) if row.state else None,
    )


def _policy_words(body: Mapping[str, Any]) -> str:
    """Return the words about a change of policy, such as `1 → 2: +ACT-PEAK-HOUR`."""
    findings = finding_change_words(*(body.get(name, ()) for name in ("added", "removed", "changed")))
    due = _("; due date: {day}").format(day=body["due"][:10]) if "due" in body else ""
    asked = _("; documents asked for until {day}").format(day=body["asked_until"]) if "asked_until" in body else ""
    void = _("; what waited for its check is void") if body.get("is_voided") else ""
    return f"{body['from']} → {body['to']}: {findings}{due}{asked}{void}"


def _text_line(at: datetime, action: str, login: str, text: str) -> HistoryLine:
    return HistoryLine(at=at, action=action, who=login, text=text, round=0, state=None)


def notices_of(session: Session, context: Context, case_id: int) -> tuple[NoticeLine, ...]:
    """Return the letters about a case that were not cancelled, the oldest first, with people masked."""
    statement = select_notices((NOTICE.c.case_id == case_id,)).order_by(NOTICE.c.id)
    return notice_lines(session, context, statement)


def select_notices(conditions: Iterable[ColumnElement[bool]]) -> Any:
    """Return the statement that reads notices, not the cancelled ones, with their applications and senders."""
    is_owed_before = (_EARLIER.c.case_id == NOTICE.c.case_id, _EARLIER.c.id < NOTICE.c.id, NOTICE.c.sent_at.is_(None))
    is_owed_still = (_EARLIER.c.sent_at.is_(None), _EARLIER.c.cancelled_at.is_(None))
    after = select_columns(func.max(_EARLIER.c.id)).where(*is_owed_before, *is_owed_still).scalar_subquery()
    more = (_REVIEWER.c.login.label("sent_by"), DECISION.c.fail_kind, after.label("after"))
    return (
        select_columns(NOTICE, CASE.c.agent, CASE.c.application_no, *more)
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .outerjoin(_REVIEWER, _REVIEWER.c.id == NOTICE.c.sent_by_id)
        .outerjoin(DECISION, DECISION.c.id == NOTICE.c.decision_id)
        .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None), *conditions)
    )


def notice_lines(session: Session, context: Context, statement: Any) -> tuple[NoticeLine, ...]:
    """Return the letters that a statement of `select_notices` reads, with people masked."""
    now, calendar = context.now(), context.calendar(session)
    send_days = context.policy(session).notices.send_days
    rows = session.execute(statement).all()
    redactions = redactions_of(session, ((row.agent, row.application_no) for row in rows))
    lines = []
    for row in rows:
        redaction, due_by = redactions[row.agent, row.application_no], due_at(row.release_at, send_days, calendar)
        line = from_row(
            NoticeLine,
            row,
            subject=redaction.mask_in(row.subject),
            body=redaction.mask_in(row.body),
            is_released=row.release_at <= now,
            due_by=due_by,
            is_overdue=row.sent_at is None and due_by < now,
        )
        lines.append(line)
    return tuple(lines)
