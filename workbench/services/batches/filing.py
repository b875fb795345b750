"""Files the appeals of a published batch, as the command `appeal` does."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, Row, delete, select, type_coerce, update
from sqlmodel import Session

from db.enums import CaseState
from db.queries.published import BATCH, CASE
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.appeals.acts import file_appeal
from workbench.services.batches.affected_cases import SUBMISSION
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context

_FILED_TOGETHER = 5
"""Appeals in one transaction: fewer than other changes of cases, because each writes a letter."""

GROUNDS = "grounds"


class UnfiledAppeal(NamedTuple):
    """An appeal of a published batch that was not filed, because its case had changed."""

    case_id: int
    why: str


def refuse_unfit_appeals(session: Session, batch_id: int) -> None:
    """Refuse the appeals of a batch if the state of a case no longer allows its appeal.

    Raises:
        NotAllowed: If there is such a case.
    """
    is_filing = type_coerce(SUBMISSION.c.body, JSON)[GROUNDS].as_string().is_not(None)
    of_batch = select(CASE.c.id, CASE.c.state).join(SUBMISSION, SUBMISSION.c.case_id == CASE.c.id)
    for row in session.execute(of_batch.where(SUBMISSION.c.batch_id == batch_id, is_filing)):
        if why := state_refusal(Action.APPEAL, CaseState(row.state), format_case(row.id)):
            raise NotAllowed(why)


def first_filings(waiting: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the appeals that the next transaction files."""
    return [one for one in waiting if GROUNDS in json.loads(one.body)][:_FILED_TOGETHER]


def file_appeals(context: Context, filings: Sequence[Row[Any]]) -> list[UnfiledAppeal]:
    """File some appeals of a published batch, each with its own event, and delete their rows of the batch.

    If a case has changed since the publication, the refusal is logged like that of the command, and returned.
    """
    unfiled = []
    with context.write() as session:
        for filing in filings:
            noted = session.execute(delete(SUBMISSION).where(SUBMISSION.c.id == filing.id))
            # Another process may have done it already.
            if not noted.rowcount:  # type: ignore[attr-defined]  # a delete's result has one
                continue
            grounds = json.loads(filing.body)[GROUNDS]
            try:
                case = case_in_state_for(session, context, Action.APPEAL, filing.case_id)
                file_appeal(session, context, case, grounds, filing.received_at, filing.batch_id)
            except (NotAllowed, WrongUsage) as error:
                context.log_refusal(session, Action.APPEAL, error, filing.case_id)
                counts = {"created_count": BATCH.c.created_count - 1, "rejected_count": BATCH.c.rejected_count + 1}
                session.execute(update(BATCH).where(BATCH.c.id == filing.batch_id).values(counts))
                unfiled.append(UnfiledAppeal(filing.case_id, str(error)))
    return unfiled
