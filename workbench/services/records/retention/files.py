"""Erases files after their rows: documents, and the calls of numbers that no remaining case has.

The pending work is stored with the rows, so that any start finishes it after an interruption.
"""

import json
from dataclasses import dataclass, field

from sqlalchemy import exists, select, union, update
from sqlmodel import Session

from db.access import sync
from db.dialect import is_in_list, list_parameter
from db.models import ErasureRow
from db.queries.published import ANSWER_DOCUMENT, BATCH, CASE, call_file_checks, table_of
from db.queries.retention import has_pending_files
from workbench.domain.policy.retention import RetentionKind
from workbench.services.case.evidence_reader import CARD, DOCUMENT
from workbench.services.files.calls.erasing import has_check_values, replace_call_file, replacement_path, write_without
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.files.calls.store import CallStore
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.publishing import published_call_batches
from workbench.services.site.due_erasures import WHOLE

CALLS_ERASED = "calls-erased"
"""The event about one call file, with its SHA-256 before and after."""

_ERASURE = table_of(ErasureRow)
_PENDING = select(_ERASURE.c.id, _ERASURE.c.pending).where(_ERASURE.c.pending != "").order_by(_ERASURE.c.id)


@dataclass(slots=True)
class ErasedFiles:
    """The counts of erased documents, their bytes, and call records."""

    documents: int = 0
    bytes_count: int = 0
    call_rows: int = 0


@dataclass(slots=True)
class _Pending:
    """The pending work: the erasures that it belongs to, and the digests and keyed hashes to erase."""

    erasures: list[int] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    number_hashes: set[str] = field(default_factory=set)


def erase_pending_files(context: Context) -> ErasedFiles:
    """Erase the pending files, and finish interrupted replacements of call files.

    The caller holds the import lock, so that no new row refers to them.
    """
    erased = ErasedFiles()
    with context.read() as session:
        if not has_pending_files(session):
            return erased
        pending = _pending(session)
        documents = _unused_documents(session, pending.documents)
        hashes = _unused_number_hashes(session, pending.number_hashes)
    _erase_documents(context, documents, erased)
    erased.call_rows += erase_calls(context, hashes)
    with context.write() as session:
        done = update(_ERASURE).where(is_in_list((_ERASURE.c.id,))).values(pending="")
        session.execute(done, list_parameter(pending.erasures))
    return erased


def _pending(session: Session) -> _Pending:
    pending = _Pending()
    for row in session.execute(_PENDING):
        work = json.loads(row.pending)
        pending.erasures.append(row.id)
        pending.documents.update(work["documents"])
        pending.number_hashes.update(work["numbers"])
    return pending


def _unused_documents(session: Session, digests: set[str]) -> list[str]:
    """Return the documents to which no row refers any more."""
    used = select(DOCUMENT.c.sha256).where(is_in_list((DOCUMENT.c.sha256,)), DOCUMENT.c.erased_at.is_(None))
    of_answers = select(ANSWER_DOCUMENT.c.sha256).where(is_in_list((ANSWER_DOCUMENT.c.sha256,)))
    named = union(used, of_answers)
    return sorted(digests - set(session.execute(named, list_parameter(digests)).scalars()))


def _unused_number_hashes(session: Session, hashes: set[str]) -> set[str]:
    """Return the hashes of numbers whose calls no case needs any more."""
    is_erased = exists().where(_ERASURE.c.case_id == CASE.c.id, _ERASURE.c.part.in_((WHOLE, RetentionKind.CALLS.value)))
    is_needed = exists().where(CASE.c.agent == CARD.c.agent, CASE.c.application_no == CARD.c.application_no, ~is_erased)
    used = select(CARD.c.msisdn_hash).where(is_in_list((CARD.c.msisdn_hash,)), is_needed)
    return hashes - set(session.execute(used, list_parameter(hashes)).scalars())


def _erase_documents(context: Context, digests: list[str], erased: ErasedFiles) -> None:
    folders = set()
    for digest in digests:
        path = context.store.document_path(digest)
        if path.exists():
            erased.documents += 1
            erased.bytes_count += path.stat().st_size
            path.unlink()
            folders.add(path.parent)
    for folder in folders:
        sync(folder)


def erase_calls(context: Context, hashes: set[str]) -> int:
    """Finish interrupted replacements of call files, erase the calls of some numbers, and return their count.

    The caller holds the import lock.
    """
    erased = 0
    for batch_id in published_call_batches(context):
        _finish_replacement(context, batch_id)
        erased += _erase_calls_of_batch(context, batch_id, hashes) if hashes else 0
    return erased


def _erase_calls_of_batch(context: Context, batch_id: int, hashes: set[str]) -> int:
    """Erase the calls of some numbers from the file of a batch, and return their count."""
    with context.read() as session:
        checks = call_file_checks(session)
    files = CallFiles(context.store.calls, checks)
    store = CallStore(context.store.calls, context.store.hash_key, checks, context.store.keys)
    counts = {number: calls for number, calls in store.numbers_of(batch_id) if context.store.hashed(number) in hashes}
    if not counts:
        return 0
    check = write_without(files, batch_id, counts, context.store.keys)
    with context.write() as session:
        values = dict(zip(("next_calls_bytes", "next_calls_sha256"), check, strict=True))
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(values))
    replace_call_file(files, batch_id)
    _finish_replacement(context, batch_id)
    return sum(counts.values())


def _finish_replacement(context: Context, batch_id: int) -> None:
    """Record that a call file was replaced, or discard a replacement that was interrupted too early."""
    files = CallFiles(context.store.calls, {})
    replacement = replacement_path(files, batch_id)
    with context.read() as session:
        row = session.execute(select(BATCH).where(BATCH.c.id == batch_id)).one()
    if row.next_calls_sha256 is None:
        replacement.unlink(missing_ok=True)
        return
    check = (row.next_calls_bytes, row.next_calls_sha256)
    if has_check_values(replacement, check):
        replace_call_file(files, batch_id)
    is_in_place = has_check_values(files.path(batch_id), check)
    values = {"calls_bytes": check[0], "calls_sha256": check[1]} if is_in_place else {}
    with context.write() as session:
        none = {"next_calls_bytes": None, "next_calls_sha256": None}
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values({**values, **none}))
        if is_in_place:
            body = {"was": row.calls_sha256, "sha256": check[1]}
            context.log(session, CALLS_ERASED, batch_id=batch_id, body=body)
    replacement.unlink(missing_ok=True)
