"""Acts on many cases in several short transactions, so that other writers wait only briefly."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
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
        try:
            # One flush at the end instead of one for each case.
            with context.read() if is_plan else context.write() as session, session.no_autoflush:
                # A session has only weak references to its objects, so this list keeps them from being read again.
                _loaded, act = _load(session, chunk if is_preloaded else ()), begin(session)
                log_refusal = None if is_plan else partial(context.log_refusal, session, action)
                chunk_done, chunk_refused = _act_on_each(chunk, act, log_refusal)
        except WorkbenchError as error:
            if not done and not refused:
                raise
            # This transaction was rolled back; the earlier ones are committed.
            chunk_done, chunk_refused = [], [RefusedCase(case_id=one, why=str(error)) for one in chunk]
        done += chunk_done
        refused += chunk_refused
    return tuple(done), tuple(refused)


def _act_on_each(
    case_ids: Iterable[int], act: Callable[[int], _Done], log_refusal: Callable[[WorkbenchError, int], object] | None
) -> tuple[list[_Done], list[RefusedCase]]:
    done: list[_Done] = []
    refused: list[RefusedCase] = []
    for case_id in case_ids:
        try:
            done.append(act(case_id))
        except (NotAllowed, NotFound, WrongUsage) as error:
            refused.append(RefusedCase(case_id=case_id, why=str(error)))
            if log_refusal is not None:
                log_refusal(error, case_id)
    return done, refused


def _load(session: Session, case_ids: Sequence[int]) -> list[SQLModel]:
    """Read cases and their batches with two statements."""
    cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).all()
    batch_ids = {case.batch_id for case in cases}
    batches = session.exec(select(ImportBatchRow).where(col(ImportBatchRow.id).in_(batch_ids))).all()
    return [*cases, *batches]
