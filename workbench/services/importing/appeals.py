"""Files the appeals of an imported file, as the command files one."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from db.queries.published import current_cases
from workbench.domain.case.lifecycle import Action
from workbench.domain.evidence.rows import AppealFiling
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.appeals.acts import check_grounds, check_received, file_appeal
from workbench.services.case.decisions import told_result_at
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context
from workbench.services.importing.judging import of_unknown_application
from workbench.services.importing.plan import Fate, Judgement


def judged_appeals(context: Context, rows: Sequence[AppealFiling], imported_at: datetime) -> list[Judgement]:
    """Return what becomes of some appeals: each is filed, or refused as the command refuses it."""
    with context.read() as session:
        return [_judged(session, context, row, imported_at) for row in rows]


def _judged(session: Session, context: Context, row: AppealFiling, imported_at: datetime) -> Judgement:
    key = (row.agent, row.application_no)
    found = current_cases(session, {key}).get(key)
    if found is None:
        return of_unknown_application(key)
    try:
        case = case_in_state_for(session, Action.APPEAL, found.id or 0)
    except NotAllowed as error:
        return Judgement(fate=Fate.REFUSED, message=str(error), column="application_no")
    try:
        check_grounds(row.grounds)
    except WrongUsage as error:
        return Judgement(fate=Fate.REFUSED, message=str(error), column="grounds")
    try:
        check_received(session, context, case, row.received_at or imported_at, told_result_at(session, context, case))
    except (NotAllowed, WrongUsage) as error:
        return Judgement(fate=Fate.REFUSED, message=str(error), column="received_at")
    return Judgement(fate=Fate.CREATED)


def file_appeals(
    context: Context, filings: Sequence[AppealFiling], batch_id: int, imported_at: datetime, session: Session
) -> None:
    """File appeals in the caller's write transaction.

    Raises:
        NotAllowed: If a case changed since the appeals were judged.
    """
    for row in filings:
        key = (row.agent, row.application_no)
        case = case_in_state_for(session, Action.APPEAL, current_cases(session, {key})[key].id or 0)
        file_appeal(session, context, case, row.grounds, row.received_at or imported_at, batch_id)
