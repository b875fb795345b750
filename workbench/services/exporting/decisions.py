"""Exports decisions, including undone and returned ones, with maker, checker, reasons and notice.

A decision with a measure has one row for each number that the measure concerns.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import select

from db.enums import ApplicantKind
from db.models import CaseRow, DecisionReasonRow, ReviewerRow
from db.queries.published import APPLICATION, CASE, DECISION, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.decisions import waiver_of
from workbench.services.case.masking import shown_name
from workbench.services.case.measured_numbers import kept_numbers, numbers_in_service
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource

_REASON = table_of(DecisionReasonRow)
_REVIEWER = table_of(ReviewerRow)

COLUMNS = (
    *("decision", "case", "agent", "application_no", "applicant_name", "round"),
    *("verdict", "fail_kind", "measure", "reasons", "status"),
    *("maker", "decided_at", "release_at", "checker", "checked_at", "check_note", "undone_at"),
    *("waived", "waive_reason", "corrects"),
    *("waits_for", "until", "deadline_at", "note", "letter", "notice", "msisdn", "numbers"),
)
_IN_FORCE = frozenset({"applied", "approved"})
_TEXTS = ("check_note", "note", "letter", "notice")


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the decisions in the order in which they were made."""
    maker, checker = _REVIEWER.alias("maker"), _REVIEWER.alias("checker")
    statement = (
        select(
            DECISION,
            DECISION.c.until_on.label("until"),
            CASE.c.agent,
            CASE.c.application_no,
            CASE.c.applicant_name,
            CASE.c.erased_at,
            APPLICATION.c.applicant_kind,
            maker.c.login.label("maker"),
            checker.c.login.label("checker"),
        )
        .join(CASE, CASE.c.id == DECISION.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .join(maker, maker.c.id == DECISION.c.maker_id)
        .outerjoin(checker, checker.c.id == DECISION.c.checker_id)
        .where(is_published(CASE.c.batch_id), *source.on_or_after_since(DECISION.c.decided_at))
    )
    for page in source.pages(statement, DECISION.c.id):
        ids = [row.id for row in page]
        reasons, notices = _reasons(source, ids), _notices(source, ids)
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            waiver = waiver_of(row)
            values = {**row._asdict(), "notice": notices.get(row.id)}
            name, kind = row.applicant_name, ApplicantKind(row.applicant_kind)
            if row.erased_at is not None or not source.reveal:
                name = shown_name(kind, name, row.erased_at, source.zone)
            record = {
                **source.record(values, _TEXTS, hidden),
                "decision": format_decision(row.id),
                "case": format_case(row.case_id),
                "applicant_name": name,
                "reasons": ";".join(reasons.get(row.id, ())),
                "waived": ";".join(waiver.rules) if waiver else None,
                "waive_reason": waiver.reason if waiver else None,
                "corrects": None if row.corrects_id is None else format_decision(row.corrects_id),
            }
            numbers = _numbers(source, row)
            for number in numbers or (None,):
                shown = number if number is None or source.reveal else mask(MaskKind.MSISDN, number)
                yield {**record, "msisdn": shown, "numbers": len(numbers)}


def _numbers(source: ExportSource, row: Any) -> tuple[str, ...]:
    """Return the numbers that the measure of a decision concerns; none before the decision is in force.

    Earlier versions of the program did not store the numbers of a decision; its present numbers are exported instead.
    """
    if row.status not in _IN_FORCE:
        return ()
    kept = kept_numbers(row.measure, row.seen)
    if kept is not None:
        return kept
    return numbers_in_service(source.session, source.session.get_one(CaseRow, row.case_id), source.today)


def _reasons(source: ExportSource, decision_ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(_REASON)
        .where(_REASON.c.decision_id.in_(decision_ids))
        .order_by(_REASON.c.decision_id, _REASON.c.position)
    )
    rows_by_decision = groupby(source.session.execute(statement), key=attrgetter("decision_id"))
    return {decision_id: [row.code for row in found] for decision_id, found in rows_by_decision}


def _notices(source: ExportSource, decision_ids: Sequence[int]) -> dict[int, str]:
    """Return the text of each decision's notice, unless it was cancelled."""
    statement = (
        select(NOTICE.c.decision_id, NOTICE.c.body)
        .where(NOTICE.c.decision_id.in_(decision_ids), NOTICE.c.cancelled_at.is_(None))
        .order_by(NOTICE.c.id)
    )
    return {row.decision_id: row.body for row in source.session.execute(statement)}
