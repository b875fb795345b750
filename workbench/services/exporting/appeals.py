"""Exports appeals, including undone and withdrawn ones, with who decided them and how."""

from collections.abc import Iterator

from sqlalchemy import select

from db.enums import AppealStatus
from db.models import ReviewerRow
from db.queries.published import APPEAL, CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.services.case.decisions import waiver_of
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource

_REVIEWER = table_of(ReviewerRow)
_OPEN = frozenset({AppealStatus.OPEN.value, AppealStatus.STAGED.value})
_TEXTS = ("grounds", "answer", "check_note")

COLUMNS = (
    *("appeal", "case", "agent", "application_no", "decision", "against"),
    *("received_at", "filed_at", "filed_by", "due_at", "overdue", "status"),
    *("outcome", "to_state", "decided_by", "decided_at", "checker", "checked_at", "release_at", "waived"),
    *("grounds", "answer", "check_note"),
)


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the appeals in the order in which they were filed."""
    filer, decider, checker = (_REVIEWER.alias(name) for name in ("filer", "decider", "checker"))
    statement = (
        select(
            APPEAL,
            APPEAL.c.state_before.label("against"),
            CASE.c.agent,
            CASE.c.application_no,
            filer.c.login.label("filed_by"),
            decider.c.login.label("decided_by"),
            checker.c.login.label("checker"),
        )
        .join(CASE, CASE.c.id == APPEAL.c.case_id)
        .join(filer, filer.c.id == APPEAL.c.filed_by_id)
        .outerjoin(decider, decider.c.id == APPEAL.c.decided_by_id)
        .outerjoin(checker, checker.c.id == APPEAL.c.checker_id)
        .where(is_published(CASE.c.batch_id), *source.on_or_after_since(APPEAL.c.filed_at))
    )
    for page in source.pages(statement, APPEAL.c.id):
        people = source.people_of(page)
        for row in page:
            waiver = waiver_of(row)
            yield {
                **source.record(row._asdict(), _TEXTS, people[row.agent, row.application_no]),
                "appeal": row.id,
                "case": format_case(row.case_id),
                "decision": None if row.decision_id is None else format_decision(row.decision_id),
                "overdue": row.status in _OPEN and row.due_at < source.now,
                "waived": ";".join(waiver.rules) if waiver else None,
            }
