"""Finds the existing cases that a batch affects, records them with the batch, and files the appeals of the batch."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Row, delete, select, type_coerce, update
from sqlmodel import Session

from db.columns import to_us
from db.dialect import insert_rows, is_in_list, row_count
from db.enums import FINAL_STATES, CaseState, ImportKind
from db.models import SubmissionRow
from db.queries.published import APPLICATION, BATCH, CASE, chunks, current_cases, is_published, rows_of, table_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.case.evidence_reader import CARD
from workbench.services.case.known_people import Key, key_of
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.intake.batches.publishing import published_batch
from workbench.services.review.appeals.acts import file_appeal

SUBMISSION = table_of(SubmissionRow)

_READ_TOGETHER = _WRITTEN_TOGETHER = 5_000


@dataclass(frozen=True, slots=True)
class ReceivedEvidence:
    """The new evidence of an existing case: its kind, and when it was received."""

    received_at: datetime
    kind: ImportKind
    application_at: datetime | None = None
    """When the new application row was received; None if there is none."""


def applications_of_numbers(session: Session, msisdn_hashes: Iterable[str]) -> set[Key]:
    """Return the published applications that have a card with one of the numbers."""
    return _keys(session, CARD.c.msisdn_hash, msisdn_hashes)


def _keys(session: Session, column: ColumnElement[Any], values: Iterable[str]) -> set[Key]:
    table = column.table
    found = select(table.c.agent, table.c.application_no).where(is_in_list((column,)), is_published(table.c.batch_id))
    return set(map(key_of, rows_of(session, found.distinct(), values)))


def cases_about(session: Session, store: Store, kind: ImportKind, values: Iterable[str]) -> set[int]:
    """Return the open and the passed cases that rows affect; new block findings may contradict a pass.

    Args:
        session: The transaction.
        store: The store with the key of the hashes.
        kind: The kind of the rows.
        values: The numbers of the subjects of credit records, or the hashes of the phone numbers of other rows.
    """
    if kind is ImportKind.CREDIT:
        keys = _keys(session, APPLICATION.c.uscc, values) | _keys(session, APPLICATION.c.legal_rep_id_no, values)
        keys |= _keys(session, APPLICATION.c.handler_id_hash, map(store.hashed, values))
    else:
        keys = applications_of_numbers(session, values)
    closed = FINAL_STATES - {CaseState.PASSED}
    newest = (case for chunk in chunks(keys, _READ_TOGETHER) for case in current_cases(session, chunk).values())
    return {case.id or 0 for case in newest if case.state not in closed}


def record_affected_cases(context: Context, batch_id: int, affected: Mapping[int, ReceivedEvidence]) -> None:
    """Record in a batch the existing cases that it affects."""
    for chunk in chunks(sorted(affected.items()), _WRITTEN_TOGETHER):
        rows = [
            {"case_id": case_id, "received_at": case.received_at, "body": json.dumps(_body(case))}
            for case_id, case in chunk
        ]
        with context.write() as session:
            insert_rows(session, SUBMISSION.name, rows, batch_id=batch_id, round=0)


def _body(case: ReceivedEvidence) -> Mapping[str, Any]:
    application_us = None if case.application_at is None else to_us(case.application_at)
    return details(kind=case.kind.value, application_us=application_us)


FILED_TOGETHER = 5
"""The most appeals in one transaction: fewer than other changes of cases, because each appeal writes a letter."""

GROUNDS = "grounds"
"""The key in the body of a submission that makes it the filing of an appeal."""


class UnfiledAppeal(NamedTuple):
    """An appeal of a published batch that was not filed, because its case had changed."""

    case_id: int
    why: str


def refuse_unfit_appeals(session: Session, batch_id: int) -> None:
    """Refuse the appeals of a batch if the state of a case no longer allows its appeal.

    Raises:
        NotAllowed: If there is such a case.
    """
    is_filing = type_coerce(SUBMISSION.c.body, JSON)[GROUNDS].as_string().is_not(None)
    of_batch = select(CASE.c.id, CASE.c.state).join(SUBMISSION, SUBMISSION.c.case_id == CASE.c.id)
    for row in session.execute(of_batch.where(SUBMISSION.c.batch_id == batch_id, is_filing)):
        if why := state_refusal(Action.APPEAL, CaseState(row.state), format_case(row.id)):
            raise NotAllowed(why)


def filings_of(waiting: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the appeals among some submissions."""
    return [one for one in waiting if GROUNDS in json.loads(one.body)]


def file_appeals(context: Context, filings: Sequence[Row[Any]]) -> list[UnfiledAppeal]:
    """File some appeals of a published batch, each with its own event, and delete their submissions.

    If a case has changed since the publication, the refusal is logged like that of the command `appeal`, and returned.
    """
    unfiled = []
    with context.write() as session:
        published_batch(session, filings[0].batch_id)
        for filing in filings:
            # Another process may have filed the appeal already.
            if not row_count(session.execute(delete(SUBMISSION).where(SUBMISSION.c.id == filing.id))):
                continue
            grounds = json.loads(filing.body)[GROUNDS]
            try:
                case = case_in_state_for(session, context, Action.APPEAL, filing.case_id)
                file_appeal(session, context, case, grounds, filing.received_at, filing.batch_id)
            except (NotAllowed, WrongUsage) as error:
                context.log_refusal(session, Action.APPEAL, error, filing.case_id)
                counts = {"created_count": BATCH.c.created_count - 1, "rejected_count": BATCH.c.rejected_count + 1}
                session.execute(update(BATCH).where(BATCH.c.id == filing.batch_id).values(counts))
                unfiled.append(UnfiledAppeal(filing.case_id, str(error)))
    return unfiled
