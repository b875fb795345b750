"""Reads the history of a case from the audit log, comments, contacts and verifications, and its letters."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Table, bindparam, literal_column, null, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session

from db import models
from db.columns import from_us
from db.enums import IN_EFFECT, CaseState, DocumentKind, Verdict
from db.queries.listing.case_arrivals import arrival_of
from db.queries.outbox import blocking_letter
from db.queries.published import APPEAL, CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import (
    AskedDocument,
    ChangesSinceSeen,
    ContactLine,
    HistoryLine,
    NoticeLine,
    ReReview,
    VerificationLine,
)
from workbench.domain.clock.due import due_at
from workbench.domain.text.mask import mask_digits_within
from workbench.services.case.decisions import items_in_plan
from workbench.services.case.known_people import key_of, redactions_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.wording.case.event_codes import event_text, policy_words

ARRIVAL, READ = "import", "read"
"""The actions of the first line, and of the event that somebody who does not hold the case read it."""

_WITH_TEXT = ("comment", "contact", "verify", "legal-hold", "legal-hold-end")
"""The actions whose texts are stored in separate tables."""

_HIDDEN = (*_WITH_TEXT, "notice-handed")
"""The actions whose events are not shown: their texts are shown, or a later event says that a letter was sent."""

_BEFORE_VERDICT = {CaseState(name) for name in ("queued", "in_review", "pending", "awaiting_check", "rectifying")}
"""The states in which a document can still be considered before the next verdict."""

_REVIEWER = table_of(models.ReviewerRow)
_OWN, _SIBLING = CASE.alias("own"), CASE.alias("sibling")
_COMMENT, _CONTACT, _EVENT = table_of(models.CommentRow), table_of(models.ContactRow), table_of(models.EventRow)
_VERIFICATION, _HOLD = table_of(models.VerificationRow), table_of(models.LegalHoldRow)
_CAMPAIGN, _PLANNED = table_of(models.CampaignRow), table_of(models.CampaignCaseRow)
_CASE_ID: BindParameter[int] = bindparam("case")
_WITHOUT_CHANNEL = null()


def _by_person(table: Table, person: str, *columns: Any) -> Select[Any]:
    """Return the statement that reads columns of a table about a case, and the login of the person in a column."""
    with_person = table.join(_REVIEWER, _REVIEWER.c.id == table.c[person])
    return select_columns(*columns, _REVIEWER.c.login).select_from(with_person).where(table.c.case_id == _CASE_ID)


def _texts(position: int, action: str, text: Any, person: str, at: str, channel: Any = _WITHOUT_CHANNEL) -> Select[Any]:
    """Return the statement that reads a column of texts as lines of the history, without empty texts.

    Lines of one instant are in the order of `position`. The names `person` and `at` are those of the columns with the
    writer and the time; `channel` is the column with the channel of a contact, or the kind of a verification.
    """
    table = text.table
    is_verdict = action.startswith("verdict-")
    columns: tuple[Any, ...] = (
        literal_column(str(position)).label("position"),
        table.c[at].label("at"),
        literal_column(f"'{action}'").label("action"),
        text.label("text"),
        (table.c.round if is_verdict else literal_column("0")).label("round"),
        (table.c.id if is_verdict else null()).label("decision"),
        channel.label("way"),
    )
    return _by_person(table, person, *columns).where(text != "")


_POSITION_OF_ACTS = 2
"""The place of acts among the lines of one instant; `_TEXTS` has those of texts."""
_TEXTS = union_all(
    # The texts of a verdict come before its event, so that no act of the same instant comes between them.
    _texts(0, "verdict-note", DECISION.c.note, "maker_id", "decided_at"),
    _texts(1, "verdict-letter", DECISION.c.letter, "maker_id", "decided_at"),
    _texts(3, "comment", _COMMENT.c.body, "author_id", "written_at"),
    _texts(4, "verify", _VERIFICATION.c.result, "verified_by_id", "verified_at", _VERIFICATION.c.kind),
    _texts(5, "contact", _CONTACT.c.text, "contacted_by_id", "contacted_at", _CONTACT.c.channel),
    # The notes with which checkers approved or returned what was staged.
    _texts(6, "check-note", DECISION.c.check_note, "checker_id", "checked_at"),
    _texts(7, "check-note", APPEAL.c.check_note, "checker_id", "checked_at"),
    _texts(8, "legal-hold", _HOLD.c.reason, "placed_by_id", "placed_at"),
    _texts(9, "legal-hold-end", _HOLD.c.end_reason, "ended_by_id", "ended_at"),
)

_ACTS = (
    select_columns(_EVENT)
    .where(_EVENT.c.case_id == _CASE_ID, _EVENT.c.is_refused.is_(False), _EVENT.c.action.not_in(_HIDDEN))
    .order_by(_EVENT.c.seq)
)
_VERIFIED_AT, _CONTACTED_AT = _VERIFICATION.c.verified_at.label("at"), _CONTACT.c.contacted_at.label("at")
_VERIFICATIONS = _by_person(_VERIFICATION, "verified_by_id", _VERIFICATION, _VERIFIED_AT).order_by(_VERIFICATION.c.id)
_CONTACTS = _by_person(_CONTACT, "contacted_by_id", _CONTACT, _CONTACTED_AT).order_by(_CONTACT.c.id)
_OF_POLICY = (_EVENT.c.case_id == _CASE_ID, _EVENT.c.action == "policy", _EVENT.c.is_refused.is_(False))
_POLICY_CHANGES = select_columns(_EVENT.c.seq, _EVENT.c.body).where(*_OF_POLICY).order_by(_EVENT.c.seq)
_RE_REVIEWS = (
    select_columns(
        _PLANNED.c.case_id.label("passed_id"),
        select_columns(DECISION.c.decided_at)
        .where(DECISION.c.case_id == _PLANNED.c.case_id, DECISION.c.status.in_(IN_EFFECT))
        .order_by(DECISION.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("passed_at"),
        _PLANNED.c.opened_case_id.label("opened_id"),
        _PLANNED.c.campaign_id.label("campaign"),
        *(_CAMPAIGN.c.reason, CASE.c.state),
    )
    # Both cases belong to one application, so that an index finds the plans of a long campaign.
    .select_from(_OWN)
    .join(_SIBLING, (_SIBLING.c.agent == _OWN.c.agent) & (_SIBLING.c.application_no == _OWN.c.application_no))
    .join(_PLANNED, _PLANNED.c.case_id == _SIBLING.c.id)
    .join(_CAMPAIGN, _CAMPAIGN.c.id == _PLANNED.c.campaign_id)
    .join(CASE, CASE.c.id == _PLANNED.c.opened_case_id)
    .where(_OWN.c.id == _CASE_ID, (_PLANNED.c.case_id == _CASE_ID) | (_PLANNED.c.opened_case_id == _CASE_ID))
    .order_by(_PLANNED.c.id)
)


def history_of(session: Session, case_id: int, before: models.EventRow | None = None) -> tuple[HistoryLine, ...]:
    """Return the acts on a case, the newest first, down to its arrival; with `before`, only those before that event."""
    connection, of_case = session.connection(), {"case": case_id}
    own_decision = 0 if before is None else json.loads(before.body).get("decision", 0)
    texts = (
        row
        for row in connection.execute(_TEXTS, of_case)
        # Texts are no events, so their time decides. The texts of the event's own decision are left out: they are shown
        # before the event, but in the log they belong to it.
        if (before is None or row.at <= before.at) and row.decision != own_decision
    )
    acts = (row for row in connection.execute(_ACTS, of_case) if before is None or row.seq < before.seq)
    lines = [(row.position, _text_line(row)) for row in texts]
    lines += ((_POSITION_OF_ACTS, _event_line(row)) for row in acts)
    lines.sort(key=lambda entry: (entry[1].at, entry[0]))
    # Reversed after sorting, because a sort with reverse=True keeps the oldest of simultaneous lines first.
    return tuple(_with_rounds([*_arrival(session, case_id), *(line for _position, line in lines)]))[::-1]


def _arrival(session: Session, case_id: int) -> Iterator[HistoryLine]:
    """Yield the import that opened a case: its batch, who imported it, the file and line, and what was missing."""
    if (row := arrival_of(session, case_id)) is not None:
        # The name of a file may contain the number of a person.
        facts = {**asdict(row), "files": list(map(mask_digits_within, row.files))}
        text = event_text(ARRIVAL, facts)
        yield HistoryLine(at=row.at, action=ARRIVAL, who=row.login, text=text, round=1, state=None, facts=facts)


def _with_rounds(lines: Iterable[HistoryLine]) -> Iterator[HistoryLine]:
    """Yield lines, the oldest first, with the round of each act.

    Only events that can change the round store it; the other lines belong to the round of the line before.
    """
    current = 1
    for line in lines:
        current = line.round or current
        yield replace(line, round=current)


def acts_of(case: CaseFile) -> list[HistoryLine]:
    """Return the history of a case without the readings, which change nothing."""
    return [line for line in case.history if line.action != READ]


def verifications_of(session: Session, case_id: int) -> tuple[VerificationLine, ...]:
    """Return the facts that were confirmed outside the workbench, the oldest first."""
    rows = session.connection().execute(_VERIFICATIONS, {"case": case_id})
    return tuple(from_row(VerificationLine, row, by=row.login) for row in rows)


def re_reviews_of(session: Session, case_id: int) -> tuple[ReReview, ...]:
    """Return the re-reviews of a case, and the re-review for which it was opened, the oldest first."""
    return tuple(
        from_row(ReReview, row, reason=mask_digits_within(row.reason))
        for row in session.connection().execute(_RE_REVIEWS, {"case": case_id})
    )


def changes_since(session: Session, case: models.CaseRow, seen_no: int) -> ChangesSinceSeen:
    """Return the changes in a case since it had the evidence number `seen_no`."""
    unseen = [body for body in _policy_changes(session, case) if body["evidence_no"] > seen_no]
    # Each change of the policy raises the evidence number by one; every further rise is other evidence.
    is_only_policy = case.evidence_no == seen_no + len(unseen)
    return ChangesSinceSeen(has_evidence=not is_only_policy, policy="; ".join(map(policy_words, unseen)))


def _policy_changes(
    session: Session, case: models.CaseRow, before: models.EventRow | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the bodies of the events that changed the policy of a case, the oldest first."""
    for event in session.connection().execute(_POLICY_CHANGES, {"case": case.id}):
        if before is None or event.seq < before.seq:
            yield json.loads(event.body)


