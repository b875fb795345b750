"""Classifies the appeals of an import, and converts them into rows that are filed after the publication."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import current_cases
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.case.evidence_reader import application_key
from workbench.services.case.known_people import Key
from workbench.services.files.reading.kinds import RowValue
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import GROUNDS
from workbench.services.intake.importing.classifying.classifier import of_unknown_application, other_agents_of
from workbench.services.intake.importing.classifying.columns import Columns
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome
from workbench.services.review.appeals.acts import check_grounds, check_received


def classify_appeals(
    context: Context, rows: Sequence[RowValue], imported_at: datetime, with_new_case: set[Key]
) -> list[ClassifiedRow]:
    """Classify appeals: each is created, or refused for the reason that the command `appeal` gives.

    If the import opens a new case of an application, an appeal against the earlier case is refused.
    """
    with context.read() as session:
        return [_classify(session, context, row, imported_at, with_new_case) for row in rows]


def _classify(
    session: Session, context: Context, row: RowValue, imported_at: datetime, with_new_case: set[Key]
) -> ClassifiedRow:
    key = application_key(row)
    found = current_cases(session, {key}).get(key)
    if found is None:
        return of_unknown_application(key, other_agents_of(session, {key}))
    # If a check fails, its message is about this column.
    column = "application_no"
    try:
        case = case_in_state_for(session, context, Action.APPEAL, found.id or 0)
        column = "grounds"
        check_grounds(row["grounds"])
        column = "received_at"
        check_received(session, context, case, row["received_at"] or imported_at)
    except (NotAllowed, WrongUsage) as error:
        return ClassifiedRow(outcome=RowOutcome.REFUSED, message=str(error), column=column)
    if key in with_new_case:
        message = _("The import opens a new case of {number}; remove this appeal, or that application.")
        message = message.format(number=row["application_no"])
        return ClassifiedRow(outcome=RowOutcome.REFUSED, message=message, column="application_no")
    return ClassifiedRow(outcome=RowOutcome.CREATED, columns=row)


def appeal_filings(context: Context, rows: Sequence[RowValue], imported_at: datetime) -> list[Columns]:
    """Return the submissions that a batch stores for its appeals; any process can file these after the publication."""
    with context.read() as session:
        cases = current_cases(session, set(map(application_key, rows)))
    return [
        {
            "case_id": cases[application_key(row)].id,
            "round": 0,
            "received_at": row["received_at"] or imported_at,
            "body": json.dumps({"kind": ImportKind.APPEALS.value, GROUNDS: row["grounds"]}),
        }
        for row in rows
    ]
