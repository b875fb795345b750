"""Finds the existing cases that a batch affects, and records them, so that any start can finish the update."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from db.columns import to_us
from db.dialect import insert_rows
from db.enums import FINAL_STATES, CaseState, ImportKind
from db.models import CaseRow, SubmissionRow
from db.queries.published import APPLICATION, chunks, current_cases, is_published, table_of
from workbench.services.case.evidence_reader import CARD
from workbench.services.case.known_people import Key
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store

SUBMISSION = table_of(SubmissionRow)

_WRITTEN_TOGETHER = 5_000


@dataclass(frozen=True, slots=True)
class AffectedCase:
    """An existing case that gets new evidence: its kind, and the time from which it counts as received.

    `application_at` is the time of receipt of a new application row.
    """

    received_at: datetime
    kind: ImportKind
    application_at: datetime | None = None


def cases_of_numbers(session: Session, msisdn_hashes: Iterable[str]) -> dict[Key, CaseRow]:
    """Return the newest cases of applications that have a card of one of these numbers."""
    return current_cases(session, applications_of_numbers(session, msisdn_hashes))


def applications_of_numbers(session: Session, msisdn_hashes: Iterable[str]) -> set[Key]:
    """Return the published applications that have a card of one of these numbers."""
    return _keys(session, CARD.c.msisdn_hash, sorted(msisdn_hashes))


def cases_of_subjects(session: Session, subjects: Iterable[str], store: Store) -> dict[Key, CaseRow]:
    """Return the newest cases of companies, legal representatives and handlers by their numbers."""
    numbers = sorted(subjects)
    keys = _keys(session, APPLICATION.c.uscc, numbers)
    keys |= _keys(session, APPLICATION.c.handler_id_hash, [store.hashed(number) for number in numbers])
    keys |= _keys(session, APPLICATION.c.legal_rep_id_no, numbers)
    return current_cases(session, keys)


def _keys(session: Session, column: ColumnElement[Any], values: Sequence[str]) -> set[Key]:
    table = column.table
    found: set[Key] = set()
    for some in chunks(values):
        wanted = column.in_(some) & is_published(table.c.batch_id)
        rows = session.execute(select(table.c.agent, table.c.application_no).where(wanted).distinct())
        found.update((row.agent, row.application_no) for row in rows)
    return found


def cases_about(context: Context, kind: ImportKind, found_by: set[str]) -> set[int]:
    """Return the open and the passed cases that credit records or complaints affect."""
    with context.read() as session:
        if kind is ImportKind.CREDIT:
            cases = cases_of_subjects(session, found_by, context.store)
        else:
            cases = cases_of_numbers(session, found_by)
        return ids_of_affected(cases.values())


def ids_of_affected(cases: Iterable[CaseRow]) -> set[int]:
    """Return the numbers of those cases that are open, or passed: new block findings may contradict a pass."""
    closed = FINAL_STATES - {CaseState.PASSED}
    return {case.id for case in cases if case.id is not None and case.state not in closed}


def record_affected_cases(context: Context, batch_id: int, affected: Mapping[int, AffectedCase]) -> None:
    """Record in a batch the existing cases that it affects."""
    for some in chunks(sorted(affected.items()), _WRITTEN_TOGETHER):
        rows = [
            {"case_id": case_id, "received_at": case.received_at, "body": json.dumps(_body(case))}
            for case_id, case in some
        ]
        with context.write() as session:
            insert_rows(session, SUBMISSION.name, rows, batch_id=batch_id, round=0)


def _body(case: AffectedCase) -> Mapping[str, Any]:
    application_us = None if case.application_at is None else to_us(case.application_at)
    return details(kind=case.kind.value, application_us=application_us)
