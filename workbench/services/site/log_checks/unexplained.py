"""Finds rows that no event of the audit log explains: somebody changed the database outside the program.

Events of earlier versions have no digests: of their decisions only the maker is compared, and of their notices,
calendar and other rows nothing. What retention erased is compared with the event that says what became of it. Comments,
verifications, checklists and the evidence of cases are never compared, so somebody who can write the database file can
change them unseen.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import CaseState
from db.models import DecisionReasonRow, ImportFileRow, PolicyVersionRow, ReviewerRoleRow, ReviewerRow
from db.queries.published import BATCH, CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_batch, format_case, format_decision
from workbench.i18n import _, comma_joined
from workbench.services.foundation.audit_log import decision_digest, notice_digest
from workbench.services.foundation.calendar_days import SUSPENSION, calendar_digest
from workbench.services.site.file_checks import CheckLine
from workbench.services.site.log_checks.logged_state import SIGNED, SUSPENDED, LoggedState, logged_state
from workbench.services.site.log_checks.unexplained_rows import unexplained_rows

_REASON = table_of(DecisionReasonRow)
_OPENED = frozenset({CaseState.INCOMPLETE, CaseState.QUEUED})


def unexplained(session: Session) -> Iterator[str]:
    """Yield a sentence for each row that no event explains as it is."""
    logged = logged_state(session)
    if logged.first_action != "init":
        yield _("The log does not begin with the creation of the database: events are missing, or all of them.")
    yield from _erasures(session, logged)
    yield from _decisions(session, logged)
    yield from _notices(session, logged)
    yield from _roles(session, logged)
    yield from _policies(session, logged)
    yield from _calendar(session, logged)
    yield from _batches(session, logged)
    yield from _states(session, logged)
    yield from unexplained_rows(session, logged)


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


def _decisions(session: Session, logged: LoggedState) -> Iterator[str]:
    reasons: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(_REASON).order_by(_REASON.c.decision_id, _REASON.c.position)):
        reasons[row.decision_id].append(row.code)
    for decision in session.execute(select(DECISION).order_by(DECISION.c.id)).yield_per(5_000):
        number = format_decision(decision.id)
        maker_id, digest = logged.decisions.pop(decision.id, (0, ""))
        if not maker_id:
            yield _("The log has no event for decision {decision}.").format(decision=number)
        elif maker_id != decision.maker_id or digest not in {"", decision_digest(decision, reasons[decision.id])}:
            yield _("Decision {decision} differs from its event; it was changed.").format(decision=number)
        elif decision.status in SIGNED and (
            (SIGNED[decision.status], decision.id, decision.checker_id) not in logged.signatures
        ):
            yield _("The log has no event for the check of decision {decision}.").format(decision=number)
        elif decision.status == "undone" and decision.id not in logged.undone:
            yield _("The log has no event for the undo of decision {decision}.").format(decision=number)
    for gone in logged.decisions:
        yield _("Decision {decision} is missing, although the log has its event.").format(
            decision=format_decision(gone)
        )


def _notices(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare the text of each letter with the event that recorded it, and with the event of its sending."""
    written = select(NOTICE, CASE.c.batch_id).join(CASE, CASE.c.id == NOTICE.c.case_id).order_by(NOTICE.c.id)
    # An import gets its event only when it is published.
    for notice in session.execute(written.where(is_published(CASE.c.batch_id))).yield_per(5_000):
        known = logged.letters.pop(notice.id, "")
        sent = "" if notice.sent_at is None else logged.sent.pop(notice.id, "")
        digest = notice_digest(notice) if known or sent else ""
        if sent not in {"", digest}:
            yield _("Notice {notice} is not what was sent; it was changed.").format(notice=notice.id)
        elif known not in {"", digest}:
            yield _("Notice {notice} differs from its event; it was changed.").format(notice=notice.id)
    for gone in sorted({*logged.sent, *logged.letters}):
        yield _("Notice {notice} is missing or not marked as sent, although the log has its event.").format(notice=gone)


def _roles(session: Session, logged: LoggedState) -> Iterator[str]:
    held: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(select(col(ReviewerRoleRow.reviewer_id), col(ReviewerRoleRow.role))):
        held[row.reviewer_id].add(row.role)
    columns = col(ReviewerRow.id), col(ReviewerRow.login), col(ReviewerRow.is_active)
    for person in session.execute(select(*columns).order_by(columns[0])):
        if person.is_active == (person.id in logged.inactive):
            yield _("The log has no event that explains whether {login} is active.").format(login=person.login)
        changed = sorted(held[person.id] ^ logged.roles[person.id])
        if changed:
            message = _("The log has no event that explains why {login} has or lacks these roles: {roles}.")
            yield message.format(login=person.login, roles=comma_joined(changed))


def _policies(session: Session, logged: LoggedState) -> Iterator[str]:
    columns = col(PolicyVersionRow.id), col(PolicyVersionRow.sha256)
    for row in session.execute(select(*columns).order_by(columns[0])):
        # The first version has no event; it was created with the database.
        if row.id > 1 and logged.policies.get(row.id) != row.sha256:
            yield _("Policy version {number} differs from its event, or has none; it was added or changed.").format(
                number=row.id
            )


def _calendar(session: Session, logged: LoggedState) -> Iterator[str]:
    if logged.calendar and logged.calendar != calendar_digest(session):
        yield _("The calendar differs from its last event; days were changed in the database.")
    for row in session.execute(select(SUSPENSION).order_by(SUSPENSION.c.id)):
        logged_state = logged.suspensions.pop(row.id, None)
        if logged_state is None:
            yield _("The log has no event for suspension {number}.").format(number=row.id)
        elif not _matches_event(row, logged_state):
            yield _("Suspension {number} differs from its event; it was changed.").format(number=row.id)
    for gone in logged.suspensions:
        yield _("Suspension {number} is missing, although the log has its event.").format(number=gone)


def _matches_event(row: Any, logged_state: dict[str, str]) -> bool:
    times = [
        logged_state[name] and datetime.fromisoformat(logged_state[name]) if name in logged_state else None
        for name in SUSPENDED[:2]
    ]
    return times == [row.from_at, row.to_at] and [logged_state.get(name) for name in SUSPENDED[2:]] == [
        row.province,
        row.agent,
    ]


def _batches(session: Session, logged: LoggedState) -> Iterator[str]:
    has_files = BATCH.c.id.in_(select(col(ImportFileRow.batch_id)))
    for number in session.execute(select(BATCH.c.id).where(BATCH.c.published_at.is_not(None), has_files)).scalars():
        if number not in logged.batches:
            yield _("The log has no event for the import {batch}.").format(batch=format_batch(number))


def _states(session: Session, logged: LoggedState) -> Iterator[str]:
    """Compare each case with the state that its last event gives; the newest events may have been cut off."""
    for case in session.execute(select(CASE.c.id, CASE.c.state)).yield_per(5_000):
        # A case that an import opened has no event before somebody acts on it.
        expected = {logged.states[case.id]} if case.id in logged.states else _OPENED
        if case.state not in expected:
            message = _("{case} is in another state than its last event says; it was changed, or events are missing.")
            yield message.format(case=format_case(case.id))
