"""Acts on many cases in several short transactions, so that other writers wait only briefly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from db.models import CaseRow, ImportBatchRow
from db.queries.published import chunks
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.services.foundation.context import Context

_Done = TypeVar("_Done")

CASES_PER_TRANSACTION = 100
"""The most cases in one transaction, so that other writers wait only briefly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCase:
    """One case on which an act was refused, and the message that says why."""

    case_id: int
    why: str


def act_on_many(  # noqa: PLR0913 - all of these describe one pass over the cases
    context: Context,
    action: Action,
    case_ids: Sequence[int],
    begin: Callable[[Session], Callable[[int], _Done]],
    *,
    most: int = CASES_PER_TRANSACTION,
    is_plan: bool = False,
    is_preloaded: bool = True,
) -> tuple[tuple[_Done, ...], tuple[RefusedCase, ...]]:
    """Act on many cases in transactions of up to `most`; return the results and the refused cases.

    `begin` is called at the start of each transaction, and returns the function that acts on a case. That function
    must refuse a case before it writes anything; the other cases go on. A plan writes nothing. `is_preloaded` reads the
    cases of a transaction together; set it to False for acts that expire the session, which would read each case again.

    Raises:
        WorkbenchError: If the first transaction failed, so nothing was written.
    """
    done: list[_Done] = []
    refused: list[RefusedCase] = []
    for chunk in chunks(dict.fromkeys(case_ids), most):
        chunk_done: list[_Done] = []
        chunk_refused: list[RefusedCase] = []
        try:
            # One flush at the end instead of one for each case.
            with context.read() if is_plan else context.write() as session, session.no_autoflush:
                # A session has only weak references to its objects, so this list keeps them from being read again.
                _loaded, act = _load(session, chunk if is_preloaded else ()), begin(session)
                for case_id in chunk:
                    try:
                        chunk_done.append(act(case_id))
                    except (NotAllowed, NotFound, WrongUsage) as error:
                        chunk_refused.append(RefusedCase(case_id=case_id, why=str(error)))
                        if not is_plan:
                            context.log_refusal(session, action, error, case_id)
        except WorkbenchError as error:
            if not done and not refused:
                raise
            # This transaction was rolled back; the earlier ones are committed.
            chunk_done, chunk_refused = [], [RefusedCase(case_id=one, why=str(error)) for one in chunk]
        done += chunk_done
        refused += chunk_refused
    return tuple(done), tuple(refused)


def _load(session: Session, case_ids: Sequence[int]) -> list[SQLModel]:
    """Read cases and their batches with two statements."""
    cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).all()
    batch_ids = {case.batch_id for case in cases}
    batches = session.exec(select(ImportBatchRow).where(col(ImportBatchRow.id).in_(batch_ids))).all()
    return [*cases, *batches]
