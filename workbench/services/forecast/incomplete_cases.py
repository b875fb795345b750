"""Prepares two kinds of cases for forecasts: imported cases that are about to be queued, and incomplete cases.

An incomplete case is treated as if its missing documents came now.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.columns import from_us, to_us
from db.enums import ApplicantKind, CaseState, Quality, ServiceClass, Severity
from db.queries import forecast_cases
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import ClockBudget, clock_state
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.evidence.evidence import DocumentFacts, Evidence
from workbench.domain.facts.documents import missing_documents
from workbench.domain.forecast.queue.position import HELD_POSITION, QueuePosition, QueueSnapshot, position_of
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import Assessment, assess, assessed_columns
from workbench.services.case.evidence_reader import evidence_of_cases
from workbench.services.foundation.context import Context

Assessments = dict[tuple[int | date, ...], Assessment]
"""The assessments of incomplete cases as if they were complete; a key has everything that an assessment depends on."""


@dataclass(frozen=True)
class PresentQueue:
    """The present queue, in which incomplete cases count as if their documents came now.

    `assessments` and `positions` are caches.
    """

    session: Session
    context: Context
    calendar: WorkingCalendar
    suspensions: Sequence[Suspension]
    now: datetime
    assessments: Assessments = field(default_factory=dict)
    positions: dict[tuple[datetime, int], Sequence[int]] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.context.policy(self.session)

    def completed(self, rows: Sequence[Any]) -> list[Any]:
        """Return the rows of open cases, after changing those of incomplete cases as if the missing documents came now.

        The findings of an incomplete case no longer name missing documents. Its class, priority and due date follow
        from the other findings, so the position will be the same when the documents come.
        """
        incomplete = [row for row in rows if row.state == CaseState.INCOMPLETE]
        unknown = [row for row in incomplete if self._key(row) not in self.assessments]
        evidence = evidence_of_cases(self.session, unknown, self.context.store, self._today)
        for row in unknown:
            policy = self.context.policy(self.session, row.policy_version_id)
            self.assessments[self._key(row)] = assess(
                _with_documents(evidence[row.id], policy, self.now), policy, self._today
            )
        return [self._completed(row) if row.state == CaseState.INCOMPLETE else row for row in rows]

    def _completed(self, row: Any) -> Any:
        assessment = self.assessments[self._key(row)]
        columns = {**row._asdict(), **assessed_columns(row, assessment)}
        days = self.context.policy(self.session, row.policy_version_id).classes.days
        budget = ClockBudget(start=self.now, days=days[ServiceClass(columns["service_class"])])
        suspensions_of_case = [one for one in self.suspensions if one.concerns(row.province, row.agent)]
        due_at = clock_state(budget, suspensions_of_case, self.calendar).due_at
        blocks = {finding.rule for finding in assessment.findings if finding.severity is Severity.BLOCK}
        return SimpleNamespace(**columns | {"due_at": to_us(due_at), "block_rules": tuple(sorted(blocks))})

    def _key(self, row: Any) -> tuple[int | date, ...]:
        return row.id, row.evidence_no, row.evidence_seq, row.policy_version_id, self._today

    @cached_property
    def _today(self) -> date:
        return self.calendar.local_day(self.now)

    def ahead(self, due_at: datetime, priority_rank: int) -> int:
        """Return how many cases are ahead of a case with a due date and priority that joins the queue last."""
        return self._queue.ahead(position_of(due_at, priority_rank, self.now, self.calendar.zone))

    def stopped_until(self, province: str, agent: str) -> datetime | None:
        """Return when suspended work on a case resumes, None if it is not suspended or its end is unknown."""
        return stopped_until(self._suspensions_with_end, province, agent, self.now)

    @cached_property
    def _suspensions_with_end(self) -> Sequence[Suspension]:
        return [one for one in self.suspensions if not one.span.is_open and one.span.end > self.now]

    @cached_property
    def _queue(self) -> QueueSnapshot:
        return read_queue(self.session, self.calendar.zone, self.now)

    def overtaken_count(self, case_id: int, due_at: datetime, priority_rank: int) -> int:
        """Return how many newer cases with the same due date and priority a case overtakes when it is queued.

        Cases at the same position are taken in the order of their ids.
        """
        key = due_at, priority_rank
        if key not in self.positions:
            self.positions[key] = forecast_cases.cases_at_position(
                self.session, to_us(self.now), to_us(due_at), priority_rank
            )
        return len(self.positions[key]) - bisect_left(self.positions[key], case_id)


def _with_documents(evidence: Evidence, policy: Policy, now: datetime) -> Evidence:
    """Return evidence with a good copy of each missing document, received now."""
    good = partial(DocumentFacts, sha256="", received_at=now, sealed=True, quality=Quality.OK)
    missing = (good(kind=kind) for kind in missing_documents(evidence, policy))
    return replace(evidence, documents=(*evidence.documents, *missing))


def read_queue(session: Session, zone: ZoneInfo, now: datetime) -> QueueSnapshot:
    """Return how many published cases are queued or in review now, by their positions in the order of `next`."""
    waiting: Counter[QueuePosition] = Counter()
    for row in forecast_cases.queue_counts(session, to_us(now)):
        position = HELD_POSITION if row.held else position_of(from_us(row.due_at or 0), row.priority_rank, now, zone)
        waiting[position] += row.waiting
    return QueueSnapshot(waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is about to be queued.

    Attributes:
        applicant_kind: The kind of its applicant.
        findings: The severity of its worst finding that blocks or warns, or "none".
        findings_if_answered: That severity without the findings that the applicant can answer.
        service_class: Its service class.
        priority_rank: Its priority, from 0 (low) to 3 (urgent).
        due_at: When it is due.
        gets_forecast: Whether the applicant gets the forecast.
        stopped_until: When suspended work on it resumes, None if its work is not suspended.
        overtaken_count: How many newer cases it overtakes, see `PresentQueue.overtaken_count`.
        ahead: How many cases are ahead of it.
    """

    applicant_kind: ApplicantKind
    findings: str
    findings_if_answered: str
    service_class: ServiceClass
    priority_rank: int
    due_at: datetime
    gets_forecast: bool
    stopped_until: datetime | None = None
    overtaken_count: int = 0
    ahead: int = 0

    @property
    def attributes(self) -> Mapping[str, str]:
        """The known attributes, under the names of `history_reader.attributes_of`."""
        return {
            "applicant_kind": self.applicant_kind.value,
            "findings": self.findings,
            "service_class": self.service_class.value,
        }
