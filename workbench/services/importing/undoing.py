"""Takes a published batch back, while nothing rests on it."""

import os
from collections.abc import Iterable

from sqlalchemy import FromClause, Table, and_, exists, select, update
from sqlmodel import Session

from db.enums import CaseState, ImportKind
from db.models import ChecklistAnswerRow, CommentRow, DecisionRow, DraftRow, SkipRow, VerificationRow
from db.queries.published import BATCH, CASE, is_published, table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.case.card_windows import CALL_WINDOW
from workbench.services.case.evidence_reader import APPLICATION, CARD, COMPLAINT, CREDIT, DOCUMENT
from workbench.services.foundation.context import Context
from workbench.services.importing.batches import busy, lock_path, locked
from workbench.services.importing.calls import OPT_OUT
from workbench.services.importing.request import UndoneBatch
from workbench.services.importing.sweeping import take_away
from workbench.services.importing.touching import SUBMISSION
from workbench.services.notices.due_date_notices import NOTICE

_ACTED_ON: tuple[Table, ...] = tuple(
    table_of(model) for model in (DecisionRow, DraftRow, CommentRow, ChecklistAnswerRow, VerificationRow, SkipRow)
)
_UNTOUCHED_STATES = (CaseState.INCOMPLETE.value, CaseState.QUEUED.value)
_HANDED_IN = (APPLICATION, CARD, DOCUMENT)
_OF_NUMBERS = select(CALL_WINDOW).where(CALL_WINDOW.c.msisdn_hash != "").subquery()


def undo_batch(context: Context, batch_id: int) -> UndoneBatch:
    """Hide a batch at once, with one event, then remove its rows; the caller holds the turn to import.

    Raises:
        NotFound: If there is no such batch.
        NotAllowed: If one of its cases was acted on, or an existing case has taken it in.
    """
    handle = locked(lock_path(context.store, batch_id))
    if handle is None:
        raise busy()
    try:
        with context.write() as session:
            batch = session.execute(
                select(BATCH).where(BATCH.c.id == batch_id, BATCH.c.published_at.is_not(None))
            ).first()
            if batch is None:
                lock_path(context.store, batch_id).unlink(missing_ok=True)
                raise NotFound(
                    _("There is no import {batch}; `workbench imports` lists them.").format(
                        batch=format_batch(batch_id)
                    )
                )
            _refuse_used(session, batch_id)
            cases = len(session.execute(select(CASE.c.id).where(CASE.c.batch_id == batch_id)).all())
            session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(published_at=None, published_seq=None))
            context.log(
                session,
                "import-undone",
                batch_id=batch_id,
                body={"kind": batch.kind, "rows": batch.row_count, "cases": cases},
            )
        take_away(context, batch_id)
    finally:
        os.close(handle)
    return UndoneBatch(id=batch_id, kind=ImportKind(batch.kind), rows=batch.row_count, cases=cases)


def _refuse_used(session: Session, batch_id: int) -> None:
    """Refuse a batch that something rests on."""
    name = format_batch(batch_id)
    case_id = _acted_on(session, batch_id)
    if case_id is not None:
        raise NotAllowed(
            _("{batch} stays: somebody acted on {case} already.").format(batch=name, case=format_case(case_id))
        )
    taken = session.execute(select(SUBMISSION.c.case_id).where(SUBMISSION.c.batch_id == batch_id).limit(1)).scalar()
    if taken is not None:
        raise NotAllowed(
            _("{batch} stays: {case} has taken it in already.").format(batch=name, case=format_case(taken))
        )
    later = _resting_on(session, batch_id)
    if later is not None:
        raise NotAllowed(
            _("{batch} stays: {later} rests on it; undo that one first.").format(batch=name, later=format_batch(later))
        )


def _acted_on(session: Session, batch_id: int) -> int | None:
    """Return a case of the batch that somebody acted on, or None."""
    marks: Iterable[object] = (
        CASE.c.state.not_in(_UNTOUCHED_STATES),
        CASE.c.fence > 0,
        CASE.c.version > 0,
        CASE.c.assignee_id.is_not(None),
        exists().where(NOTICE.c.case_id == CASE.c.id, NOTICE.c.sent_at.is_not(None)),
        *(exists().where(table.c.case_id == CASE.c.id) for table in _ACTED_ON),
    )
    for mark in marks:
        found = session.execute(select(CASE.c.id).where(CASE.c.batch_id == batch_id, mark).limit(1)).scalar()  # type: ignore[arg-type]  # each mark is a condition
        if found is not None:
            return int(found)
    return None


def _resting_on(session: Session, batch_id: int) -> int | None:
    """Return a later batch that was judged or computed with this one, or None."""
    for table in _HANDED_IN:
        own = APPLICATION.alias("own")
        rests = exists().where(
            and_(
                own.c.batch_id == batch_id,
                own.c.agent == table.c.agent,
                own.c.application_no == table.c.application_no,
            )
        )
        found = session.execute(
            select(table.c.batch_id).where(table.c.batch_id > batch_id, rests, is_published(table.c.batch_id)).limit(1)
        ).scalar()
        if found is not None:
            return int(found)
    tells_of_calls = _has_rows(session, batch_id, OPT_OUT, _OF_NUMBERS)
    if not tells_of_calls and not _has_rows(session, batch_id, COMPLAINT, CREDIT):
        return None
    return _computed_later(session, batch_id, tells_of_calls=tells_of_calls)


def _has_rows(session: Session, batch_id: int, *tables: FromClause) -> bool:
    """Say whether a batch has rows in one of some tables."""
    found = (session.execute(select(exists().where(table.c.batch_id == batch_id))).scalar() for table in tables)
    return any(found)


def _computed_later(session: Session, batch_id: int, *, tells_of_calls: bool) -> int | None:
    """Return a later batch whose figures or cases may hold what this one says of numbers and subjects."""
    if tells_of_calls:
        figures = select(CALL_WINDOW.c.batch_id).where(CALL_WINDOW.c.batch_id > batch_id)
        found = session.execute(figures.where(is_published(CALL_WINDOW.c.batch_id)).limit(1)).scalar()
        if found is not None:
            return int(found)
    opened = select(CASE.c.batch_id).where(CASE.c.batch_id > batch_id, is_published(CASE.c.batch_id)).limit(1)
    found = session.execute(opened).scalar()
    return None if found is None else int(found)