def asked_documents_of(
    session: Session, case: models.CaseRow, missing: Iterable[DocumentKind], before: models.EventRow | None = None
) -> tuple[AskedDocument, ...]:
    """Return the missing documents that letters about a new policy asked for, if the next verdict can consider them."""
    kinds = tuple(missing)
    if not kinds or case.state not in _BEFORE_VERDICT:
        return ()
    asked = {
        code: date.fromisoformat(body["asked_until"])
        for body in _policy_changes(session, case, before)
        if "asked_until" in body
        for code in body["asked"]
    }
    return tuple(AskedDocument(kind=kind, until=asked[kind.value]) for kind in kinds if kind.value in asked)


def contacts_of(session: Session, case_id: int) -> tuple[ContactLine, ...]:
    """Return the contacts with the applicant of a case, the oldest first."""
    rows = session.connection().execute(_CONTACTS, {"case": case_id})
    return tuple(from_row(ContactLine, row, by=row.login) for row in rows)


def _text_line(row: Any) -> HistoryLine:
    facts = {"way": row.way} if row.way else {}
    return from_row(HistoryLine, row, who=row.login, state=None, received_at=None, facts=facts)


def _event_line(row: Any) -> HistoryLine:
    body: dict[str, Any] = json.loads(row.body)
    return HistoryLine(
        at=row.at,
        action=row.action,
        who=row.actor_login,
        text=event_text(row.action, body),
        round=int(body.get("round", 0)),
        state=CaseState(row.state) if row.state else None,
        received_at=from_us(body["counted_at"]) if "counted_at" in body else None,
        facts=body,
    )


