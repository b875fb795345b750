"""Computes the clocks of cases from the log, and stores each due date with its case so that lists can be sorted."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.columns import from_us
from db.enums import AppealStatus, CaseState, ServiceClass
from db.models import CaseRow, EventRow, SubmissionRow
from db.queries.published import table_of
from workbench.domain.case.running import clock_runs
from workbench.domain.clock import clock
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.explanation import ClockExplanation, explain_clock, explain_incomplete
from workbench.domain.clock.suspension import Suspension
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import completed_at
from workbench.services.case.decisions import due_if_answered, newest_appeal, open_rectification
from workbench.services.foundation.audit_log import KNOWN_EVENTS
from workbench.services.foundation.calendar_days import SUSPENSION, all_suspensions, suspensions_concerning
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row

EVENT = table_of(EventRow)
SUBMISSION = table_of(SubmissionRow)

POLICY_ACTION = "policy"
"""The action of the event that changes the policy of a case."""

_UNSETTLED = select(SUSPENSION.c.id).where(SUSPENSION.c.settled_at.is_(None)).order_by(SUSPENSION.c.id)
_STATES_WITH_OPEN_APPEAL = (CaseState.APPEALED, CaseState.AWAITING_CHECK)
_DUE_DATE_ACTIONS = (clock.EXTEND_ACTION, clock.CLASS_ACTION)
_EVENTS = (
    select(*(EVENT.c[name] for name in ("case_id", "batch_id", "at", "action", "state", "is_clock_running", "body")))
    .where(EVENT.c.case_id.in_(bindparam("cases", expanding=True)), EVENT.c.is_refused.is_(False))
    .where((EVENT.c.state != "") | EVENT.c.action.in_(_DUE_DATE_ACTIONS))
    .order_by(EVENT.c.seq)
)
_RECEIVING_ACTIONS = frozenset({"answer", "resubmit", "appeal"})


@dataclass(frozen=True)
class Clocks:
    """Computes the clocks of cases, also as they would be after a change.

    Attributes:
        session: The transaction that reads the log.
        context: The policies and calendars.
        loaded_events: The events of cases that were read together. The log of these cases must not grow while the
            clocks are used.
        calendar_of: Returns the calendar to use under a version of the policy; None for the stored ones.
        given_suspensions: The suspensions to use; None for the stored ones.
        given_policy: The policy to use for all cases; None for that of each case.
    """

    session: Session
    context: Context
    loaded_events: Mapping[int, Sequence[clock.ClockEvent]] = field(default_factory=dict)
    calendar_of: Callable[[int], WorkingCalendar] | None = None
    given_suspensions: tuple[Suspension, ...] | None = None
    given_policy: Policy | None = None

    def calendar(self, case: CaseRow, budget: clock.ClockBudget | None = None) -> WorkingCalendar:
        """Return the calendar under the policy version of a case; the budget of an appeal has its own version."""
        version = budget.policy_version if budget else None
        if self.calendar_of is not None:
            return self.calendar_of(version or case.policy_version_id)
        policy = self._policy(case) if version is None else self.context.policy(self.session, version)
        return self.context.calendar_under(self.session, policy)

    def _policy(self, case: CaseRow) -> Policy:
        return self.given_policy or self.context.policy(self.session, case.policy_version_id)

    @cached_property
    def suspensions(self) -> tuple[Suspension, ...]:
        """The given suspensions, else all stored ones."""
        return all_suspensions(self.session) if self.given_suspensions is None else self.given_suspensions

    def suspensions_of(self, case: CaseRow) -> tuple[Suspension, ...]:
        """Return the suspensions that stop the clock of a case."""
        return suspensions_concerning(self.session, case, self.given_suspensions)

    def budget(self, case: CaseRow) -> clock.ClockBudget | None:
        """Return the promised working time of a case, None before the case is complete."""
        if case.complete_at is None:
            return None
        days = self._policy(case).classes.days[ServiceClass(case.service_class)]
        case_id = case.id or 0
        loaded = self.loaded_events if case_id in self.loaded_events else clock_events(self.session, [case_id])
        events = loaded[case_id]
        version = clock.version_at_filing(events, case.policy_version_id)
        appeal_policy = self.context.policy(self.session, version).appeal
        appeal = clock.AppealDays(answer=appeal_policy.answer_days, cap=appeal_policy.cap_days, policy_version=version)
        return clock.budget_of(events, case.complete_at, days, appeal)

    def state(self, case: CaseRow) -> clock.ClockState | None:
        """Return the state of the clock of a case, None before the case is complete."""
        budget = self.budget(case)
        if budget is None:
            return None
        return clock.clock_state(budget, self.suspensions_of(case), self.calendar(case, budget))

    def explain(self, case: CaseRow) -> ClockExplanation:
        """Return the explanation of the due date of a case, as of now."""
        budget = self.budget(case)
        if budget is None:
            policy = self.context.policy(self.session, case.policy_version_id)
            return explain_incomplete(case.received_at, policy.classes.days[ServiceClass(case.service_class)])
        return explain_clock(
            budget,
            self.suspensions_of(case),
            self.calendar(case, budget),
            self.context.now(),
            handed_in_at=case.received_at,
            runs=clock_runs(CaseState(case.state), case.waits_for),
        )

    def update_due_date(self, case: CaseRow) -> bool:
        """Store the computed state of a clock with its case and its open appeal, and return whether it changed.

        A caller that changes anything that the due date depends on must call this in the same transaction, after
        writing the event. The only other writer of due dates is `write_due_changes`.
        """
        state = self.state(case)
        if state is None or state == stored_clock_state(case):
            return False
        for name, value in asdict(state).items():
            setattr(case, name, value)
        if case.state in _STATES_WITH_OPEN_APPEAL:
            appeal = newest_appeal(self.session, case.id or 0, AppealStatus.OPEN, AppealStatus.STAGED)
            if appeal is not None:
                appeal.due_at = state.due_at
        return True


class ClockExplainer(Service):
    """Explains the due dates of cases."""

    def explain(self, case_id: int) -> ClockExplanation:
        """Return the explanation of the due date of a case, with the deadline of its open rectification.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            case = visible_case(session, case_id)
            answered_at = due_if_answered(session, self.context, case)
            explanation = replace(Clocks(session, self.context).explain(case), due_if_answered_at=answered_at)
            if case.state != CaseState.RECTIFYING:
                return explanation
            rectification = open_rectification(session, case)
            return replace(explanation, rectify_by=rectification.deadline_at if rectification else None)


