"""Carries out acts on cases: the steps that all acts have in common, in their order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from db.columns import to_us
from db.dialect import clear_journals, end_journal, row_count, start_journal
from db.enums import FINAL_STATES, InquiryStatus
from db.models import CaseRow
from db.queries.published import INQUIRY
from workbench.domain.case.lifecycle import PERMISSIONS, Action
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.services.acts.declarations import ACTS, Changes
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.audit_log import note_changed_rows
from workbench.services.foundation.case_access import add_comment, case_in_state_for, grace_period_end, held_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import checked_reason


@dataclass
class ActInProgress:
    """An act that is carried out in a transaction.

    Attributes:
        reason: The reason without surrounding blanks.
        undo_until: When the time to undo the act ends. None for an act that cannot be undone, and for a staged act,
            which can be undone until its check.
        facts: Facts that the event of an undoable act gets in addition to those that the act gives to `finish`.
        seq: The number of that event, None until `finish`.
    """

    session: Session
    context: Context
    case: CaseRow
    name: str
    reason: str
    undo_until: datetime | None
    facts: Mapping[str, Any]
    seq: int | None = None

    def finish(self, body: Mapping[str, Any] | None = None, **event: Any) -> None:
        """Raise the version of the case, write the event and store the due date; then letters can state that date."""
        changes, facts = ACTS[self.name].changes, {**(body or {}), **self.facts}
        if changes is Changes.NOTHING:
            self.seq = note_act(self.session, self.context, self.name, self.case.id, facts, **event)
        else:
            event |= {"changes_state": changes is not Changes.DATES, "moves_due_date": changes is not Changes.HOLD}
            self.seq = finish_act(self.session, self.context, self.case, self.name, facts, **event)


@contextmanager
def acting_on(
    context: Context, action: Action, case_id: int, reason: str = "", *, fence: int | None = None
) -> Iterator[ActInProgress]:
    """Carry out an act on a case as `act_in`, in a transaction of its own.

    Raises:
        NotFound: If there is no such case.
        NotAllowed: If the roles or the state forbid the act, or the act needs a hold and nobody holds the case.
        Busy: If another person holds that case.
        WrongUsage: If the reason is missing or too long.
    """
    with context.acting(action, case_id), context.write() as session:
        if PERMISSIONS[action].needs_hold:
            case = held_case(session, context, case_id, fence)
        else:
            case = case_in_state_for(session, context, action, case_id)
        with act_in(session, context, case, action, reason) as act:
            yield act


@contextmanager
def act_in(
    session: Session, context: Context, case: CaseRow, name: str, reason: str = "", *, is_staged: bool = False
) -> Iterator[ActInProgress]:
    """Carry out an act on a case in the caller's transaction; the caller has checked roles, state and hold.

    The order is: reason, change, version, event, due date. The event comes before the due date, because the clock reads
    the log. The block makes the change. A block that writes a letter with the due date calls `finish` before it.

    If the act can be undone, a journal keeps its rows as they were before it: until the grace period ends, or until the
    check of an act that `is_staged`.

    Raises:
        WrongUsage: If the reason is missing or too long.
    """
    declared, reason = ACTS[name], checked_act_reason(name, reason)
    if declared.reason is not None and declared.reason.is_comment:
        add_comment(session, context, case.id or 0, reason)
    act = ActInProgress(session, context, case, name, reason, None, {})
    if declared.no_undo is not None:
        yield act
        if act.seq is None:
            act.finish()
        return
    # The journal must not have earlier changes of the transaction.
    session.flush()
    act.undo_until = None if is_staged else grace_period_end(session, context, case)
    until_us = None if act.undo_until is None else to_us(act.undo_until)
    undo_facts = {} if until_us is None else {"undo_until_us": until_us}
    act.facts = {"version": case.version, **undo_facts}
    connection = session.connection()
    start_journal(connection)
    try:
        yield act
    except WorkbenchError:
        # The caller may catch the error and continue the transaction with other acts.
        end_journal(connection)
        raise
    if act.seq is None:
        act.finish()
    session.flush()
    end_journal(connection, None if act.seq is None else (act.seq, case.id or 0, until_us))
    clear_journals(connection, to_us(context.now()))


def checked_act_reason(name: str, reason: str) -> str:
    """Return the reason for an act without surrounding blanks.

    Raises:
        WrongUsage: If the act takes a reason, and it is missing or too long.
    """
    needed = ACTS[name].reason
    return reason if needed is None else checked_reason(reason, _(needed.missing), needed.max_length)


def finish_act(  # noqa: PLR0913 - the event needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    action: str,
    body: Mapping[str, Any] | None = None,
    *,
    changes_state: bool = True,
    moves_due_date: bool = True,
    **event: Any,
) -> int:
    """Raise the version of a changed case, write its event, and store its due date; return the number of the event.

    A result ends the open inquiries about the case; an undo of the act opens them again.

    Args:
        session: The transaction.
        context: The person and the time.
        case: The changed case.
        action: The action of the event.
        body: The facts of the event.
        changes_state: Whether the event stores the state of the case, which may start or stop its clock.
        moves_due_date: Whether the due date may change.
        event: More columns of the event.
    """
    case.version += 1
    if changes_state and case.state in FINAL_STATES:
        body = {**(body or {}), **_end_inquiries(session, context, case)}
    if changes_state:
        seq = context.log_case(session, action, case, body, **event)
    else:
        seq = note_act(session, context, action, case.id, body, **event)
    if moves_due_date:
        update_due_date(session, context, case)
    return seq


def _end_inquiries(session: Session, context: Context, case: CaseRow) -> dict[str, int]:
    """Withdraw the open inquiries about a case that has its result, and return their count for the event."""
    is_open = (INQUIRY.c.case_id == case.id, INQUIRY.c.status == InquiryStatus.OPEN.value)
    ended = update(INQUIRY).where(*is_open).values(status=InquiryStatus.WITHDRAWN.value, ended_at=context.now())
    updated = session.execute(ended)
    # The event needs the changed rows too; a server answers both at once.
    note_changed_rows(session)
    count = row_count(updated)
    return {"inquiries": count} if count else {}


def note_act(
    session: Session, context: Context, action: str, case_id: int | None, body: Mapping[str, Any] | None, **event: Any
) -> int:
    """Write the event of an act that changes no column of its case, and return the number of the event."""
    return context.log(session, action, case_id=case_id, body=body, **event)
