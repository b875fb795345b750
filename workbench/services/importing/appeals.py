"""Files the appeals of an import after its publication, each like the command that files one."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select, update
from sqlmodel import Session

from db.enums import CaseState, ImportKind
from db.queries.published import BATCH, CASE, current_cases
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.appeals.acts import check_grounds, check_received, file_appeal
from workbench.services.case.decisions import told_result_at
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context
from workbench.services.importing.columns import Columns, key_of_application
from workbench.services.importing.judging import of_unknown_application
from workbench.services.importing.plan import Fate, Judgement, Key
from workbench.services.importing.touching import SUBMISSION
from workbench.services.reading.kinds import RowValue

_FILED_TOGETHER = 5
"""Appeals in one transaction: fewer than other changes of cases, because each writes a letter."""

_GROUNDS = "grounds"


class Unfiled(NamedTuple):
    """An appeal of a published batch that was not filed, because its case had changed."""

    case_id: int
    why: str


def judged_appeals(
    context: Context, rows: Sequence[RowValue], imported_at: datetime, reopened: set[Key]
) -> list[Judgement]:
    """Return the outcomes of some appeals: each is filed, or refused like the command refuses it.

    In an import that opens a new case of an application, an appeal of the earlier one is refused.
    """
    with context.read() as session:
        return [_judged(session, context, row, imported_at, reopened) for row in rows]


def _judged(session: Session, context: Context, row: RowValue, imported_at: datetime, reopened: set[Key]) -> Judgement:
    key = key_of_application(row)
    found = current_cases(session, {key}).get(key)
    if found is None:
        return of_unknown_application(key)
    column = "application_no"
    try:
        case = case_in_state_for(session, context, Action.APPEAL, found.id or 0)
        column = "grounds"
        check_grounds(row["grounds"])
        column = "received_at"
        check_received(
            session, context, case, row["received_at"] or imported_at, told_result_at(session, context, case)
        )
    except (NotAllowed, WrongUsage) as error:
        return Judgement(fate=Fate.REFUSED, message=str(error), column=column)
    if key in reopened:
        message = _("The import opens a new case of {number}; remove this appeal, or that application.")
        message = message.format(number=row["application_no"])
        return Judgement(fate=Fate.REFUSED, message=message, column="application_no")
    return Judgement(fate=Fate.CREATED, made=row)


def filings_of(context: Context, rows: Sequence[RowValue], imported_at: datetime) -> list[Columns]:
    """Return the rows that a batch stores for its appeals, so that any process can file them after the publication."""
    with context.read() as session:
        cases = current_cases(session, set(map(key_of_application, rows)))
    return [
        {
            "case_id": cases[key_of_application(row)].id,
            "round": 0,
            "received_at": row["received_at"] or imported_at,
            "body": json.dumps({"kind": ImportKind.APPEALS.value, _GROUNDS: row["grounds"]}),
        }
        for row in rows
    ]


def refuse_unfit(session: Session, batch_id: int) -> None:
    """Refuse the appeals of a batch if the state of a case no longer allows its appeal.

    Raises:
        NotAllowed: If there is such a case.
    """
    is_filing = func.json_extract(SUBMISSION.c.body, f"$.{_GROUNDS}").is_not(None)
    of_batch = select(CASE.c.id, CASE.c.state).join(SUBMISSION, SUBMISSION.c.case_id == CASE.c.id)
    for row in session.execute(of_batch.where(SUBMISSION.c.batch_id == batch_id, is_filing)):
        if why := state_refusal(Action.APPEAL, CaseState(row.state), format_case(row.id)):
            raise NotAllowed(why)


def first_filings(waiting: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the appeals that the next transaction files."""
    return [one for one in waiting if _GROUNDS in json.loads(one.body)][:_FILED_TOGETHER]


def file_appeals(context: Context, filings: Sequence[Row[Any]]) -> list[Unfiled]:
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
            grounds = json.loads(filing.body)[_GROUNDS]
            try:
                case = case_in_state_for(session, context, Action.APPEAL, filing.case_id)
                file_appeal(session, context, case, grounds, filing.received_at, filing.batch_id)
            except (NotAllowed, WrongUsage) as error:
                context.log_refusal(session, Action.APPEAL, error, filing.case_id)
                counts = {"created_count": BATCH.c.created_count - 1, "rejected_count": BATCH.c.rejected_count + 1}
                session.execute(update(BATCH).where(BATCH.c.id == filing.batch_id).values(counts))
                unfiled.append(Unfiled(filing.case_id, str(error)))
    return unfiled
