"""An act on a case: who may do it, what it does after its change, and the journal with which it can be undone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.columns import to_us
from db.dialect import clear_journals, end_journal, start_journal
from db.models import CaseRow
from workbench.domain.case.lifecycle import Action
from workbench.errors import WorkbenchError
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context


@contextmanager
def act_on(context: Context, action: Action, case_id: int) -> Iterator[tuple[Session, CaseRow]]:
    """Open the transaction of an act on a case, which the roles of the person and the state of the case must allow.

    Raises:
        NotFound: If there is no such case.
        NotAllowed: If the roles or the state do not allow the act.
    """
    with context.acting(action, case_id), context.write() as session:
        yield session, case_in_state_for(session, context, action, case_id)


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


@dataclass
class UndoableAct:
    """An act that can be undone until a time, or until its check if there is no time."""

    session: Session
    context: Context
    case: CaseRow
    action: str
    until: datetime | None
    seq: int | None = None
    _version: int = field(init=False)

    def __post_init__(self) -> None:
        self._version = self.case.version

    def finish(self, body: Mapping[str, Any] | None = None, **event: Any) -> None:
        """Finish the act; its event says which version the case had before, and until when the act can be undone."""
        facts = {"version": self._version} | ({} if self.until is None else {"undo_until_us": to_us(self.until)})
        self.seq = finish_act(self.session, self.context, self.case, self.action, {**(body or {}), **facts}, **event)


@contextmanager
def undoable_act(
    session: Session, context: Context, case: CaseRow, action: str, until: datetime | None
) -> Iterator[UndoableAct]:
    """Keep what the rows of an act were before it, once it is finished, until it can no longer be undone.

    The block changes rows, finishes the act, and writes letters. What the transaction changed before belongs to no act.
    """
    session.flush()
    connection, until_us = session.connection(), None if until is None else to_us(until)
    start_journal(connection)
    act = UndoableAct(session, context, case, action, until)
    try:
        yield act
    except WorkbenchError:
        # The transaction may go on, with other acts.
        end_journal(connection)
        raise
    session.flush()
    end_journal(connection, None if act.seq is None else (act.seq, case.id or 0, until_us))
    clear_journals(connection, to_us(context.now()))
