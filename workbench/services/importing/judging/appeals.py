"""Files the appeals of an import after its publication, each like the command that files one."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import current_cases
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.appeals.acts import check_grounds, check_received
from workbench.services.batches.filing import GROUNDS
from workbench.services.case.decisions import told_result_at
from workbench.services.case.known_people import Key
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context
from workbench.services.importing.judging.columns import Columns, key_of_application
from workbench.services.importing.judging.judge import of_unknown_application
from workbench.services.importing.judging.judgement import Fate, Judgement
from workbench.services.reading.kinds import RowValue


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
            "body": json.dumps({"kind": ImportKind.APPEALS.value, GROUNDS: row["grounds"]}),
        }
        for row in rows
    ]