def stored_clock_state(case: CaseRow) -> clock.ClockState | None:
    """Return the state of the clock that is stored with a case, None before it has one."""
    return None if case.due_at is None else from_row(clock.ClockState, case)


def update_due_date(session: Session, context: Context, case: CaseRow) -> bool:
    """Store the computed due date of a case, and return whether it changed; see `Clocks.update_due_date`."""
    return Clocks(session, context).update_due_date(case)


def unsettled_suspension_ids(session: Session) -> Sequence[int]:
    """Return the ids of the suspensions whose last change may not have moved all due dates yet."""
    return session.connection().execute(_UNSETTLED).scalars().all()


def first_clock_state(
    evidence: Evidence,
    service_class: ServiceClass,
    policy: Policy,
    suspensions: Iterable[Suspension],
    calendar: WorkingCalendar,
) -> tuple[datetime, clock.ClockState]:
    """Return when a case that is about to be queued became complete, and the state of its clock."""
    complete_at = completed_at(evidence, policy)
    application = evidence.application
    suspensions_of_case = [one for one in suspensions if one.concerns(application.province, application.agent)]
    budget = clock.ClockBudget(start=complete_at, days=policy.classes.days[service_class])
    return complete_at, clock.clock_state(budget, suspensions_of_case, calendar)


def keep_clock_events(session: Session, case_id: int) -> None:
    """Read the events of a case for `clock_events`; who holds the write lock knows all that are written after them."""
    rows = list(session.connection().execute(_EVENTS, {"cases": [case_id]}))
    session.info.setdefault(KNOWN_EVENTS, {})[case_id] = rows


def clock_events(session: Session, case_ids: Sequence[int]) -> dict[int, list[clock.ClockEvent]]:
    """Return the events in the log that affect the clocks of some cases, in the order of the log."""
    known = session.info.get(KNOWN_EVENTS, {})
    if known.keys() >= set(case_ids):
        found = (row for case_id in case_ids for row in known[case_id])
        rows = [row for row in found if row.state or row.action in _DUE_DATE_ACTIONS]
    else:
        rows = list(session.connection().execute(_EVENTS, {"cases": case_ids}))
    events_by_case: dict[int, list[clock.ClockEvent]] = {case_id: [] for case_id in case_ids}
    received_at = _received_at_by_import(session, rows)
    for row in rows:
        events_by_case[row.case_id].append(_event(row, received_at))
    return events_by_case


def _received_at_by_import(session: Session, rows: Iterable[Any]) -> Mapping[tuple[int, int], datetime]:
    """Return when imported evidence was received, by case and batch, for the events that do not store this time."""
    # The body is JSON text here.
    undated = [
        row for row in rows if row.batch_id and row.action in _RECEIVING_ACTIONS and "counted_at" not in row.body
    ]
    if not undated:
        return {}
    of_cases = SUBMISSION.c.case_id.in_({row.case_id for row in undated})
    of_batches = SUBMISSION.c.batch_id.in_({row.batch_id for row in undated})
    columns = (SUBMISSION.c.case_id, SUBMISSION.c.batch_id, SUBMISSION.c.received_at)
    found = session.execute(select(*columns).where(of_cases, of_batches))
    return {(row.case_id, row.batch_id): row.received_at for row in found}


def _event(row: Any, received_at: Mapping[tuple[int, int], datetime]) -> clock.ClockEvent:
    body: Mapping[str, Any] = json.loads(row.body)
    at: datetime = row.at
    if row.action in _RECEIVING_ACTIONS:
        at = from_us(body["counted_at"]) if "counted_at" in body else received_at.get((row.case_id, row.batch_id), at)
    is_extension, is_class_change = row.action == clock.EXTEND_ACTION, row.action == clock.CLASS_ACTION
    return clock.ClockEvent(
        at=at,
        action=row.action,
        state=CaseState(row.state) if row.state else None,
        runs=bool(row.is_clock_running),
        extended_s=float(body.get("by_s", 0)) if is_extension else 0.0,
        until_on=date.fromisoformat(body["until"]) if is_extension and body.get("until") else None,
        class_from=str(body.get("from", "")) if is_class_change else "",
        class_to=str(body.get("to", "")) if is_class_change else "",
        policy_from=int(body["from"]) if row.action == POLICY_ACTION else None,
    )
