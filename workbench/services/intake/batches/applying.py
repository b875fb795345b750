"""Updates existing cases with a published batch, a few in each transaction; any start continues an interrupted run."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from db.columns import from_us
from db.enums import CaseState, ImportKind, ServiceClass
from db.models import CaseRow
from db.queries.published import BATCH, CASE, Snapshot
from workbench.domain.findings.evaluate import worst_severity, worst_severity_if_answered
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.assessment import assess, assessed_columns
from workbench.services.case.evidence_reader import EvidenceReader
from workbench.services.clock.case_clocks import first_clock_state
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts
from workbench.services.forecast.incomplete_cases import NewCase, PresentQueue
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import SUBMISSION, UnfiledAppeal, file_appeals, first_filings
from workbench.services.intake.batches.publishing import PUBLISHED, publisher_context
from workbench.services.notices.due_date_notices import shows_forecast
from workbench.services.review.new_evidence import NewEvidence, apply_evidence

_LISTED_TOGETHER = 5_000
_APPLIED_TOGETHER = 20
"""The most cases in one transaction: few, so that other writers wait briefly, but several for each sync of the disk."""


def apply_pending(context: Context) -> None:
    """Apply every published batch that is not applied to all of its cases yet, oldest first."""
    with context.read() as session:
        unfinished = select(BATCH.c.id).where(BATCH.c.published_at.is_not(None), BATCH.c.applied_at.is_(None))
        batches = [row.id for row in session.execute(unfinished.order_by(BATCH.c.published_seq))]
    for batch_id in batches:
        apply_batch(context, batch_id)


def apply_batch(context: Context, batch_id: int) -> tuple[UnfiledAppeal, ...]:
    """Add the new cases of a batch to the queue, update existing cases, and return the appeals that were not filed.

    The events name the person who imported the batch, even if the process of another person applies it.
    """
    context, unfiled = publisher_context(context, batch_id, PUBLISHED), list[UnfiledAppeal]()
    _list_cases(context, batch_id)
    with context.read() as session:
        batch = session.execute(select(BATCH).where(BATCH.c.id == batch_id)).one()
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
        if filings := first_filings(waiting):
            unfiled += file_appeals(context, filings)
        else:
            _apply(context, batch, waiting, forecaster)
    with context.write() as session:
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(applied_at=context.now()))
    return tuple(unfiled)


def _list_cases(context: Context, batch_id: int) -> None:
    """Add new cases to the index that `next` uses, some in each transaction."""
    chunk = (
        select(CASE.c.id)
        .where(CASE.c.batch_id == batch_id, CASE.c.is_listed.is_(False))
        .order_by(CASE.c.id)
        .limit(_LISTED_TOGETHER)
    )
    while True:
        # If a power failure undoes a bulk write, the next start repeats it, because the batch is not applied yet.
        with context.write(is_bulk=True) as session:
            listed = session.execute(update(CASE).where(CASE.c.id.in_(chunk)).values(is_listed=True))
            if not listed.rowcount:  # type: ignore[attr-defined]  # an update's result has one
                return


def _apply(context: Context, batch: Any, waiting: Sequence[Any], forecaster: ArrivalForecasts) -> None:
    """Update some cases with a batch; findings and forecasts are computed before the write lock is taken."""
    case_ids = [submission.case_id for submission in waiting]
    with context.read() as session:
        found = session.execute(select(CaseRow).where(CASE.c.id.in_(case_ids))).scalars()
        cases = {case.id or 0: case for case in found}
        policies = {case_id: context.policy(session, case.policy_version_id) for case_id, case in cases.items()}
        today = context.today(session)
        reader = EvidenceReader(session, context.store, Snapshot(seq=batch.published_seq), today)
        evidence = reader.of_keys({_key(case) for case in cases.values()})
    bodies = [json.loads(submission.body) for submission in waiting]
    arrivals = [
        NewEvidence(
            kind=ImportKind(body.get("kind", batch.kind)),
            application_at=from_us(body["application_us"]) if "application_us" in body else None,
            batch_id=batch.id,
            seq=batch.published_seq,
            received_at=submission.received_at,
            evidence=evidence[_key(cases[submission.case_id])],
            assessment=assess(evidence[_key(cases[submission.case_id])], policies[submission.case_id], today),
        )
        for submission, body in zip(waiting, bodies, strict=True)
    ]
    updates = [(cases[submission.case_id], arrival) for submission, arrival in zip(waiting, arrivals, strict=True)]
    forecasts = _forecasts_of_completed(context, updates, forecaster)
    with context.write() as session:
        for submission, arrival in zip(waiting, arrivals, strict=True):
            taken = session.execute(
                update(SUBMISSION)
                .where(SUBMISSION.c.id == submission.id, SUBMISSION.c.applied_at.is_(None))
                .values(applied_at=context.now())
            )
            # Another process may have applied the submission already.
            if taken.rowcount:  # type: ignore[attr-defined]  # an update's result has one
                case = session.get_one(CaseRow, submission.case_id)
                assessment, policy = arrival.assessment, context.policy(session, case.policy_version_id)
                if policy is not policies[submission.case_id]:
                    # The case changed to another policy since the rules were applied.
                    assessment = assess(arrival.evidence, policy, today)
                forecast = forecasts.get(submission.case_id)
                apply_evidence(session, context, case, replace(arrival, assessment=assessment, forecast=forecast))
                session.execute(update(SUBMISSION).where(SUBMISSION.c.id == submission.id).values(round=case.round))


def _forecasts_of_completed(
    context: Context, updates: Iterable[tuple[CaseRow, NewEvidence]], forecaster: ArrivalForecasts
) -> dict[int, CaseForecast]:
    """Return, by case, the forecasts that the receipts of cases that become complete will state."""
    completed: dict[int, tuple[CaseRow, NewEvidence]] = {}
    for case, arrival in updates:
        if case.state == CaseState.INCOMPLETE and arrival.assessment.is_complete:
            completed.setdefault(case.id or 0, (case, arrival))
    if not completed:
        return {}
    with context.read() as session:
        queue = PresentQueue(session, context, context.calendar(session), all_suspensions(session), context.now())
        new_cases = [_new_case(queue, case, arrival) for case, arrival in completed.values()]
    found = zip(completed, forecaster.of(new_cases), strict=True)
    return {case_id: forecast for case_id, forecast in found if forecast is not None}


def _new_case(queue: PresentQueue, case: CaseRow, arrival: NewEvidence) -> NewCase:
    """Return a case as it will enter the queue."""
    session, context = queue.session, queue.context
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    columns = assessed_columns(case, arrival.assessment)
    service_class = ServiceClass(columns.get("service_class", case.service_class))
    _complete_at, clock = first_clock_state(arrival.evidence, service_class, policy, queue.suspensions, calendar)
    application, now = arrival.evidence.application, queue.now
    rank = columns.get("priority_rank", case.priority_rank)
    return NewCase(
        applicant_kind=application.applicant_kind,
        findings=worst_severity(arrival.assessment.findings),
        findings_if_answered=worst_severity_if_answered(arrival.assessment.findings, policy),
        service_class=service_class,
        priority_rank=rank,
        due_at=clock.due_at,
        gets_forecast=shows_forecast(policy, clock.due_at, clock.suspended_from, now),
        stopped_until=queue.stopped_until(application.province, application.agent),
        overtaken_count=queue.overtaken_count(case.id or 0, clock.due_at, rank),
    )


def _key(case: CaseRow) -> tuple[str, str]:
    return case.agent, case.application_no
