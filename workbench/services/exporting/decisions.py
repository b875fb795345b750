"""Every decision, undone and returned ones too, with who made it, who checked it and what was told."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select

from db.enums import ApplicantKind
from db.models import ApplicationRow, DecisionReasonRow, DecisionRow, NoticeRow, ReviewerRow
from db.queries.published import CASE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.services.case.masking import public_name
from workbench.services.case.redaction import Hidden
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


def rows(source: Source) -> Iterator[Record]:
    """Return the decisions in the order in which they were made."""
    maker, checker = _REVIEWER.alias("maker"), _REVIEWER.alias("checker")
    statement = (
        select(
            _DECISION,
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
        .where(is_published(CASE.c.batch_id), *source.from_since(_DECISION.c.decided_at))
    )
    for page in source.pages(statement, _DECISION.c.id):
        ids = [row.id for row in page]
        reasons, notices = _reasons(source, ids), _notices(source, ids)
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            yield _record(source, row, reasons.get(row.id, ()), notices.get(row.id), hidden)


def _reasons(source: Source, decision_ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(_REASON)
        .where(_REASON.c.decision_id.in_(decision_ids))
        .order_by(_REASON.c.decision_id, _REASON.c.position)
    )
    reasons: dict[int, list[str]] = {}
    for row in source.session.execute(statement):
        reasons.setdefault(row.decision_id, []).append(row.code)
    return reasons


def _notices(source: Source, decision_ids: Sequence[int]) -> dict[int, str]:
    """Return the text of each decision's notice, unless it was taken back."""
    statement = (
        select(_NOTICE.c.decision_id, _NOTICE.c.body)
        .where(_NOTICE.c.decision_id.in_(decision_ids), _NOTICE.c.cancelled_at.is_(None))
        .order_by(_NOTICE.c.id)
    )
    return {row.decision_id: row.body for row in source.session.execute(statement)}


def _record(source: Source, row: Row[Any], reasons: Sequence[str], notice: str | None, people: Hidden) -> Record:
    def written(text: str | None) -> str | None:
        return None if not text else text if source.reveal else people.within(text)

    return {
        "decision": format_decision(row.id),
        "case": format_case(row.case_id),
        "agent": row.agent or None,
        "application_no": row.application_no,
        "applicant_name": row.applicant_name
        if source.reveal
        else public_name(ApplicantKind(row.applicant_kind), row.applicant_name),
        "round": row.round,
        "verdict": row.verdict,
        "fail_kind": row.fail_kind or None,
        "measure": row.measure or None,
        "reasons": ";".join(reasons),
        "status": row.status,
        "maker": row.maker,
        "decided_at": source.instant(row.decided_at),
        "release_at": source.instant(row.release_at),
        "checker": row.checker,
        "checked_at": source.instant(row.checked_at),
        "check_note": written(row.check_note),
        "undone_at": source.instant(row.undone_at),
        "waits_for": row.waits_for or None,
        "until": row.until_on,
        "deadline_at": source.instant(row.deadline_at),
        "note": written(row.note),
        "letter": written(row.letter),
        "notice": written(notice),
    }
