"""Finds rows that no event of the audit log explains: somebody changed the database outside the program.

Rows that had no digests before an upgrade are compared with those of its event, and what retention erased with the
event that says what became of it. Comments, verifications, checklists and the evidence of cases are never compared, so
somebody who can write the database file can change them unseen. Values are compared as they are stored, because others
can mean the same.
"""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from db import dialect
from db.enums import CaseState
from db.models import ReviewerRoleRow, ReviewerRow
from db.queries.published import CASE
from workbench.domain.case.case_id import format_case
from workbench.i18n import _, comma_joined
from workbench.services.foundation.calendar_days import calendar_digest
from workbench.services.site.file_checks import CheckLine
from workbench.services.site.log_checks.logged_state import LoggedState, logged_state
from workbench.services.site.log_checks.unexplained_rows import unexplained_rows

_OPENED = frozenset({CaseState.INCOMPLETE, CaseState.QUEUED})


def unexplained(session: Session) -> Iterator[str]:
    """Yield a sentence for each row that no event explains as it is."""
    logged = logged_state(session)
    if logged.first_action != "init":
        yield _("The log does not begin with the creation of the database: events are missing, or all of them.")
    yield from _erasures(session, logged)
    yield from _roles(session, logged)
    yield from _calendar(session, logged)
    yield from _states(session, logged)
    yield from unexplained_rows(session, logged)
    broken = dialect.table_with_broken_reference(session.connection())
    if broken is not None:
        yield _("A row of {table} refers to a row that does not exist; restore a backup.").format(table=broken)


def check_unexplained(session: Session) -> Iterator[CheckLine]:
    """Check that events explain every row that can be compared with them."""
    sentences = list(unexplained(session))
    yield from ((False, sentence) for sentence in sentences)
    if not sentences:
        message = _(
            "Events explain every decision, letter, appeal, measure, deadline, legal hold, role, policy version and"
            " calendar day."
        )
        yield True, message


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
    logins = dict(session.execute(select(col(ReviewerRow.id), col(ReviewerRow.login))).all())
    # A forged row can have a text or bytes instead of a number.
    for number in sorted({*held, *logged.roles}, key=repr):
        changed = sorted(held[number] ^ logged.roles[number])
        if changed:
            message = _("The log has no event that explains why {login} has or lacks these roles: {roles}.")
            yield message.format(login=logins.get(number, number), roles=comma_joined(changed))


def _calendar(session: Session, logged: LoggedState) -> Iterator[str]:
    if logged.calendar != calendar_digest(session):
        yield _("The calendar differs from its last event; days were changed in the database.")


def _states(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare each case with the state that its last event gives; the newest events may have been cut off."""
    for case in session.execute(select(CASE.c.id, CASE.c.state)).yield_per(5_000):
        # A case that an import opened has no event before somebody acts on it.
        expected = {logged.states[case.id]} if case.id in logged.states else _OPENED
        if case.state not in expected:
            message = _("{case} is in another state than its last event says; it was changed, or events are missing.")
            yield message.format(case=format_case(case.id))
