"""Undoes a published batch as long as nothing depends on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, exists, func, insert, or_, select, union, update
from sqlmodel import Session

from db.enums import CaseState, ImportKind
from db.models import CaseRow, OptOutRow, ReviewerRow
from db.queries.published import APPLICATION, BATCH, CASE, ITEM, NOTICE, RECTIFICATION, is_published, table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _, sentences_joined
from workbench.services.case.evidence_reader import CALL_WINDOW, CARD, COMPLAINT, CREDIT, DOCUMENT
from workbench.services.case.history import READ
from workbench.services.clock.case_clocks import EVENT
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import SUBMISSION
from workbench.services.intake.batches.publishing import PUBLISHED, UNDONE, another_import_runs, lock_path, try_lock
from workbench.services.intake.batches.sweeping import OF_CASES, remove_batch
from workbench.services.review.rectifying.late_letters import take_back_early_lapse

_ACTED_ON = [
    table
    for table in CASE.metadata.sorted_tables
    if "case_id" in table.c and table.c.case_id.foreign_keys and table not in {SUBMISSION, *OF_CASES}
]
"""The tables of rows that people add to a case."""

_UNTOUCHED_STATES = (CaseState.INCOMPLETE.value, CaseState.QUEUED.value, CaseState.IN_REVIEW.value)
_STATE_CHANGES = ("complete", "answer", "resubmit", "lapse-undone", "void")
"""The events by which a batch changes the state of a case; people cause some of these events, too."""

_HARMLESS_EVENTS = (
    *("evidence", "evidence-late", "evidence-undone", "attention", "void"),
    *("due", "delay-told", "day-passed", "lapse", "reminded", "policy", "shown-at", READ),
    *(Action.NEXT, Action.TAKE, Action.RELEASE, Action.ASIDE, Action.REVEAL, Action.DOCUMENTS, Action.DOSSIER),
)
"""The events that do not prevent an undo: those of the program, and those of people that do not change a case."""

_REVIEWER = table_of(ReviewerRow)
_OPT_OUT = table_of(OptOutRow)
_OF_APPLICATION = (APPLICATION, CARD, DOCUMENT)
_OF_NUMBER = (CALL_WINDOW, COMPLAINT)
_CASE = CASE.c.id.label("case")
_WINDOWS_OF_NUMBERS = select(CALL_WINDOW).where(CALL_WINDOW.c.msisdn_hash != "").subquery()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneBatch:
    """An import that was undone, with the number of removed rows and cases."""

    id: int
    kind: ImportKind
    rows: int
    updated: int
    """The number of removed rows that had changed earlier ones, which count again."""
    cases: int


def undo_batch(context: Context, batch_id: int) -> UndoneBatch:
    """Hide a batch with one event, then remove its rows; the caller holds the import lock.

    Raises:
        NotFound: If there is no such batch.
        NotAllowed: If somebody acted on one of its cases, a later batch depends on it, or it changed a case's state.
    """
    with try_lock(context.store, batch_id) as is_mine:
        if not is_mine:
            raise another_import_runs()
        with context.write() as session:
            wanted = (BATCH.c.id == batch_id, BATCH.c.published_at.is_not(None))
            batch = session.execute(select(BATCH).where(*wanted)).first()
            if batch is None:
                lock_path(context.store, batch_id).unlink(missing_ok=True)
                message = _("There is no import {batch}; `workbench imports` lists them.")
                raise NotFound(message.format(batch=format_batch(batch_id)))
            _record_closed_cases(session, context, batch)
            _check_unused(session, context, batch_id)
            cases = session.execute(select(func.count()).where(CASE.c.batch_id == batch_id)).scalar_one()
            session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(published_at=None, published_seq=None))
            body = {"kind": batch.kind, "rows": batch.created_count + batch.updated_count, "cases": cases}
            context.log(session, UNDONE, batch_id=batch_id, body=body)
            _take_back_early_lapses(session, context, batch_id)
        remove_batch(context, batch_id)
    return UndoneBatch(
        id=batch_id, kind=ImportKind(batch.kind), rows=body["rows"], updated=batch.updated_count, cases=cases
    )


def _take_back_early_lapses(session: Session, context: Context, batch_id: int) -> None:
    """Take back the lapses of older cases whose deadline moved on while the cases of a batch were the newer ones."""
    newer = CASE.alias()
    is_same = (newer.c.agent == CASE.c.agent, newer.c.application_no == CASE.c.application_no)
    has_newer = exists().where(newer.c.batch_id == batch_id, *is_same)
    for case in session.execute(select(CaseRow).where(CASE.c.state == CaseState.LAPSED.value, has_newer)).scalars():
        take_back_early_lapse(session, context, case)


def _record_closed_cases(session: Session, context: Context, batch: Row[Any]) -> None:
    """Record submissions for the older cases to which a batch was not applied, because they were closed at that time.

    A case that an appeal, a campaign or a later import opened again since then uses all published evidence.
    """
    numbers = union(*(select(table.c.msisdn_hash).where(table.c.batch_id == batch.id) for table in _OF_NUMBER))
    credit = select(CREDIT.c.subject_no, CREDIT.c.subject_hash).where(CREDIT.c.batch_id == batch.id)
    subjects, hashes = (credit.with_only_columns(column) for column in (CREDIT.c.subject_no, CREDIT.c.subject_hash))
    is_subject = or_(
        APPLICATION.c.uscc.in_(subjects),
        APPLICATION.c.legal_rep_id_no.in_(subjects),
        APPLICATION.c.handler_id_hash.in_(hashes),
    )
    concerned = or_(
        *(_has(table, table.c.batch_id == batch.id) for table in _OF_APPLICATION),
        _has(CARD, CARD.c.msisdn_hash.in_(numbers)),
        _has(APPLICATION, is_subject),
    )
    is_noted = exists().where(SUBMISSION.c.case_id == CASE.c.id, SUBMISSION.c.batch_id == batch.id)
    uses_batch = (CASE.c.batch_id < batch.id, CASE.c.evidence_seq >= batch.published_seq, ~is_noted)
    ids = session.execute(select(CASE.c.id).where(*uses_batch, concerned).order_by(CASE.c.id)).scalars()
    now = context.now()
    note = {"batch_id": batch.id, "round": 0, "received_at": now, "applied_at": now, "body": "{}"}
    if notes := [{**note, "case_id": case_id} for case_id in ids]:
        session.execute(insert(SUBMISSION), notes)


def _has(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that the application of a case has a row in a table that meets a condition."""
    return exists().where(table.c.agent == CASE.c.agent, table.c.application_no == CASE.c.application_no, condition)


