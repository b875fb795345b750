"""Applies newly published evidence to many cases that nobody works on: few statements, and one event for each case."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.dialect import is_in_list
from db.enums import CaseState, ImportKind
from db.models import SubmissionRow
from db.queries.published import CASE, NOTICE, rows_of, table_of
from db.queries.search_index import index_cases, terms_of
from workbench.domain.findings.evaluate import has_block, worse_blocks
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import (
    Assessment,
    assess_cases,
    assessed_columns,
    completed_at,
    replace_findings,
)
from workbench.services.case.evidence_reader import evidence_of_cases
from workbench.services.clock.case_clocks import Clocks, clock_events
from workbench.services.foundation import audit_log
from workbench.services.foundation.calendar_days import all_suspensions, calendar_edition
from workbench.services.foundation.context import Context
from workbench.services.notices import due_date_notices
from workbench.services.review.back_to_queue import move_to_queue
from workbench.services.review.new_evidence import FROM_APPLICANT, NewEvidence, evidence_event, raised_from

_SUBMISSION = table_of(SubmissionRow)
CASES = select(CASE).where(is_in_list((CASE.c.id,)))
"""The statement that reads all columns of the wanted cases."""
_WAITING = select(_SUBMISSION.c.id).where(is_in_list((_SUBMISSION.c.id,)), _SUBMISSION.c.applied_at.is_(None))
_UPDATE = CASE.update().where(CASE.c.id == bindparam("of_case"))
_APPLY = _SUBMISSION.update().where(_SUBMISSION.c.id == bindparam("of_submission"))
_LETTERS = select(NOTICE.c.id, NOTICE.c.case_id).where(is_in_list((NOTICE.c.id,)))


class CaseChange(NamedTuple):
    """What new evidence changes in a case."""

    new: NewEvidence
    case: Any
    """The case afterwards."""
    event: dict[str, Any]
    """The columns of the event; empty if nothing changes."""

    @property
    def completes(self) -> bool:
        """Whether the evidence makes the case complete."""
        return bool(self.new.case.state != self.case.state)


def is_applied_by_sets(case: Any, kind: ImportKind) -> bool:
    """Say whether evidence of a kind is applied to a case together with that of others: nobody works on the case."""
    is_untouched = case.state in {CaseState.INCOMPLETE, CaseState.QUEUED}
    return is_untouched or (case.state == CaseState.PASSED and kind not in FROM_APPLICANT)


def changes_of(session: Session, context: Context, evidence: Sequence[NewEvidence]) -> list[CaseChange]:
    """Return the changes of some cases that nobody works on; nothing is written."""
    passed = [new for new in evidence if new.case.state == CaseState.PASSED]
    blocked = [new.case for new in passed if has_block(new.assessment.findings)]
    seen = evidence_of_cases(session, blocked, context.store, context.today(session))
    before = assess_cases(session, context, blocked, seen)
    others = [new for new in evidence if new.case.state != CaseState.PASSED]
    clocks = Clocks(session, context, clock_events(session, [new.case.id for new in others]))
    changes = [_compared_with_verdict(new, before.get(new.case.id)) for new in passed]
    return [*(_change(new, clocks) for new in others), *changes]


def calendar_state(session: Session) -> object:
    """Return the calendar and the suspensions, on which due dates depend, to be compared with later ones."""
    return calendar_edition(session), all_suspensions(session)


def _change(new: NewEvidence, clocks: Clocks) -> CaseChange:
    """Return the change of an incomplete or queued case."""
    case, action = _with_evidence(new), "evidence"
    if case.state == CaseState.INCOMPLETE and new.assessment.is_complete:
        action = "complete"
        # The working days promised to the applicant count from the time the case is complete.
        case.complete_at = completed_at(new.evidence, clocks.context.policy(clocks.session, case.policy_version_id))
        move_to_queue(case)
    case.version += 1
    # The event neither starts nor ends a pause.
    clocks.update_due_date(case)
    event = evidence_event(case, new, action, raised_from(case, new.case.priority))
    return CaseChange(new, case, {"action": action, **audit_log.state_columns(case), **event})


def _compared_with_verdict(new: NewEvidence, before: Assessment | None) -> CaseChange:
    """Return the change of a passed case: only block findings that the verdict did not consider matter.

    The version of the case row is not raised, so that the maker can still undo the pass. `before` is the assessment
    without the new evidence, on the same day, so that only the evidence differs; None if nothing blocks the case.
    """
    findings, rules = new.assessment.findings, new.case.reopen_for.split()
    still_block = [finding for finding in findings if finding.rule in rules and has_block([finding])]
    found = [*still_block, *(worse_blocks(before.findings, findings) if before else ())]
    if not (found or rules):
        return CaseChange(new, new.case, {})
    case = _with_evidence(new)
    case.reopen_for = " ".join(dict.fromkeys(finding.rule for finding in found))
    body = audit_log.details(kind=new.kind.value, round=case.round, reasons=case.reopen_for.split())
    return CaseChange(new, case, {"action": "attention", "case_id": case.id, "batch_id": new.batch_id, "body": body})


def _with_evidence(new: NewEvidence) -> Any:
    """Return a case that sees the new evidence, with the columns that its assessment changes."""
    case: Any = SimpleNamespace(**new.case._asdict())
    vars(case).update(
        assessed_columns(case, new.assessment),
        evidence_seq=max(case.evidence_seq, new.seq),
        evidence_no=case.evidence_no + 1,
        application_id=new.application["id"],
        applicant_name=new.application["applicant_name"],
    )
    return case


def apply_by_sets(
    session: Session, context: Context, found: Iterable[CaseChange], forecasts: Mapping[int, CaseForecast]
) -> None:
    """Write the changes of cases, with their findings and letters and one event for each.

    Cases that changed since they were read are left out, and so are submissions that another process has applied.
    `forecasts` has, by case, the forecast for the receipt.
    """
    by_case = {change.case.id: change for change in found}
    waiting = {row.id for row in rows_of(session, _WAITING, [one.new.submission_id for one in by_case.values()])}
    stored = set(rows_of(session, CASES, by_case))
    current = [one for one in by_case.values() if one.new.case in stored and one.new.submission_id in waiting]
    if not current:
        return
    changes, now = [change for change in current if change.event], context.now()
    _write_cases(session, changes)
    _write_letters(session, context, changes, forecasts)
    letters = _letter_facts(session)
    for change in changes:
        change.event["body"] |= letters.get(change.case.id, {})
    audit_log.append_all(session, [audit_log.event_of(context.actor, at=now, **change.event) for change in changes])
    applied = [{"of_submission": one.new.submission_id, "applied_at": now, "round": one.case.round} for one in current]
    session.connection().execute(_APPLY, applied)


def _write_cases(session: Session, changes: Iterable[CaseChange]) -> None:
    """Write changed cases with their findings, and the search terms of those with another name."""
    # An index is written for each row of a statement that names one of its columns, even if the value stays.
    rows_by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    renamed = []
    for new, case, _event in changes:
        values = zip(vars(case).items(), new.case, strict=True)
        changed = {name: value for (name, value), before in values if value != before}
        rows_by_columns[tuple(changed)].append({**changed, "of_case": case.id})
        if "applicant_name" in changed:
            renamed.append({**terms_of(case.applicant_name, case.application_no), "id": case.id})
    for rows in rows_by_columns.values():
        session.connection().execute(_UPDATE, rows)
    index_cases(session, renamed)
    replace_findings(session, {case.id: new.assessment.findings for new, case, _event in changes})


def _write_letters(
    session: Session, context: Context, changes: Iterable[CaseChange], forecasts: Mapping[int, CaseForecast]
) -> None:
    """Cancel the letters about missing documents that are outdated, and write the receipts of completed cases."""
    incomplete = [change for change in changes if change.new.case.state == CaseState.INCOMPLETE]
    completed = {change.case.id: change for change in incomplete if change.completes}
    cancel_outdated(session, context, {one.case.id for one in incomplete} - completed.keys(), is_complete=False)
    cancel_outdated(session, context, completed, is_complete=True)
    outlooks = {
        case_id: due_date_notices.Outlook(forecasts.get(case_id), change.new.assessment.findings)
        for case_id, change in completed.items()
    }
    receipts = [(change.case, due_date_notices.RECEIPT) for change in completed.values()]
    due_date_notices.notify(session, context, receipts, outlooks)


def cancel_outdated(session: Session, context: Context, case_ids: Iterable[int], *, is_complete: bool) -> None:
    """Cancel the letters about missing documents that are not released yet; of complete cases, all unsent ones."""
    unreleased = [] if is_complete else [NOTICE.c.release_at > context.now()]
    is_of_them = (NOTICE.c.case_id.in_(case_ids), NOTICE.c.kind.in_(due_date_notices.LETTERS_ABOUT_DOCUMENTS))
    due_date_notices.cancel_unsent(session, context, (*is_of_them, *unreleased))


def _letter_facts(session: Session) -> dict[int, dict[str, Any]]:
    """Return the facts about the letters that the transaction changed, by case; it changed no other noted rows."""
    digests = {int(name.removeprefix("notice ")): one for name, one in audit_log.take_row_digests(session).items()}
    by_case: dict[int, dict[str, Any]] = {}
    for number, case_id in rows_of(session, _LETTERS, digests):
        by_case.setdefault(case_id, {audit_log.ROWS: {}})[audit_log.ROWS][f"notice {number}"] = digests[number]
    return by_case
