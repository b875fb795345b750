"""Exports decisions, including undone and returned ones, with maker, checker, reasons and notice."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select

from db.enums import ApplicantKind
from db.models import ApplicationRow, DecisionReasonRow, DecisionRow, NoticeRow, ReviewerRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.services.case.masking import public_name
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source

_APPLICATION = table_of(ApplicationRow)
_DECISION = table_of(DecisionRow)
_REASON = table_of(DecisionReasonRow)
_NOTICE = table_of(NoticeRow)
_REVIEWER = table_of(ReviewerRow)

COLUMNS = (
    "decision",
    "case",
    "agent",
    "application_no",
    "applicant_name",
    "round",
    "verdict",
    "fail_kind",
    "measure",
    "reasons",
    "status",
    "maker",
    "decided_at",
    "release_at",
    "checker",
    "checked_at",
    "check_note",
    "undone_at",
    "waits_for",
    "until",
    "deadline_at",
    "note",
    "letter",
    "notice",
)
_TEXTS = ("check_note", "note", "letter", "notice")


def rows(source: Source) -> Iterator[Record]:
    """Yield the decisions in the order in which they were made."""
    maker, checker = _REVIEWER.alias("maker"), _REVIEWER.alias("checker")
    statement = (
        select(
            _DECISION,
            _DECISION.c.until_on.label("until"),
            CASE.c.agent,
            CASE.c.application_no,
            CASE.c.applicant_name,
            _APPLICATION.c.applicant_kind,
            maker.c.login.label("maker"),
            checker.c.login.label("checker"),
        )
        .join(CASE, CASE.c.id == _DECISION.c.case_id)
        .join(_APPLICATION, _APPLICATION.c.id == CASE.c.application_id)
        .join(maker, maker.c.id == _DECISION.c.maker_id)
        .outerjoin(checker, checker.c.id == _DECISION.c.checker_id)
        .where(is_published(CASE.c.batch_id), *source.on_or_after_since(_DECISION.c.decided_at))
    )
    for page in source.pages(statement, _DECISION.c.id):
        ids = [row.id for row in page]
        reasons, notices = _reasons(source, ids), _notices(source, ids)
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            values = {**row._asdict(), "notice": notices.get(row.id)}
            name, kind = row.applicant_name, ApplicantKind(row.applicant_kind)
            yield {
                **source.record(values, _TEXTS, hidden),
                "decision": format_decision(row.id),
                "case": format_case(row.case_id),
                "applicant_name": name if source.reveal else public_name(kind, name),
                "reasons": ";".join(reasons.get(row.id, ())),
            }


def _reasons(source: Source, decision_ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(_REASON)
        .where(_REASON.c.decision_id.in_(decision_ids))
        .order_by(_REASON.c.decision_id, _REASON.c.position)
    )
    rows_by_decision = groupby(source.session.execute(statement), key=attrgetter("decision_id"))
    return {decision_id: [row.code for row in found] for decision_id, found in rows_by_decision}


def _notices(source: Source, decision_ids: Sequence[int]) -> dict[int, str]:
    """Return the text of each decision's notice, unless it was cancelled."""
    statement = (
        select(_NOTICE.c.decision_id, _NOTICE.c.body)
        .where(_NOTICE.c.decision_id.in_(decision_ids), _NOTICE.c.cancelled_at.is_(None))
        .order_by(_NOTICE.c.id)
    )
    return {row.decision_id: row.body for row in source.session.execute(statement)}