def _check_unused(session: Session, context: Context, batch_id: int) -> None:
    """Refuse to undo a batch if something depends on it; the message names that, and the way out."""
    zone = context.zone(session)
    format_by_name: dict[str, Callable[[Any], str]] = {
        "case": format_case,
        "later": format_batch,
        "time": lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
    }
    for statement, message in chain(_dependents(session, context, batch_id), _acts(batch_id)):
        if (row := session.execute(statement.limit(1)).mappings().first()) is not None:
            values = {name: format_by_name.get(name, str)(value) for name, value in row.items()}
            text = message.format(batch=format_batch(batch_id), **values)
            if (later := row.get("later")) is not None:
                try:
                    _check_unused(session, context, later)
                except NotAllowed as error:
                    rests = _("{batch} stays: {later} rests on it.").format(batch=format_batch(batch_id), **values)
                    text = sentences_joined((rests, str(error)))
            raise NotAllowed(text)


def _dependents(session: Session, context: Context, batch_id: int) -> Iterator[tuple[Select[Any], str]]:
    """Yield statements that find dependents of a batch, each with the message for a row that it finds."""
    yield (
        select(_CASE, _REVIEWER.c.login)
        .join(_REVIEWER, _REVIEWER.c.id == CASE.c.held_by_id)
        .where(_is_case_of(batch_id), CASE.c.state == CaseState.IN_REVIEW.value, CASE.c.held_until > context.now()),
        _("{batch} stays: {login} holds {case}; `workbench release {case}` ends the hold, then undo again."),
    )
    for later in _later_batches(session, batch_id):
        yield later, _("{batch} stays: {later} rests on it; `workbench imports undo {later}` removes that one first.")
    of_batch = select(EVENT.c.case_id.label("case")).where(EVENT.c.batch_id == batch_id)
    yield (
        of_batch.where(EVENT.c.action.in_(_STATE_CHANGES)),
        _(
            "{batch} stays: {case} became complete or came back to the queue with it."
            " Import a file with the corrected rows instead."
        ),
    )
    yield (
        of_batch.where(EVENT.c.action == Action.APPEAL.value),
        _("{batch} stays: it filed the appeal of {case}; `workbench withdraw {case}` withdraws an appeal."),
    )
    deadline_at = func.coalesce(ITEM.c.deadline_at, RECTIFICATION.c.deadline_at, type_=ITEM.c.deadline_at.type)
    yield (
        select(_CASE)
        .join(SUBMISSION, SUBMISSION.c.case_id == CASE.c.id)
        .join(RECTIFICATION, RECTIFICATION.c.case_id == CASE.c.id)
        .join(ITEM, ITEM.c.rectification_id == RECTIFICATION.c.id)
        .where(SUBMISSION.c.batch_id == batch_id, CASE.c.state == CaseState.RECTIFYING.value, RECTIFICATION.c.is_open)
        .where(ITEM.c.satisfied_at >= SUBMISSION.c.applied_at, deadline_at < context.now()),
        _(
            "{batch} stays: it brought in time what {case} had to rectify, and without it the case would lapse now."
            " Import a file with the corrected rows instead."
        ),
    )


