"""Opens a case for each new application of a batch that is being written.

A helper process can prepare the rows of cases, findings and search terms, so that the main process only inserts them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.dialect import BulkRows, bulk_rows, insert_bulk, insert_rows, is_in_list
from db.enums import ApplicantKind, CaseState, ImportKind, Trigger
from db.queries.numbers import take_case_numbers
from db.queries.published import CASE, NOTICE, ImportedRow, Snapshot, dicts_of
from db.queries.search_index import index_rows
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.evaluate import worst_severity, worst_severity_if_answered
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import Assessment, assess_all, finding_rows
from workbench.services.case.evidence_reader import EvidenceReader, application_key
from workbench.services.clock.case_clocks import first_clock_state
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts
from workbench.services.forecast.incomplete_cases import NewCase
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.foundation.workers import HelperProcess, distribute
from workbench.services.intake.importing.classifying.columns import TABLES, Columns
from workbench.services.notices.bulk_letters import NOT_SENT, UnnumberedNotice
from workbench.services.notices.due_date_notices import RECEIPT, Outlook, notice_about, shows_forecast

MOST_ROWS = 5_000
"""The most rows that one transaction writes."""

_APPLICATION = TABLES[ImportKind.APPLICATIONS]
_BY_ID = select(_APPLICATION).where(is_in_list((_APPLICATION.c.id,))).order_by(_APPLICATION.c.id)
_OF_RECEIPT = ("language", "applicant_kind", "applicant_name")


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that is being written, for one process."""

    context: Context
    batch_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentBasis:
    """The policy, the suspensions and the day with which cases are assessed; if they change, it must be repeated."""

    policy_id: int
    suspensions: tuple[Suspension, ...]
    today: date

    @classmethod
    def now(cls, session: Session, context: Context) -> "AssessmentBasis":
        """Return the present basis."""
        suspensions = all_suspensions(session)
        return cls(policy_id=context.policy_id(session), suspensions=suspensions, today=context.today(session))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCase:
    """A complete new case, with the facts for its receipt."""

    index: int
    """Its index among the new cases of `NewCases`."""
    columns: Columns
    applicant: Columns
    findings: tuple[Finding, ...]
    arrival: NewCase


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCases:
    """The rows of some new cases, few enough for one transaction; indexes from 0 stand for the ids of the cases."""

    basis: AssessmentBasis
    application_ids: Sequence[int]
    cases: BulkRows
    findings: BulkRows
    terms: BulkRows
    queued: Sequence[QueuedCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The basis of assessments, with its policy and calendar read."""

    basis: AssessmentBasis
    policy: Policy
    calendar: WorkingCalendar


_AssessedApplication = tuple[ImportedRow, Evidence, Assessment]


def new_cases(batch: NewBatch, application_ids: Sequence[int]) -> list[NewCases]:
    """Assess some applications of a batch, and return the rows of their new cases, in the order of their ids."""
    context = batch.context
    with context.read() as session:
        rules = _rules(session, context)
        rows = dicts_of(session, _BY_ID, application_ids)
        snapshot = Snapshot(own_batch=batch.batch_id)
        found = EvidenceReader(session, context.store, snapshot, rules.basis.today).of_rows(rows)
    evidence = [found[application_key(row)] for row in rows]
    assessed = list(zip(rows, evidence, assess_all(evidence, rules.policy, rules.basis.today), strict=True))
    return [_rows_of_cases(chunk, rules, context) for chunk in _in_transactions(assessed)]


def _rules(session: Session, context: Context) -> _Rules:
    basis = AssessmentBasis.now(session, context)
    return _Rules(
        basis=basis,
        policy=context.policy(session, basis.policy_id),
        calendar=context.calendar(session, basis.policy_id),
    )


def _in_transactions(assessed: Sequence[_AssessedApplication]) -> Iterator[Sequence[_AssessedApplication]]:
    """Yield the cases that each transaction writes, with at most MOST_ROWS rows."""
    ends, rows = [0], 0
    for index, (_row, _evidence, assessment) in enumerate(assessed):
        # The case, its search terms, its receipt, and its findings.
        rows_of_case = 2 + assessment.is_complete + len(assessment.findings)
        if rows + rows_of_case > MOST_ROWS:
            ends.append(index)
            rows = 0
        rows += rows_of_case
    for start, end in pairwise([*ends, len(assessed)]):
        yield assessed[start:end]


def _rows_of_cases(assessed: Sequence[_AssessedApplication], rules: _Rules, context: Context) -> NewCases:
    cases: list[Columns] = []
    queued: list[QueuedCase] = []
    for index, (row, evidence, assessment) in enumerate(assessed):
        columns = _columns(row, evidence, assessment, rules)
        cases.append({"id": index, **columns})
        if assessment.is_complete:
            queued.append(
                QueuedCase(
                    index=index,
                    columns=columns,
                    applicant={name: row[name] for name in _OF_RECEIPT},
                    findings=assessment.findings,
                    arrival=_arrival(row, columns, assessment, rules, context),
                )
            )
    return NewCases(
        basis=rules.basis,
        application_ids=[row["id"] for row, _evidence, _assessment in assessed],
        cases=bulk_rows(CASE.name, cases),
        findings=finding_rows({index: assessment.findings for index, (*_read, assessment) in enumerate(assessed)}),
        terms=index_rows([(index, case["applicant_name"], case["application_no"]) for index, case in enumerate(cases)]),
        queued=queued,
    )


def _columns(row: ImportedRow, evidence: Evidence, assessment: Assessment, rules: _Rules) -> Columns:
    columns: Columns = {
        "agent": row["agent"],
        "application_no": row["application_no"],
        "application_id": row["id"],
        "applicant_name": row["applicant_name"],
        "state": CaseState.INCOMPLETE.value,
        **assessment.columns(),
        **assessment.class_columns(),
        "received_at": row["received_at"],
        "complete_at": None,
        "due_at": None,
        "is_due_provisional": False,
        "suspended_from": None,
        "waits_for": "",
        # `next` may see a queued case only once its batch is published; it takes no other new case.
        "is_listed": not assessment.is_complete,
        "policy_version_id": rules.basis.policy_id,
        "arrived_without": "" if assessment.is_complete else " ".join(missing_documents(evidence, rules.policy)),
    }
    if assessment.is_complete:
        complete_at, clock = first_clock_state(
            evidence, assessment.service_class, rules.policy, rules.basis.suspensions, rules.calendar
        )
        columns |= {"state": CaseState.QUEUED.value, "complete_at": complete_at, **asdict(clock)}
    return columns


def _arrival(row: ImportedRow, columns: Columns, assessment: Assessment, rules: _Rules, context: Context) -> NewCase:
    policy, now = rules.policy, context.now()
    return NewCase(
        applicant_kind=ApplicantKind(row["applicant_kind"]),
        findings=worst_severity(assessment.findings),
        findings_if_answered=worst_severity_if_answered(assessment.findings, policy),
        service_class=assessment.service_class,
        priority_rank=columns["priority_rank"],
        due_at=columns["due_at"],
        gets_forecast=shows_forecast(policy, columns["due_at"], columns["suspended_from"], now),
        stopped_until=stopped_until(rules.basis.suspensions, row["province"], row["agent"], now),
    )


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
    """Opens the cases of a batch that will be published as `seq`; a helper process may assess a part of them."""

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
    """Write new cases; as long as the basis of their assessments has changed meanwhile, assess them again."""
    context = batch.context
    with context.read() as session:
        is_current = AssessmentBasis.now(session, context) == cases.basis
        policy = context.policy(session, cases.basis.policy_id)
    # A forecast adds the case to the queue that later forecasts count, so cases with an old basis get none.
    if not is_current or not _write(batch, seq, cases, _receipts(cases, policy, context.now(), forecaster)):
        for cases_again in new_cases(batch, cases.application_ids):
            _open_cases(batch, seq, cases_again, forecaster)


def _receipts(
    cases: NewCases, policy: Policy, now: datetime, forecaster: ArrivalForecasts
) -> list[tuple[int, UnnumberedNotice]]:
    """Return the receipts for the applicants of the queued cases, each with the index of its case."""
    forecasts = forecaster.of([queued.arrival for queued in cases.queued])
    found = (
        (one.index, notice_about(one.columns, one.applicant, RECEIPT, policy, now, Outlook(forecast, one.findings)))
        for one, forecast in zip(cases.queued, forecasts, strict=True)
    )
    return [(index, receipt) for index, receipt in found if receipt is not None]


def _write(batch: NewBatch, seq: int, cases: NewCases, receipts: Sequence[tuple[int, UnnumberedNotice]]) -> bool:
    """Write new cases with their findings, receipts and search terms in one transaction.

    If the basis has changed, write nothing and return False. A change of policy or suspensions updates the cases that
    are written before it, but not those that are written after it.
    """
    context = batch.context
    with context.write(is_bulk=True) as session:
        if AssessmentBasis.now(session, context) != cases.basis:
            return False
        first = take_case_numbers(session, len(cases.application_ids))
        of_batch: dict[str, Any] = {"batch_id": batch.batch_id, "evidence_seq": seq, "opened_at": context.now()}
        insert_bulk(session, cases.cases, shifts={"id": first}, **_SAME_COLUMNS, **of_batch)
        insert_bulk(session, cases.terms, shifts={"rowid": first})
        insert_bulk(session, cases.findings, shifts={"case_id": first})
        insert_rows(session, NOTICE.name, [one.numbered(first + index) for index, one in receipts], **NOT_SENT)
    return True
