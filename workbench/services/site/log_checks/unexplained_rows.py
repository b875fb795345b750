"""Finds rows that no event of the audit log explains: somebody changed the database outside the program.

Every row of a noted table has its digest in an event: of its last change, of the import that wrote it, or of an
upgrade. Erasures by retention have events of their own. Comments, verifications, checklists and the evidence of cases
are never compared, so somebody who can write the database file can change them unnoticed. Values are compared as they
are stored, not by what they mean.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import and_, select
from sqlmodel import Session, col

from db import dialect
from db.dialect import NOTED_COLUMNS, RECEIPT, noted_rows
from db.enums import CaseState, Measure
from db.models import DocumentRow, ReviewerRoleRow
from db.queries.published import CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_case
from workbench.i18n import N_, _, comma_joined
from workbench.services.case.measure_orders import CHOSEN, choice_hash, chosen_in, logged_choices
from workbench.services.foundation.audit_log import row_digest
from workbench.services.foundation.calendar_days import calendar_digest
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.file_store import Store
from workbench.services.site.file_checks import CheckLine, Health
from workbench.services.site.log_checks.logged_state import LoggedState, logged_state

_DOCUMENT, _LETTER = table_of(DocumentRow), NOTICE.name
_NAMES: Mapping[str, str] = {
    "absence": N_("Absence {number}"),
    "adjudication": N_("Adjudication {number}"),
    "appeal": N_("Appeal {number}"),
    "campaign": N_("Campaign {number}"),
    "decision": N_("Decision D-{number:06d}"),
    "erasure": N_("Erasure {number}"),
    "golden_answer": N_("Golden answer {number}"),
    "import_batch": N_("Import B-{number:06d}"),
    "export_reason": N_("Reason {number} of an export"),
    "inquiry": N_("Inquiry I-{number:06d}"),
    "legal_hold": N_("Legal hold {number}"),
    "measure_order": N_("Ordered measure {number}"),
    "notice": N_("Notice {number}"),
    "opinion": N_("Second opinion {number}"),
    "policy_version": N_("Policy version {number}"),
    "quality_sample": N_("Sample S-{number:04d}"),
    "rectification": N_("Rectification {number}"),
    "rectification_item": N_("Rectification item {number}"),
    "reviewer": N_("Person {number}"),
    "sampled_decision": N_("Sampled decision {number}"),
    "suspension": N_("Suspension {number}"),
}
"""The names of the rows, by table."""


def unexplained_rows(session: Session, logged: LoggedState) -> Iterator[str]:
    """Yield a sentence for each row that is not as the last event about it says."""
    for table in NOTED_COLUMNS:
        for number, message in _faults(session, logged, table).items():
            yield message.format(row=_(_NAMES[table]).format(number=number))
    yield from _documents(session, logged)


def unexplained_letters(session: Session) -> set[int]:
    """Return the numbers of the letters that no event explains as they are."""
    return set(_faults(session, logged_state(session), _LETTER))


def _receipts_of_imports(session: Session) -> dict[int, bool]:
    """Return, for each receipt, whether the import of its case is published, so that the log has an event about it."""
    is_of_case = CASE.c.id == NOTICE.c.case_id
    receipts = select(NOTICE.c.id, is_published(CASE.c.batch_id).label("has_event")).join(CASE, is_of_case)
    return {row.id: bool(row.has_event) for row in session.execute(receipts.where(NOTICE.c.kind == RECEIPT))}


def _faults(session: Session, logged: LoggedState, table: str) -> dict[int, str]:
    """Return what is wrong with rows of a table, by their numbers."""
    known = {number: digest for (name, number), digest in logged.rows.items() if name == table}
    found = {number: row_digest(values) for number, values in noted_rows(session.connection(), table)}
    receipts = _receipts_of_imports(session) if table == _LETTER else {}
    faults = {}
    for number in {**found, **known}:
        if number not in found:
            faults[number] = _("{row} is missing, although the log has its event.")
        elif number not in known:
            if receipts.get(number, True):
                faults[number] = _("{row} has no event in the log; it was added outside the program.")
        elif known[number] != found[number]:
            faults[number] = _("{row} is not what its last event says; it was changed outside the program.")
    return faults


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


_STATES_AFTER_IMPORT = frozenset({CaseState.INCOMPLETE, CaseState.QUEUED})


def log_faults(session: Session) -> Iterator[str]:
    """Yield a sentence for each contradiction between the log and the database, and for a broken reference."""
    logged = logged_state(session)
    if logged.first_action != "init":
        yield _("The log does not begin with the creation of the database: events are missing, or all of them.")
    yield from _erasures(session, logged)
    yield from _roles(session, logged)
    yield from _calendar(session, logged)
    yield from _states(session, logged)
    yield from unexplained_rows(session, logged)
    if (broken := dialect.table_with_broken_reference(session.connection())) is not None:
        yield _("A row of {table} refers to a row that does not exist; restore a backup.").format(table=broken)


def choice_faults(session: Session, store: Store) -> Iterator[str]:
    """Yield a sentence for each verdict whose chosen numbers are not those of its event, unless its case is erased."""
    # Most verdicts have no measure, and their large snapshots need not be read.
    with_measure = select(DECISION.c.id, DECISION.c.seen).where(DECISION.c.measure != Measure.NONE.value)
    with_choice = with_measure.where(DECISION.c.seen.contains(f'"{CHOSEN}"'))
    chosen, logged = {row.id: row.seen for row in session.execute(with_choice)}, logged_choices(session)
    of_erased = select(DECISION.c.id).join(CASE, CASE.c.id == DECISION.c.case_id).where(CASE.c.erased_at.is_not(None))
    for number in sorted({*chosen, *logged}.difference(session.execute(of_erased).scalars())):
        try:
            found = choice_hash(store, chosen_in(chosen.get(number, "{}")))
        except (ValueError, AttributeError, TypeError):
            # A forged text can be no JSON, or JSON of another form.
            found = "?"
        if found != logged.get(number, ""):
            name = _(_NAMES[DECISION.name]).format(number=number)
            yield _("{row} names other numbers than its event; they were changed outside the program.").format(row=name)


def check_unexplained(session: Session) -> Iterator[CheckLine]:
    """Check that events explain every row that can be compared with them."""
    sentences = list(log_faults(session))
    yield from ((Health.FAULT, sentence) for sentence in sentences)
    if not sentences:
        message = _(
            "Events explain every decision, letter, appeal, measure, deadline, legal hold, role, policy version and"
            " calendar day."
        )
        yield Health.OK, message


def _erasures(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare the erased cases in the log with those in the rows."""
    marked = set(session.execute(select(CASE.c.id).where(CASE.c.erased_at.is_not(None))).scalars())
    for case_id in sorted(marked - logged.erased):
        yield _("{case} is marked as erased, but the log has no event for it.").format(case=format_case(case_id))
    for case_id in sorted(logged.erased - marked):
        yield _("{case} is not marked as erased, although the log has the event.").format(case=format_case(case_id))


def _roles(session: Session, logged: LoggedState) -> Iterator[str]:
    held: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(select(col(ReviewerRoleRow.reviewer_id), col(ReviewerRoleRow.role))):
        held[row.reviewer_id].add(str(row.role))
    logins = logins_of(session)
    # A forged row can have a text or bytes instead of a number.
    for number in sorted({*held, *logged.roles}, key=repr):
        if changed := sorted(held[number] ^ logged.roles[number]):
            message = _("The log has no event that explains why {login} has or lacks these roles: {roles}.")
            yield message.format(login=logins.get(number, number), roles=comma_joined(changed))


def _calendar(session: Session, logged: LoggedState) -> Iterator[str]:
    if logged.calendar != calendar_digest(session):
        yield _("The calendar differs from its last event; days were changed in the database.")


def _states(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare each case with the state that its last event gives; the newest events may have been cut off."""
    for case in session.execute(select(CASE.c.id, CASE.c.state)).yield_per(5_000):
        # A case that an import opened has no event before somebody acts on it.
        expected = {logged.states[case.id]} if case.id in logged.states else _STATES_AFTER_IMPORT
        if case.state not in expected:
            message = _("{case} is in another state than its last event says; it was changed, or events are missing.")
            yield message.format(case=format_case(case.id))
