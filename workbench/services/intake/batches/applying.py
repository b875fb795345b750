"""Updates existing cases with a published batch, a few in each transaction; any start continues an interrupted run."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from db.columns import from_us
from db.dialect import row_count
from db.enums import ImportKind, ServiceClass
from db.models import CaseRow
from db.queries.published import APPLICATION, BATCH, CASE, Snapshot, chunks, newest_visible_rows, rows_of
from workbench.domain.findings.evaluate import worst_severity, worst_severity_if_answered
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import assess_cases
from workbench.services.case.evidence_reader import EvidenceReader, application_key
from workbench.services.case.known_people import key_of
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts
from workbench.services.forecast.incomplete_cases import NewCase, PresentQueue
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import (
    FILED_TOGETHER,
    SUBMISSION,
    UnfiledAppeal,
    file_appeals,
    filings_of,
)
from workbench.services.intake.batches.publishing import PUBLISHED, published_batch, publisher_context
from workbench.services.notices.due_date_notices import shows_forecast
from workbench.services.review import evidence_by_sets
from workbench.services.review.new_evidence import NewEvidence, apply_evidence

_LISTED_TOGETHER = 5_000
_APPLIED_TOGETHER = 1_000
"""The most cases that are updated together, in one transaction that other writers wait for less than a second."""
_ACTED_TOGETHER = 20
"""The most acts in one transaction: few, so that other writers wait briefly, but several for each sync of the disk."""


def apply_pending(context: Context) -> None:
    """Apply every published batch that is not applied to all of its cases yet, oldest first."""
    with context.read() as session:
        unfinished = select(BATCH.c.id).where(BATCH.c.published_at.is_not(None), BATCH.c.applied_at.is_(None))
        batches = [row.id for row in session.execute(unfinished.order_by(BATCH.c.published_seq))]
    for batch_id in batches:
        apply_batch(context, batch_id)


def apply_batch(
    context: Context, batch_id: int, on_applied: Callable[[int], object] = lambda _count: None
) -> tuple[UnfiledAppeal, ...]:
    """Add the new cases of a batch to the queue, update existing cases, and return the appeals that were not filed.

    The events name the person who imported the batch, even if the process of another person applies it. `on_applied` is
    called with the number of submissions of each portion, including those that keep waiting.

    Raises:
        Busy: If another process undid the batch meanwhile.
    """
    context, unfiled = publisher_context(context, batch_id, PUBLISHED), list[UnfiledAppeal]()
    _list_cases(context, batch_id)
    with context.read() as session:
        batch = published_batch(session, batch_id)
    forecaster = ArrivalForecasts(context)
    while True:
        with context.read() as session:
            waiting = session.execute(
                select(SUBMISSION)
                .where(SUBMISSION.c.batch_id == batch_id, SUBMISSION.c.applied_at.is_(None))
                .order_by(SUBMISSION.c.id)
                .limit(_APPLIED_TOGETHER)
            ).all()
        if not waiting:
            break
        # Appeals are filed first: other rows of the import may change the state, so that an appeal is impossible.
        filings = filings_of(waiting)
        for portion in chunks(filings, FILED_TOGETHER):
            unfiled += file_appeals(context, portion)
        if not filings:
            _apply_to_cases(context, batch, waiting, forecaster)
            on_applied(len(waiting))
    with context.write() as session:
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(applied_at=context.now()))
    return tuple(unfiled)


def _list_cases(context: Context, batch_id: int) -> None:
    """Add the new cases of a batch to the index that `next` uses, a few thousand in each transaction."""
    chunk = (
        select(CASE.c.id)
        .where(CASE.c.batch_id == batch_id, CASE.c.is_listed.is_(False))
        .order_by(CASE.c.id)
        .limit(_LISTED_TOGETHER)
    )
    while True:
        # If a power failure undoes a bulk write, the next start repeats it, because the batch is not applied yet.
        with context.write(is_bulk=True) as session:
            if not row_count(session.execute(update(CASE).where(CASE.c.id.in_(chunk)).values(is_listed=True))):
                return


def _apply_to_cases(context: Context, batch: Any, waiting: Sequence[Any], forecaster: ArrivalForecasts) -> None:
    """Update the cases of some submissions; findings and forecasts are computed before the write lock is taken.

    The cases that nobody works on are updated together, the others one by one. The submission of a case that changed
    meanwhile keeps waiting.
    """
    with context.read() as session:
        evidence = _evidence(session, context, batch, waiting)
        by_sets = [new for new in evidence if evidence_by_sets.is_applied_by_sets(new.case, new.kind)]
        changes = evidence_by_sets.changes_of(session, context, by_sets)
        calendar = evidence_by_sets.calendar_state(session)
    forecasts = _forecasts(context, changes, forecaster)
    if changes:
        with context.write() as session:
            # Raises Busy if the batch was undone meanwhile.
            published_batch(session, batch.id)
            if evidence_by_sets.calendar_state(session) == calendar:
                evidence_by_sets.apply_by_sets(session, context, changes, forecasts)
    others = (new for new in evidence if not evidence_by_sets.is_applied_by_sets(new.case, new.kind))
    for portion in chunks(others, _ACTED_TOGETHER):
        with context.write() as session:
            published_batch(session, batch.id)
            for new in portion:
                _apply_to_one(session, context, new)


def _evidence(session: Session, context: Context, batch: Any, waiting: Sequence[Any]) -> list[NewEvidence]:
    """Return the new evidence of the cases of some submissions, assessed on this day."""
    cases = {case.id: case for case in rows_of(session, evidence_by_sets.CASES, [one.case_id for one in waiting])}
    columns, snapshot = (APPLICATION.c.agent, APPLICATION.c.application_no), Snapshot(seq=batch.published_seq)
    rows = newest_visible_rows(session, columns, set(map(key_of, cases.values())), application_key, snapshot)
    applications = {application_key(row): row for row in rows}
    found = EvidenceReader(session, context.store, snapshot, context.today(session)).of_rows(rows)
    evidence = {case_id: found[key_of(case)] for case_id, case in cases.items()}
    assessments = assess_cases(session, context, cases.values(), evidence)
    bodies = [json.loads(submission.body) for submission in waiting]
    return [
        NewEvidence(
            submission_id=submission.id,
            case=cases[submission.case_id],
            application=applications[key_of(cases[submission.case_id])],
            kind=ImportKind(body.get("kind", batch.kind)),
            application_at=from_us(body["application_us"]) if "application_us" in body else None,
            batch_id=batch.id,
            seq=batch.published_seq,
            received_at=submission.received_at,
            evidence=evidence[submission.case_id],
            assessment=assessments[submission.case_id],
        )
        for submission, body in zip(waiting, bodies, strict=True)
    ]


def _apply_to_one(session: Session, context: Context, new: NewEvidence) -> None:
    """Apply evidence to a case that somebody works on, unless another process did so.

    If nobody works on it now, or it changed to another policy since the rules were applied, its submission keeps
    waiting.
    """
    case = session.get_one(CaseRow, new.case.id)
    marking = update(SUBMISSION).where(SUBMISSION.c.id == new.submission_id, SUBMISSION.c.applied_at.is_(None))
    if evidence_by_sets.is_applied_by_sets(case, new.kind) or case.policy_version_id != new.case.policy_version_id:
        return
    if not row_count(session.execute(marking.values(applied_at=context.now()))):
        return
    apply_evidence(session, context, case, new)
    session.execute(update(SUBMISSION).where(SUBMISSION.c.id == new.submission_id).values(round=case.round))


def _forecasts(
    context: Context, changes: Iterable[evidence_by_sets.CaseChange], forecaster: ArrivalForecasts
) -> dict[int, CaseForecast]:
    """Return, by case, the forecasts that the receipts of cases that become complete will state."""
    if not (completed := [change for change in changes if change.completes]):
        return {}
    with context.read() as session:
        queue = PresentQueue(session, context, context.calendar(session), all_suspensions(session), context.now())
        new_cases = [_new_case(queue, change) for change in completed]
    forecasts = zip(completed, forecaster.of(new_cases), strict=True)
    return {change.case.id: forecast for change, forecast in forecasts if forecast is not None}


def _new_case(queue: PresentQueue, change: evidence_by_sets.CaseChange) -> NewCase:
    """Return a case as it will enter the queue."""
    case, application, findings = change.case, change.new.evidence.application, change.new.assessment.findings
    policy = queue.context.policy(queue.session, case.policy_version_id)
    return NewCase(
        applicant_kind=application.applicant_kind,
        findings=worst_severity(findings),
        findings_if_answered=worst_severity_if_answered(findings, policy),
        service_class=ServiceClass(case.service_class),
        priority_rank=case.priority_rank,
        due_at=case.due_at,
        gets_forecast=shows_forecast(policy, case.due_at, case.suspended_from, queue.now),
        stopped_until=queue.stopped_until(application.province, application.agent),
        overtaken_count=queue.overtaken_count(case.id, case.due_at, case.priority_rank),
    )
