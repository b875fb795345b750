"""Compares the rows whose changes every event records with the log.

What an earlier version of the program added or changed has no record; such rows are not compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import and_, select
from sqlmodel import Session

from db.dialects.sqlite_changes import NOTED_COLUMNS, RECEIPT, noted_rows
from db.models import DocumentRow
from db.queries.published import CASE, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_case
from workbench.i18n import N_, _
from workbench.services.foundation.audit_log import row_digest
from workbench.services.site.log_checks.logged_state import LoggedState

_DOCUMENT = table_of(DocumentRow)
_NAMES: Mapping[str, str] = {
    "appeal": N_("Appeal {number}"),
    "decision": N_("Decision D-{number:06d}"),
    "legal_hold": N_("Legal hold {number}"),
    "measure_order": N_("Ordered measure {number}"),
    "notice": N_("Notice {number}"),
    "rectification": N_("Rectification {number}"),
    "rectification_item": N_("Rectification item {number}"),
    "reviewer": N_("Person {number}"),
}
"""The names of the rows, by table."""


def unexplained_rows(session: Session, logged: LoggedState) -> Iterator[str]:
    """Yield a sentence for each row that is not as the last event about it says."""
    for table in NOTED_COLUMNS:
        yield from _of_table(session, logged, table)
    yield from _documents(session, logged)


def _of_table(session: Session, logged: LoggedState, table: str) -> Iterator[str]:
    first = logged.first_added.get(table)
    known = {number: digest for (name, number), digest in logged.rows.items() if name == table}
    untouched = _untouched_receipts(session, logged) if table == "notice" and first is not None else set()
    for number, values in noted_rows(session.connection(), table):
        digest = known.pop(number, None)
        named = _(_NAMES[table]).format(number=number)
        if digest is None and first is not None and number > first and number not in untouched:
            yield _("{row} has no event in the log; it was added outside the program.").format(row=named)
        elif digest is not None and digest != row_digest(values):
            yield _("{row} is not what its last event says; it was changed outside the program.").format(row=named)
    for number in known:
        named = _(_NAMES[table]).format(number=number)
        yield _("{row} is missing, although the log has its event.").format(row=named)


def _untouched_receipts(session: Session, logged: LoggedState) -> set[int]:
    """Return the receipts of imports whose event is in the log, as the import wrote them; they have no record."""
    is_untouched = (NOTICE.c.kind == RECEIPT, NOTICE.c.sent_at.is_(None), NOTICE.c.cancelled_at.is_(None))
    receipts = select(NOTICE.c.id, CASE.c.batch_id, is_published(CASE.c.batch_id).label("is_published"))
    found = session.execute(receipts.join(CASE, CASE.c.id == NOTICE.c.case_id).where(*is_untouched))
    # An import gets its event only when it is published.
    return {row.id for row in found if row.batch_id in logged.batches or not row.is_published}


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
