"""The clocks of cases: read from the log, and kept with each case as the due date that lists are sorted by."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.columns import from_us
from db.enums import CaseState, ServiceClass
from db.models import CaseRow, EventRow, RectificationRow, SubmissionRow, SuspensionRow
from db.queries.published import table_of
from workbench.domain.case.running import clock_runs
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import CLASS_CHANGED, EXTENDED, Budget, ClockEvent, ClockState, budget_of, clock_state
from workbench.domain.clock.explanation import ClockExplanation, explain_clock, explain_incomplete
from workbench.domain.clock.spans import NEVER, Span
from workbench.domain.clock.suspension import Suspension
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import completed_at
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.wording.clock_explanation import ClockWords

EVENT = table_of(EventRow)
SUBMISSION = table_of(SubmissionRow)
SUSPENSION = table_of(SuspensionRow)

_RECTIFICATION = table_of(RectificationRow)
_ON_THE_DUE_DATE = (EXTENDED, CLASS_CHANGED)
_RECEIVED = frozenset({"answer", "resubmit"})


def suspensions(session: Session) -> tuple[Suspension, ...]:
    """Return every suspension that was ever entered, in order."""
    rows = session.execute(select(SUSPENSION).order_by(SUSPENSION.c.from_at, SUSPENSION.c.id))
    return tuple(suspension_of(row) for row in rows)


def suspension_of(row: Any) -> Suspension:
    """Return a row of the suspensions as the clocks take it."""
    announced = Suspension(
        id=row.id,
        span=Span(row.from_at, row.announced_to_at or NEVER),
        reason=row.reason,
        province=row.province,
        agent=row.agent,
        is_settled=row.settled_at is not None,
    )
    if row.to_at == row.announced_to_at:
        return announced
    return replace(announced, span=Span(row.from_at, row.to_at), announced=announced)


@dataclass(frozen=True)
class Clocks:
    """The clocks as one session sees them.

    `loaded` are the events of cases that were read together, if nobody writes one between. `calendars` are calendars
    under policy versions that are only supposed; else those that are kept count. So are the
    suspensions in `stops`.
    """

    session: Session
    context: Context
    loaded: Mapping[int, Sequence[ClockEvent]] = field(default_factory=dict)
    calendars: Callable[[int], WorkingCalendar] | None = None
    stops: tuple[Suspension, ...] | None = None

    def calendar(self, case: CaseRow) -> WorkingCalendar:
        """Return the calendar that a case's clock goes by."""
        version = case.policy_version_id
        return self.context.calendar(self.session, version) if self.calendars is None else self.calendars(version)

    @cached_property
    def suspensions(self) -> tuple[Suspension, ...]:
        """Every suspension."""
        return suspensions(self.session) if self.stops is None else self.stops

    def concerning(self, case: CaseRow) -> tuple[Suspension, ...]:
        """Return the suspensions that stop the clock of a case."""
        if not any(one.province or one.agent for one in self.suspensions):
            return self.suspensions
        known, application = self._provinces, case.application_id
        if application not in known:
            province = select(APPLICATION.c.province).where(APPLICATION.c.id == application)
            known[application] = self.session.execute(province).scalar_one()
        return tuple(one for one in self.suspensions if one.concerns(known[application], case.agent))

    @cached_property
    def _provinces(self) -> dict[int, str]:
        """The provinces of applications, as far as they were asked for."""
        return {}

    def budget(self, case: CaseRow) -> Budget | None:
        """Return what is promised of a case, None before it is complete."""
        if case.complete_at is None:
            return None
        policy = self.context.policy(self.session, case.policy_version_id)
        days = policy.classes.days[ServiceClass(case.service_class)]
        case_id = case.id or 0
        loaded = self.loaded if case_id in self.loaded else clock_events(self.session, [case_id])
        return budget_of(loaded[case_id], case.complete_at, days, policy.appeal.answer_days)

    def standing(self, case: CaseRow) -> ClockState | None:
        """Return where the clock of a case stands, None before it is complete."""
        budget = self.budget(case)
        if budget is None:
            return None
        return clock_state(budget, self.concerning(case), self.calendar(case))

    def walk(self, case: CaseRow) -> ClockExplanation:
        """Return how the due date of a case came about, as of now."""
        budget = self.budget(case)
        if budget is None:
            policy = self.context.policy(self.session, case.policy_version_id)
            return explain_incomplete(case.received_at, policy.classes.days[ServiceClass(case.service_class)])
        return explain_clock(
            budget,
            self.concerning(case),
            self.calendar(case),
            self.context.now(),
            handed_in_at=case.received_at,
            runs=clock_runs(CaseState(case.state), case.waits_for),
        )

    def settle(self, case: CaseRow) -> bool:
        """Keep with a case what its clock says now, and say whether that is news.

        The one place that writes a due date of an existing case: whoever changes what it depends on calls it in the
        same transaction, after writing the event.
        """
        standing = self.standing(case)
        if standing is None:
            return False
        is_news = standing != stored_standing(case)
        if is_news:
            case.due_at, case.is_due_provisional = standing.due_at, standing.is_provisional
            case.suspended_from = standing.suspended_from
        return is_news


