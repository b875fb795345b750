"""Erases the personal values of one application's cases, in one transaction with the events that prove it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, delete, insert, select, update
from sqlmodel import Session, SQLModel

from db import models
from db.columns import erased_values
from db.dialect import is_in_list, list_parameter
from db.models import CaseRow
from db.queries.published import ANSWER_DOCUMENT, APPLICATION, DECISION, INQUIRY, ITEM, RECTIFICATION, table_of
from db.queries.search_index import index_cases, terms_of
from db.queries.unlinked_evidence import UnlinkedKind
from workbench.domain.policy.retention import RetentionKind
from workbench.services.acts.act import note_act
from workbench.services.case.evidence_reader import (
    CALL_DAY,
    CALL_HOUR,
    CALL_WINDOW,
    CARD,
    COMPLAINT,
    CREDIT,
    DOCUMENT,
    period_of_row,
)
from workbench.services.case.known_people import Key
from workbench.services.case.measure_orders import CHOSEN
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.records.retention.sharing import SubjectSharing
from workbench.services.site.due_erasures import ERASED, WHOLE, Retained, UnlinkedEvidence

_OF_CASES: tuple[type[SQLModel], ...] = (
    *(models.SubmissionRow, models.FindingRow, models.CommentRow, models.ChecklistAnswerRow),
    *(models.VerificationRow, models.ContactRow, models.DecisionRow, models.NoticeRow, models.AppealRow),
    *(models.MeasureOrderRow, models.LegalHoldRow, models.InquiryRow),
    *(models.OpinionRow, models.AdjudicationRow, models.GoldenAnswerRow),
)
"""The tables with a `case_id` whose columns are emptied; the rows of drafts, skips and journals are deleted."""

_SNAPSHOTS: tuple[type[SQLModel], ...] = (models.SubmissionRow, models.DecisionRow, models.AppealRow)
_SNAPSHOT_COLUMNS = ("body", "seen")
_DRAFT = table_of(models.DraftRow)
_DELETED = (_DRAFT, table_of(models.SkipRow), table_of(models.ActRow))
_ERASURE = table_of(models.ErasureRow)
_OPT_OUT = table_of(models.OptOutRow)
_CALL_FIGURES = (CALL_WINDOW, CALL_DAY, CALL_HOUR)
_OF_NUMBER = (*_CALL_FIGURES, COMPLAINT)
_UNLINKED = {
    UnlinkedKind.COMPLAINTS: COMPLAINT,
    UnlinkedKind.CREDIT: CREDIT,
    UnlinkedKind.OPT_OUTS: _OPT_OUT,
    UnlinkedKind.EXPORT_REASONS: table_of(models.ExportReasonRow),
}

EVIDENCE_ERASED = "evidence-erased"
"""The event about erased evidence that no application had, with its kind and count."""


@dataclass(frozen=True, slots=True)
class _FoundEvidence:
    """The numbers, subjects and documents of an application."""

    all_numbers: set[str]
    """The keyed hashes of all its phone numbers."""
    unshared_numbers: dict[str, str]
    """The phone numbers that no other application has, by keyed hash."""
    unshared_periods: set[str]
    """The keyed hashes of the service periods of these numbers."""
    subjects: set[str]
    """The numbers of its company and people."""
    documents: set[str]
    """The SHA-256 of its documents."""


def erase_application(
    session: Session, context: Context, due: Retained, reason: str, sharing: SubjectSharing
) -> set[str]:
    """Erase the due parts of an application, and record the files that are left to erase.

    Return the numbers that no application has any more; `erase_opt_outs` erases their opt-outs.
    """
    found = _find_evidence(session, context.store, due.key)
    parts = [WHOLE] if due.whole.is_due else [part.value for part in due.due_parts]
    pending = _pending_files(found, parts)
    for case_id in due.case_ids:
        for part in parts:
            _erase_part(session, context, case_id, part)
        _record_erasure(session, context, case_id, parts, reason, pending)
        note_act(session, context, ERASED, case_id, {"parts": parts, "reason": reason})
    unshared_numbers = set[str]()
    if WHOLE in parts:
        unshared = sharing.take_unshared(due.key, found.subjects)
        _erase_evidence(session, due.key, found, {context.store.hashed(number) for number in unshared})
        unshared_numbers = set(found.unshared_numbers.values())
    if WHOLE in parts or RetentionKind.DOCUMENTS in parts:
        emptied = update(DOCUMENT).where(_is_own(DOCUMENT, due.key), DOCUMENT.c.erased_at.is_(None))
        session.execute(emptied.values(erased_at=context.now()))
        session.execute(update(INQUIRY).where(INQUIRY.c.case_id.in_(due.case_ids)).values(document_sha256=""))
    return unshared_numbers


def erase_opt_outs(session: Session, numbers: set[str]) -> None:
    """Delete the opt-outs for numbers that no application has any more; they have no index by number."""
    session.execute(delete(_OPT_OUT).where(is_in_list((_OPT_OUT.c.msisdn,))), list_parameter(numbers))


def erase_unlinked(session: Session, context: Context, evidence: UnlinkedEvidence, reason: str) -> None:
    """Delete evidence that no application has; of calls, delete the figures, since `erase_calls` erases the records."""
    counts = {kind: len(ids) for kind, ids in evidence.rows.items()}
    for kind, ids in evidence.rows.items():
        table = _UNLINKED[kind]
        session.execute(delete(table).where(is_in_list((table.c.id,))), list_parameter(ids))
    if evidence.numbers:
        counts[UnlinkedKind.CALLS] = len(evidence.numbers)
        for table in _CALL_FIGURES:
            hashes = list_parameter(evidence.hashes)
            session.execute(delete(table).where(is_in_list((table.c.msisdn_hash,))), hashes)
    for kind, count in counts.items():
        body = {"kind": kind.value, "count": count, "reason": reason}
        context.log(session, EVIDENCE_ERASED, body=body)


def _is_own(table: FromClause, key: Key) -> ColumnElement[bool]:
    return and_(table.c.agent == key[0], table.c.application_no == key[1])


def _find_evidence(session: Session, store: Store, key: Key) -> _FoundEvidence:
    # The cards of erased applications have no hash.
    own_cards = select(CARD).where(_is_own(CARD, key), CARD.c.msisdn_hash != "")
    cards = [row._asdict() for row in session.execute(own_cards)]
    numbers = {card["msisdn_hash"]: card["msisdn"] for card in cards}
    others = select(CARD).where(is_in_list((CARD.c.msisdn_hash,)), ~_is_own(CARD, key))
    of_others = [row._asdict() for row in session.execute(others, list_parameter(numbers))]
    shared = {card["msisdn_hash"] for card in of_others}
    shared_periods = shared | {store.hashed(period_of_row(card).key) for card in of_others}
    documents = select(DOCUMENT.c.sha256).where(_is_own(DOCUMENT, key), DOCUMENT.c.erased_at.is_(None))
    answers = select(ANSWER_DOCUMENT.c.sha256).where(_is_own(ANSWER_DOCUMENT, key))
    versions = session.execute(select(APPLICATION).where(_is_own(APPLICATION, key)))
    subjects = (number for row in versions for number in (row.uscc, row.legal_rep_id_no, row.handler_id_no))
    return _FoundEvidence(
        all_numbers=set(numbers),
        unshared_numbers={hashed: number for hashed, number in numbers.items() if hashed not in shared},
        unshared_periods={store.hashed(period_of_row(card).key) for card in cards} - shared_periods,
        subjects=set(filter(None, subjects)),
        documents={*session.execute(documents).scalars(), *session.execute(answers).scalars()},
    )


def _pending_files(found: _FoundEvidence, parts: Sequence[str]) -> str:
    """Return the documents and calls to erase after the transaction, as JSON with digests and keyed hashes."""
    documents = sorted(found.documents) if {WHOLE, RetentionKind.DOCUMENTS}.intersection(parts) else []
    numbers = sorted(found.all_numbers) if {WHOLE, RetentionKind.CALLS}.intersection(parts) else []
    return json.dumps({"documents": documents, "numbers": numbers}) if documents or numbers else ""


def _erase_part(session: Session, context: Context, case_id: int, part: str) -> None:
    if part == WHOLE:
        _erase_case(session, context, case_id)
    elif part == RetentionKind.SNAPSHOTS:
        _erase_snapshots(session, case_id)
    elif part == RetentionKind.DRAFTS:
        session.execute(delete(_DRAFT).where(_DRAFT.c.case_id == case_id))


def _erase_case(session: Session, context: Context, case_id: int) -> None:
    for model in _OF_CASES:
        _empty(session, model, case_id)
    of_case = select(RECTIFICATION.c.id).where(RECTIFICATION.c.case_id == case_id)
    items = update(ITEM).where(ITEM.c.rectification_id.in_(of_case))
    session.execute(items.values(erased_values(models.RectificationItemRow)))
    for table in _DELETED:
        session.execute(delete(table).where(table.c.case_id == case_id))
    case = session.get_one(CaseRow, case_id)
    case.applicant_name, case.reopen_for, case.erased_at = "", "", context.now()
    case.version += 1
    index_cases(session, [{**terms_of("", case.application_no), "id": case_id}])
    session.flush()


def _erase_snapshots(session: Session, case_id: int) -> None:
    """Empty the snapshots of rounds, decisions and appeals, except for the numbers that a measure concerns.

    The choice of numbers stays with them: without it, the verdict would read as one about all numbers.
    """
    kept = session.execute(select(DECISION.c.id, DECISION.c.seen).where(DECISION.c.case_id == case_id)).all()
    for model in _SNAPSHOTS:
        _empty(session, model, case_id, _SNAPSHOT_COLUMNS)
    for row in kept:
        numbers = {name: value for name, value in json.loads(row.seen).items() if name in {"msisdns", CHOSEN}}
        session.execute(update(DECISION).where(DECISION.c.id == row.id).values(seen=json.dumps(numbers)))


def _empty(session: Session, model: type[SQLModel], case_id: int, only: Iterable[str] = ()) -> None:
    """Empty the declared columns in the rows of a case, by default all of them."""
    table, values = table_of(model), erased_values(model)
    wanted_values = {name: value for name, value in values.items() if not only or name in only}
    session.execute(update(table).where(table.c.case_id == case_id).values(wanted_values))


def _erase_evidence(session: Session, key: Key, found: _FoundEvidence, subjects: set[str]) -> None:
    """Empty the applicant's evidence, and delete the evidence about numbers and subjects that no other case has."""
    session.execute(update(APPLICATION).where(_is_own(APPLICATION, key)).values(erased_values(models.ApplicationRow)))
    session.execute(update(DOCUMENT).where(_is_own(DOCUMENT, key)).values(erased_values(models.DocumentRow)))
    cards = session.execute(select(CARD.c.id, CARD.c.msisdn).where(_is_own(CARD, key)).order_by(CARD.c.id)).all()
    order = {number: place for place, number in enumerate(dict.fromkeys(card.msisdn for card in cards), start=1)}
    emptied = erased_values(models.CardRow)
    for card in cards:
        # The pseudonyms keep the number of cards, and the versions of one card together.
        pseudonym = {**emptied, "msisdn": f"#{order[card.msisdn]}"}
        session.execute(update(CARD).where(CARD.c.id == card.id).values(pseudonym))
    session.execute(delete(CALL_WINDOW).where(_is_own(CALL_WINDOW, key)))
    hashes = list_parameter([*found.unshared_numbers, *found.unshared_periods])
    for table in _OF_NUMBER:
        session.execute(delete(table).where(is_in_list((table.c.msisdn_hash,))), hashes)
    session.execute(delete(CREDIT).where(is_in_list((CREDIT.c.subject_hash,))), list_parameter(subjects))


def _record_erasure(
    session: Session, context: Context, case_id: int, parts: Sequence[str], reason: str, pending: str
) -> None:
    """Record the erased parts of a case, and the files that are still to be erased."""
    rows = [
        {
            "case_id": case_id,
            "part": part,
            "reason": reason,
            "erased_at": context.now(),
            "erased_by_id": context.actor.id,
            "pending": pending,
        }
        for part in parts
    ]
    # If more of an erased part arrived later, the part is erased again, and this record replaces the earlier one.
    session.execute(delete(_ERASURE).where(_ERASURE.c.case_id == case_id, _ERASURE.c.part.in_(parts)))
    session.execute(insert(_ERASURE), rows)
