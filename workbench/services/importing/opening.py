"""Opens a case for each new application of a batch that is being written, findings and due date included."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.dialects.sqlite_bulk import insert_rows
from db.enums import ApplicantKind, CaseState, ImportKind, Trigger
from db.queries.chunks import chunks
from db.queries.numbers import take_case_numbers
from db.queries.published import CASE, NOTICE, ImportedRow, Snapshot, current_case_id, newest_of_many
from db.queries.search_index import index_cases, terms_of
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import FINDING, Assessment, assess_all, finding_columns
from workbench.services.case.evidence_reader import EvidenceReader, application_key
from workbench.services.clock.case_clocks import due_columns, first_clock_state
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts, NewCase
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import pause
from workbench.services.importing.columns import TABLES, Columns
from workbench.services.importing.plan import Key
from workbench.services.notices.bulk_letters import UnnumberedNotice
from workbench.services.notices.receipts import receipt_of, shows_forecast

_READ_TOGETHER = 2_000
_WRITTEN_TOGETHER = 500
"""With their findings and receipts, so many cases stay below 5,000 rows."""

_APPLICATION = TABLES[ImportKind.APPLICATIONS]

Judged = tuple[ImportedRow, Columns, Assessment]
"""An application, the columns of its new case, and what the rules make of it."""

Opened = tuple[Columns, list[dict[str, Any]], UnnumberedNotice | None]
"""A new case's columns, the rows of its findings, and what its applicant is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What new cases are judged by."""

    policy: Policy
    policy_id: int
    calendar: WorkingCalendar
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a portion of new cases has in common; `stops` are the suspensions entered by then."""

    rules: Rules
    stops: tuple[Suspension, ...]
    opened_at: datetime
    batch_id: int
    seq: int

    @property
    def same_columns(self) -> Columns:
        """The columns that all new cases of an import have in common."""
        return {
            "batch_id": self.batch_id,
            "trigger": Trigger.FIRST_USE.value,
            "round": 1,
            "opened_at": self.opened_at,
            "is_class_set": False,
            "is_priority_set": False,
            "policy_version_id": self.rules.policy_id,
            "fence": 0,
            "version": 0,
            "evidence_no": 0,
            "evidence_seq": self.seq,
            "is_listed": False,
            "reopen_for": "",
        }


def open_cases(context: Context, batch_id: int, seq: int, reopened: set[Key]) -> int:
    """Open the cases of a batch that will be published as `seq`, and return how many.

    Each new application gets one, and each application in `reopened` another.
    """
    opened = 0
    sight = Snapshot(own_batch=batch_id)
    expecting = ArrivalForecasts(context)
    for applications in _wanted(context, batch_id, reopened):
        opened += len(applications)
        waiting = applications
        while waiting:
            with context.read() as session:
                rules = _rules(session, context)
                evidence = EvidenceReader(session, context.store, sight, rules.today).of_rows(waiting)
                opening = Opening(
                    rules=rules, stops=all_suspensions(session), opened_at=context.now(), batch_id=batch_id, seq=seq
                )
            of_rows = [evidence[application_key(row)] for row in waiting]
            assessments = assess_all(of_rows, rules.policy, rules.today)
            judged = [_judged(*each, opening) for each in zip(waiting, of_rows, assessments, strict=True)]
            for some in chunks(judged, _WRITTEN_TOGETHER):
                if not _write(context, list(_opened(some, opening, expecting)), opening):
                    break
                waiting = waiting[len(some) :]
    return opened


def _rules(session: Session, context: Context) -> Rules:
    """Return what new cases are judged by now."""
    policy_id = context.policy_id(session)
    return Rules(
        policy=context.policy(session, policy_id),
        policy_id=policy_id,
        calendar=context.calendar(session, policy_id),
        today=context.today(session),
    )


def _wanted(context: Context, batch_id: int, reopened: set[Key]) -> Iterator[Sequence[ImportedRow]]:
    """Yield the applications that get a case, a portion at a time."""
    last = 0
    own = _APPLICATION.c.batch_id == batch_id, current_case_id(_APPLICATION).is_(None)
    while True:
        statement = select(_APPLICATION).where(*own, _APPLICATION.c.id > last).order_by(_APPLICATION.c.id)
        with context.read() as session:
            rows = [row._asdict() for row in session.execute(statement.limit(_READ_TOGETHER))]
        if not rows:
            break
        last = rows[-1]["id"]
        yield rows
    keys = iter(sorted(reopened))
    columns = (_APPLICATION.c.agent, _APPLICATION.c.application_no)
    while portion := list(islice(keys, _READ_TOGETHER)):
        with context.read() as session:
            sight = Snapshot(own_batch=batch_id)
            found = newest_of_many(session, columns, portion, application_key, sight)
        yield found


def _judged(row: ImportedRow, evidence: Evidence, assessment: Assessment, opening: Opening) -> Judged:
    rules = opening.rules
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
    }
    if assessment.is_complete:
        complete_at, standing = first_clock_state(
            evidence, assessment.service_class, rules.policy, opening.stops, rules.calendar
        )
        columns |= {
            "state": CaseState.QUEUED.value,
            "complete_at": complete_at,
            **due_columns(standing),
        }
    return row, columns, assessment


def _opened(judged: Sequence[Judged], opening: Opening, expecting: ArrivalForecasts) -> Iterator[Opened]:
    """Yield new cases with what their applicants are sent; what is expected is worked out of all together."""
    policy, now = opening.rules.policy, opening.opened_at
    queued = [each for each in judged if each[2].is_complete]
    forecasts = iter(expecting.of([_comer(*each, opening) for each in queued]))
    for row, columns, assessment in judged:
        forecast = next(forecasts) if assessment.is_complete else None
        receipt = receipt_of(columns, row, forecast, assessment.findings, policy, now)
        yield columns, finding_columns(0, assessment.findings), receipt


def _comer(row: ImportedRow, columns: Columns, assessment: Assessment, opening: Opening) -> NewCase:
    policy, now = opening.rules.policy, opening.opened_at
    return NewCase(
        applicant_kind=ApplicantKind(row["applicant_kind"]),
        worst_severity=assessment.worst_severity,
        service_class=assessment.service_class,
        priority_rank=columns["priority_rank"],
        due_at=columns["due_at"],
        gets_forecast=shows_forecast(policy, columns["due_at"], columns["suspended_from"], now),
        stopped_until=stopped_until(opening.stops, row["province"], row["agent"], now),
    )


def _write(context: Context, opened: Iterable[Opened], opening: Opening) -> bool:
    """Write new cases with their findings, receipts and search terms in one transaction.

    If another policy is in force or a suspension was entered since they were judged, write nothing and return False:
    a change of the open cases also finds the cases that are written before it, but not those written after it.
    """
    cases: list[Columns] = []
    findings: list[dict[str, Any]] = []
    receipts: list[tuple[int, UnnumberedNotice]] = []
    for columns, rows, receipt in opened:
        if receipt is not None:
            receipts.append((len(cases), receipt))
        cases.append(columns)
        findings.extend({**row, "case_id": len(cases)} for row in rows)
    # Made before the lock is taken: pinyin takes its time.
    terms = [terms_of(case["applicant_name"], case["application_no"]) for case in cases]
    with context.write() as session:
        if (context.policy_id(session), all_suspensions(session)) != (opening.rules.policy_id, opening.stops):
            return False
        first = take_case_numbers(session, len(cases))
        for place, case in enumerate(cases):
            case["id"] = terms[place]["id"] = first + place
        for finding in findings:
            finding["case_id"] += first - 1
        insert_rows(session, CASE, cases, **opening.same_columns)
        index_cases(session, terms)
        insert_rows(session, FINDING, findings)
        insert_rows(session, NOTICE, [receipt.numbered(first + place) for place, receipt in receipts])
    pause()
    return True
