"""Compares the rows whose changes every event records with the log.

Every row has an event with its digest: of its last change, of the import that wrote it with others, or of the upgrade
from a version that noted nothing of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import and_, select
from sqlmodel import Session

from db.dialects.sqlite_changes import NOTED_COLUMNS, noted_rows
from db.models import DocumentRow
from db.queries.published import BATCH, CASE, table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.i18n import N_, _
from workbench.services.foundation.audit_log import receipts_digest, row_digest
from workbench.services.site.log_checks.logged_state import NOTICE, LoggedState, logged_state

_DOCUMENT = table_of(DocumentRow)
_NAMES: Mapping[str, str] = {
    "absence": N_("Absence {number}"),
    "appeal": N_("Appeal {number}"),
    "campaign": N_("Campaign {number}"),
    "decision": N_("Decision D-{number:06d}"),
    "erasure": N_("Erasure {number}"),
    "import_batch": N_("Import B-{number:06d}"),
    "export_reason": N_("Reason {number} of an export"),
    "legal_hold": N_("Legal hold {number}"),
    "measure_order": N_("Ordered measure {number}"),
    "notice": N_("Notice {number}"),
    "policy_version": N_("Policy version {number}"),
    "rectification": N_("Rectification {number}"),
    "rectification_item": N_("Rectification item {number}"),
    "reviewer": N_("Person {number}"),
    "suspension": N_("Suspension {number}"),
}
"""The names of the rows, by table."""

_NO_RECEIPTS = receipts_digest(())

_Fault = tuple[str, Sequence[int]]
"""A sentence about rows that are not as the log says, and their numbers."""


def unexplained_rows(session: Session, logged: LoggedState) -> Iterator[str]:
    """Yield a sentence for each row that is not as the last event about it says."""
    for table in NOTED_COLUMNS:
        yield from (sentence for sentence, _numbers in _faults(session, logged, table))
    yield from _documents(session, logged)


def unexplained_letters(session: Session) -> set[int]:
    """Return the numbers of the letters that no event explains as they are."""
    found = _faults(session, logged_state(session), NOTICE)
    return {number for _sentence, numbers in found for number in numbers}


def _faults(session: Session, logged: LoggedState, table: str) -> Iterator[_Fault]:
    known = {number: digest for (name, number), digest in logged.rows.items() if name == table}
    found = {number: row_digest(values) for number, values in noted_rows(session.connection(), table)}
    if table == NOTICE:
        for batch_id, numbers, is_explained in _receipts(session, logged, known, found):
            if not is_explained:
                message = _(
                    "The receipts of {batch} are not those of its event; they were changed outside the program."
                )
                yield message.format(batch=format_batch(batch_id)), numbers
            known |= {number: found[number] for number in numbers if number not in known}
    for number in {**found, **known}:
        if number not in found:
            message = _("{row} is missing, although the log has its event.")
        elif number not in known:
            message = _("{row} has no event in the log; it was added outside the program.")
        elif known[number] != found[number]:
            message = _("{row} is not what its last event says; it was changed outside the program.")
        else:
            continue
        yield message.format(row=_(_NAMES[table]).format(number=number)), [number]


def _receipts(
    session: Session, logged: LoggedState, known: Mapping[int, str], found: Mapping[int, str]
) -> Iterator[tuple[int, Sequence[int], bool]]:
    """Yield each batch with the numbers of the receipts that its import wrote, and whether its event explains them."""
    published = set(session.execute(select(BATCH.c.id).where(BATCH.c.published_at.is_not(None))).scalars())
    then = logged.receipts_then
    for batch_id in sorted({*logged.batches.values(), *(logged.receipts.keys() & published)}):
        own = [number for number in logged.receipts_of(batch_id) if number in then or number not in known]
        digest = receipts_digest((number, then.get(number, found[number])) for number in own)
        # An import gets its event only when it is published.
        is_explained = batch_id not in published or digest == logged.receipts.get(batch_id, _NO_RECEIPTS)
        yield batch_id, own, is_explained


def _documents(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare the marks of erased documents with the erasures in the log."""
    is_same = and_(CASE.c.agent == _DOCUMENT.c.agent, CASE.c.application_no == _DOCUMENT.c.application_no)
    marked = select(CASE.c.id, CASE.c.agent, CASE.c.application_no).join(_DOCUMENT, is_same)
    cases: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in session.execute(marked.where(_DOCUMENT.c.erased_at.is_not(None)).distinct()):
        cases[row.agent, row.application_no].add(row.id)
    for ids in cases.values():
        if ids.isdisjoint(logged.without_documents):
            message = _("A document of {case} is marked as erased, but the log has no event for it.")
            yield message.format(case=format_case(max(ids)))
