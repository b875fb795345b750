"""Carries out acts on cases: what every act does is done here, always in the same order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.columns import to_us
from db.dialect import clear_journals, end_journal, start_journal
from db.models import CaseRow
from workbench.domain.case.lifecycle import PERMISSIONS, Action
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.services.acts.declarations import ACTS, Changes
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import add_comment, case_in_state_for, grace_period_end, held_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import checked_reason


@dataclass
class ActInProgress:
    """An act that is carried out in a transaction; it can be undone until a time, or until its check if there is none.

    `reason` is the checked one. `facts` are those that its event gets in addition, `seq` is the number of that event.
    """

    session: Session
    context: Context
    case: CaseRow
    name: str
    reason: str
    until: datetime | None
    facts: Mapping[str, Any]
    seq: int | None = None

    def finish(self, body: Mapping[str, Any] | None = None, **event: Any) -> None:
        """Count the version, write the event and store the due date; letters, which may state that date, follow."""
        changes, facts = ACTS[self.name].changes, {**(body or {}), **self.facts}
        if changes is Changes.NOTHING:
            self.seq = note_act(self.session, self.context, self.name, self.case.id, facts, **event)
        else:
            event |= {"has_state": changes is not Changes.DATES, "moves_due": changes is not Changes.HOLD}
            self.seq = finish_act(self.session, self.context, self.case, self.name, facts, **event)


@contextmanager
def acting_on(
    context: Context, action: Action, case_id: int, reason: str = "", *, fence: int | None = None
) -> Iterator[ActInProgress]:
    """Carry out an act on a case as `act_in`, in a transaction of its own.

    Raises:
        NotFound: If there is no such case.
        NotAllowed: If the roles or the state forbid the act, or nobody holds the case that the person must hold.
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
    """Carry out an act on a case in the caller's transaction; its roles, state and hold were checked.

    The order is: reason, change, version, event, due date, letters. The event comes before the due date, because the
    clock reads the log. The block makes the change; if its letters state the due date, it finishes the act before them,
    other letters belong to the change. The rows of an act that can be undone are kept as they were before it, until its
    time is over, or until its check if it `is_staged`.

    Raises:
        WrongUsage: If the reason is missing or too long.
    """
    declared, reason = ACTS[name], checked(name, reason)
    if declared.reason is not None and declared.reason.is_comment:
        add_comment(session, context, case.id or 0, reason)
    act = ActInProgress(session, context, case, name, reason, None, {})
    if declared.no_undo is not None:
        yield act
        if act.seq is None:
            act.finish()
        return
    # What the transaction changed before belongs to no act.
    session.flush()
    act.until = None if is_staged else grace_period_end(session, context, case)
    until_us = None if act.until is None else to_us(act.until)
    act.facts = {"version": case.version, **({} if until_us is None else {"undo_until_us": until_us})}
    connection = session.connection()
    start_journal(connection)
    try:
        yield act
    except WorkbenchError:
        # The transaction may go on, with other acts.
        end_journal(connection)
        raise
    if act.seq is None:
        act.finish()
    session.flush()
    end_journal(connection, None if act.seq is None else (act.seq, case.id or 0, until_us))
    clear_journals(connection, to_us(context.now()))


def checked(name: str, reason: str) -> str:
    """Return the reason for an act without surrounding blanks.

    Raises:
        WrongUsage: If the act takes a reason, and it is missing or too long.
    """
    needed = ACTS[name].reason
    return reason if needed is None else checked_reason(reason, _(needed.missing), needed.most)


def finish_act(  # noqa: PLR0913 - the event needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    action: str,
    body: Mapping[str, Any] | None = None,
    *,
    has_state: bool = True,
    moves_due: bool = True,
    **event: Any,
) -> int:
    """Count the version of a changed case, write its event, and store its due date; return the number of the event.

    Without `has_state`, the event leaves the clock of the case as it is. Without `moves_due`, nothing changes on which
    the due date depends.
    """
    case.version += 1
    if has_state:
        seq = context.log_case(session, action, case, body, **event)
    else:
        seq = note_act(session, context, action, case.id, body, **event)
    if moves_due:
        update_due_date(session, context, case)
    return seq


def note_act(
    session: Session,
    context: Context,
    action: str,
    case_id: int | None,
    body: Mapping[str, Any] | None = None,
    **event: Any,
) -> int:
    """Write the event of an act that leaves the columns of its case as they are, and return its number."""
    return context.log(session, action, case_id=case_id, body=body, **event)