class Watching:
    """Clocks to look at."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def walk(self, case_id: int) -> ClockExplanation:
        """Return how the due date of a case came about.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            case = visible_case(session, case_id)
            found = Clocks(session, self.context).walk(case)
            return (
                replace(found, rectify_by=_mend_by(session, case_id)) if case.state == CaseState.RECTIFYING else found
            )

    def words(self, case_id: int) -> tuple[str, ...]:
        """Return how the due date of a case came about, line by line.

        Raises:
            NotFound: If there is no such case.
        """
        found = self.walk(case_id)
        with self.context.read() as session:
            zone, today = self.context.zone(session), self.context.today(session)
        return tuple(ClockWords(found, today, zone).lines())


def _mend_by(session: Session, case_id: int) -> datetime | None:
    """Return the deadline of what the applicant of a case is mending."""
    deadline = select(_RECTIFICATION.c.deadline_at).where(_RECTIFICATION.c.case_id == case_id, _RECTIFICATION.c.is_open)
    return session.execute(deadline).scalars().first()


def stored_standing(case: CaseRow) -> ClockState | None:
    """Return the standing that is stored with a case, None before it has one."""
    if case.due_at is None:
        return None
    return ClockState(due_at=case.due_at, is_provisional=case.is_due_provisional, suspended_from=case.suspended_from)


def settle_due(session: Session, context: Context, case: CaseRow) -> bool:
    """Keep with a case what its clock says now, and say whether that is news; see `Clocks.settle`."""
    return Clocks(session, context).settle(case)


def has_unsettled(context: Context) -> bool:
    """Say whether a suspension was entered or ended that some due date may not have taken in."""
    with context.read() as session:
        waiting = select(SUSPENSION.c.id).where(SUSPENSION.c.settled_at.is_(None)).limit(1)
        return session.execute(waiting).first() is not None


def first_standing(
    evidence: Evidence,
    service_class: ServiceClass,
    policy: Policy,
    stops: Iterable[Suspension],
    calendar: WorkingCalendar,
) -> tuple[datetime, ClockState]:
    """Return since when a case is complete that is about to be queued, and where its clock stands."""
    complete_at = completed_at(evidence, policy)
    application = evidence.application
    concerned = [one for one in stops if one.concerns(application.province, application.agent)]
    budget = Budget(start=complete_at, days=policy.classes.days[service_class])
    return complete_at, clock_state(budget, concerned, calendar)


def due_columns(standing: ClockState) -> dict[str, Any]:
    """Return where a clock stands as columns of a case that is about to be opened."""
    return {
        "due_at": standing.due_at,
        "is_due_provisional": standing.is_provisional,
        "suspended_from": standing.suspended_from,
    }


def clock_events(session: Session, case_ids: Sequence[int]) -> dict[int, list[ClockEvent]]:
    """Return what the log tells the clocks of some cases, in its order, whatever the machine's time was."""
    rows = session.execute(
        select(
            EVENT.c.case_id, EVENT.c.batch_id, EVENT.c.at, EVENT.c.action, EVENT.c.state, EVENT.c.is_clock_running,
            EVENT.c.body,
        )
        .where(EVENT.c.case_id.in_(case_ids), EVENT.c.is_refused.is_(False))
        .where((EVENT.c.state != "") | EVENT.c.action.in_(_ON_THE_DUE_DATE))
        .order_by(EVENT.c.seq)
    ).all()  # fmt: skip
    found: dict[int, list[ClockEvent]] = {case_id: [] for case_id in case_ids}
    received = _receipts(session, rows)
    for row in rows:
        found[row.case_id].append(_event(row, received))
    return found


def _receipts(session: Session, rows: Iterable[Any]) -> Mapping[tuple[int, int], datetime]:
    """Return when what imports brought was received, for events that do not say it themselves."""
    silent = [row for row in rows if row.batch_id and row.action in _RECEIVED and "counted_at" not in row.body]
    if not silent:
        return {}
    wanted = SUBMISSION.c.case_id.in_({row.case_id for row in silent})
    found = session.execute(
        select(SUBMISSION.c.case_id, SUBMISSION.c.batch_id, SUBMISSION.c.received_at).where(
            wanted, SUBMISSION.c.batch_id.in_({row.batch_id for row in silent})
        )
    )
    return {(row.case_id, row.batch_id): row.received_at for row in found}


def _event(row: Any, received: Mapping[tuple[int, int], datetime]) -> ClockEvent:
    body: Mapping[str, Any] = json.loads(row.body)
    at: datetime = row.at
    if row.action in _RECEIVED:
        at = from_us(body["counted_at"]) if "counted_at" in body else received.get((row.case_id, row.batch_id), at)
    is_extended, is_class = row.action == EXTENDED, row.action == CLASS_CHANGED
    return ClockEvent(
        at=at,
        action=row.action,
        state=CaseState(row.state) if row.state else None,
        runs=bool(row.is_clock_running),
        extended_s=float(body.get("by_s", 0)) if is_extended else 0.0,
        until_on=date.fromisoformat(body["until"]) if is_extended and body.get("until") else None,
        class_from=str(body.get("from", "")) if is_class else "",
        class_to=str(body.get("to", "")) if is_class else "",
    )