def notices_of(session: Session, context: Context, case_id: int) -> tuple[NoticeLine, ...]:
    """Return the letters about a case that were not cancelled, the oldest first, with people masked."""
    return notice_lines(session, context, _letters_of_case(), case=case_id)


@cache
def _letters_of_case() -> Any:
    return select_notices((NOTICE.c.case_id == _CASE_ID,)).order_by(NOTICE.c.id)


def select_notices(conditions: Iterable[ColumnElement[bool]]) -> Any:
    """Return the statement that reads the notices that were not cancelled, with their applications and senders."""
    of_decision = (DECISION.c.fail_kind, DECISION.c.seen, blocking_letter().label("after"))
    return (
        select_columns(NOTICE, CASE.c.agent, CASE.c.application_no, _REVIEWER.c.login.label("sent_by"), *of_decision)
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .outerjoin(_REVIEWER, _REVIEWER.c.id == NOTICE.c.sent_by_id)
        .outerjoin(DECISION, DECISION.c.id == NOTICE.c.decision_id)
        .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None), *conditions)
    )


def notice_lines(session: Session, context: Context, statement: Any, **values: Any) -> tuple[NoticeLine, ...]:
    """Return the letters that a statement of `select_notices` reads, with people masked."""
    now, calendar = context.now(), context.calendar(session)
    send_days = context.policy(session).notices.send_days
    rows = session.connection().execute(statement, values).all()
    redactions = redactions_of(session, map(key_of, rows))
    return tuple(
        from_row(
            NoticeLine,
            row,
            subject=redactions[key_of(row)].mask_in(row.subject),
            body=redactions[key_of(row)].mask_in(row.body),
            is_released=row.release_at <= now,
            due_by=(due_by := due_at(row.release_at, send_days, calendar)),
            deadline_at=_stated_deadline(row) if row.sent_at is None else None,
            is_overdue=row.sent_at is None and due_by < now,
            exported_at=None,
            exported_by="",
        )
        for row in rows
    )


def _stated_deadline(row: Any) -> datetime | None:
    """Return the first deadline that a letter about items states, None for other letters."""
    own = [item.deadline_at for item in items_in_plan(row)] if row.kind == Verdict.FAIL and row.seen else []
    dates = (row.told_due_at, *own) if row.kind in {Verdict.FAIL, "deadline"} else ()
    return min(filter(None, dates), default=None)