def _acts(batch_id: int) -> Iterator[tuple[Select[Any], str]]:
    """Yield statements that find acts of people on the cases of a batch since its import, each with its message."""
    way_out = _(
        " This cannot be removed; import a file with the corrected rows instead: each replaces the earlier one."
    )
    of_import = (EVENT.c.batch_id == batch_id, EVENT.c.action == PUBLISHED)
    since = select(EVENT.c.seq).where(*of_import).order_by(EVENT.c.seq.desc()).limit(1).scalar_subquery()
    case, login, time = EVENT.c.case_id.label("case"), EVENT.c.actor_login.label("login"), EVENT.c.at.label("time")
    yield (
        select(case, login, time, EVENT.c.action)
        .where(EVENT.c.case_id.in_(select(CASE.c.id).where(_is_case_of(batch_id))), EVENT.c.seq > since)
        .where(EVENT.c.is_refused.is_(False), EVENT.c.action.not_in(_HARMLESS_EVENTS))
        .where(EVENT.c.batch_id.is_(None) | EVENT.c.action.not_in(_STATE_CHANGES))
        .order_by(EVENT.c.seq.desc()),
        _("{batch} stays: {login} acted on {case} on {time} ({action}).") + way_out,
    )
    for is_touched in (
        CASE.c.state.not_in(_UNTOUCHED_STATES),
        CASE.c.assignee_id.is_not(None),
        exists().where(NOTICE.c.case_id == CASE.c.id, NOTICE.c.sent_at.is_not(None)),
        *(exists().where(table.c.case_id == CASE.c.id) for table in _ACTED_ON),
    ):
        message = _("{batch} stays: somebody wrote a draft for {case}, or its notice was sent.")
        yield select(_CASE).where(CASE.c.batch_id == batch_id, is_touched), message + way_out


def _is_case_of(batch_id: int) -> ColumnElement[bool]:
    """Return the condition that a batch opened a case, or is applied to it."""
    applied = select(SUBMISSION.c.case_id).where(SUBMISSION.c.batch_id == batch_id)
    return or_(CASE.c.id.in_(select(CASE.c.id).where(CASE.c.batch_id == batch_id)), CASE.c.id.in_(applied))


def _later_batches(session: Session, batch_id: int) -> Iterator[Select[Any]]:
    """Yield statements that find a later batch that uses rows of this batch, or that was applied to the same cases.

    The call figures and cases of a later batch may use the rows of this batch about numbers and subjects.
    """
    other = SUBMISSION.alias("other")
    concerned = or_(
        exists().where(CASE.c.id == other.c.case_id, CASE.c.batch_id == batch_id),
        exists().where(SUBMISSION.c.case_id == other.c.case_id, SUBMISSION.c.batch_id == batch_id),
    )
    later = other.c.batch_id.label("later")
    yield select(later).where(later > batch_id, concerned).order_by(later.desc())
    for table in _OF_APPLICATION:
        own = APPLICATION.alias("own")
        is_same = (own.c.agent == table.c.agent, own.c.application_no == table.c.application_no)
        yield _published_after(table, batch_id).where(exists().where(own.c.batch_id == batch_id, *is_same))
    changes_figures = _has_rows(session, batch_id, _OPT_OUT, _WINDOWS_OF_NUMBERS)
    if changes_figures:
        yield _published_after(CALL_WINDOW, batch_id)
    if changes_figures or _has_rows(session, batch_id, COMPLAINT, CREDIT):
        yield _published_after(CASE, batch_id)


def _published_after(table: Table, batch_id: int) -> Select[Any]:
    """Return the statement that finds published later batches with rows in a table."""
    later = table.c.batch_id
    return select(later.label("later")).where(later > batch_id, is_published(later)).order_by(later.desc())


def _has_rows(session: Session, batch_id: int, *tables: FromClause) -> bool:
    """Say whether a batch has rows in one of some tables."""
    found = (session.execute(select(exists().where(table.c.batch_id == batch_id))).scalar() for table in tables)
    return any(found)
