"""Opens a case for each new application of a batch that is being written, findings and due date included."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from db.dialect import insert_bulk, insert_rows
from db.enums import Trigger
from db.queries.numbers import take_case_numbers
from db.queries.published import NOTICE
from workbench.domain.policy.policy import Policy
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts
from workbench.services.importing.new_cases import AssessmentBasis, NewBatch, NewCases, new_cases
from workbench.services.notices.bulk_letters import NOT_SENT, UnnumberedNotice
from workbench.services.notices.due_date_notices import receipt_of
from workbench.services.workers import HelperProcess, distribute

_SAME_COLUMNS = {
    "trigger": Trigger.FIRST_USE.value,
    "round": 1,
    "is_class_set": False,
    "is_priority_set": False,
    "fence": 0,
    "version": 0,
    "evidence_no": 0,
    "reopen_for": "",
}
"""The columns that all new cases have in common."""


class CaseOpening:
    """Opens the cases of a batch that will be published as `seq`; a helper process, if there is one, does a part."""

    def __init__(self, batch: NewBatch, seq: int, helper: HelperProcess | None) -> None:
        self._batch = batch
        self._seq = seq
        self._helper = helper
        self._forecaster = ArrivalForecasts(batch.context)

    def open(self, applications: Iterable[Sequence[int]]) -> None:
        """Open a case for each application; their ids come in portions."""
        for result in distribute(new_cases, self._batch, applications, self._helper):
            for cases in result:
                _open_cases(self._batch, self._seq, cases, self._forecaster)


def _open_cases(batch: NewBatch, seq: int, cases: NewCases, forecaster: ArrivalForecasts) -> None:
    """Write new cases; work them out again as long as they were judged by what is not in force any more."""
    context = batch.context
    with context.read() as session:
        is_current = AssessmentBasis.now(session, context) == cases.basis
        policy = context.policy(session, cases.basis.policy_id)
    # A case joins the queue that the forecasts count, so only cases that are likely to be written may.
    if not is_current or not _write(batch, seq, cases, _receipts(cases, policy, context.now(), forecaster)):
        for again in new_cases(batch, cases.application_ids):
            _open_cases(batch, seq, again, forecaster)


def _receipts(
    cases: NewCases, policy: Policy, now: datetime, forecaster: ArrivalForecasts
) -> list[tuple[int, UnnumberedNotice]]:
    """Return what the applicants of the cases that are queued are sent, by the places of the cases."""
    forecasts = forecaster.of([queued.arrival for queued in cases.queued])
    found = (
        (one.place, receipt_of(one.columns, one.applicant, forecast, one.findings, policy, now))
        for one, forecast in zip(cases.queued, forecasts, strict=True)
    )
    return [(place, receipt) for place, receipt in found if receipt is not None]


def _write(batch: NewBatch, seq: int, cases: NewCases, receipts: Sequence[tuple[int, UnnumberedNotice]]) -> bool:
    """Write new cases with their findings, receipts and search terms in one transaction.

    If another policy is in force, a suspension was entered or a day began since, write nothing and return False:
    a change of the open cases also finds the cases that are written before it, but not those written after it.
    """
    context = batch.context
    with context.write(is_bulk=True) as session:
        if AssessmentBasis.now(session, context) != cases.basis:
            return False
        first = take_case_numbers(session, len(cases.application_ids))
        same: dict[str, Any] = {"batch_id": batch.batch_id, "evidence_seq": seq, "opened_at": context.now()}
        insert_bulk(session, cases.cases, shifts={"id": first}, **_SAME_COLUMNS, **same)
        insert_bulk(session, cases.terms, shifts={"rowid": first})
        insert_bulk(session, cases.findings, shifts={"case_id": first})
        insert_rows(session, NOTICE.name, [one.numbered(first + place) for place, one in receipts], **NOT_SENT)
    return True
