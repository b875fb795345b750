"""Reads the data of the forecast from the database: past and open cases, verdicts and absences."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from sqlmodel import Session, select

from db.columns import to_us
from db.enums import CaseState, ServiceClass, Severity, Verdict
from db.models import AbsenceRow, DutyRow
from db.queries import forecast_cases
from db.queries.published import INQUIRY
from workbench.domain.case.running import clock_runs, is_with_applicant
from workbench.domain.forecast.case_history import QUEUED, VERDICT, CaseHistory, HistoryStep, paused_since
from workbench.domain.forecast.estimates import QuantilePair
from workbench.domain.forecast.history_from_log import IN_THE_QUEUE, LoggedAct, step_name, steps_from_acts
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.queue.capacity import Absence, GivenVerdicts
from workbench.domain.forecast.queue.model import OpenCase, QueueHistory
from workbench.domain.forecast.result import DepartmentTime
from workbench.domain.forecast.working_time import WorkingTime
from workbench.domain.policy.policy import Policy
from workbench.services.forecast.incomplete_cases import PresentQueue

_MAX_EVENTS = 40_000
"""The number of newest events that the model is fitted to; at a busy site they cover the last weeks."""

_ATTRIBUTES = ("applicant_kind", "service_class", "card_type", "province", "agent")
_US_PER_S = 1_000_000
_FOR_EVER = 1 << 30
"""The number of a working day after all others."""

_YEAR = timedelta(days=365)
_MIN_WAITS = 8
"""The number of ended waits of a kind below which the end of another one is unknown."""


def read_history(session: Session, working_time: WorkingTime, policy: Policy, until: datetime) -> QueueHistory:
    """Return the histories of cases that became complete within the newest events, and all verdicts in these events.

    Only events before `until` count.
    """
    after = forecast_cases.last_event(session) - _MAX_EVENTS
    rows = forecast_cases.state_events(session, after, to_us(until))
    acts = _acts_by_case(rows, working_time)
    since_us = rows[0].at if rows and after > 0 else 0
    histories = []
    for row in forecast_cases.case_attributes(session, acts):
        # Some events of a case that became complete earlier are not among the newest events.
        if row.complete_at is None or row.complete_at < since_us:
            continue
        steps = steps_from_acts(acts[row.id], float(working_time.from_instants([row.complete_at / _US_PER_S])[0]))
        histories.append(_history(row, steps, policy, _block_rules_seen(row), at_first_verdict=True))
    verdict_rows = [row for row in rows if row.action == "decide"]
    at = working_time.from_instants(np.array([row.at / _US_PER_S for row in verdict_rows], dtype=np.float64))
    makers = np.array([row.actor_id or 0 for row in verdict_rows], dtype=np.int64)
    order = np.argsort(at, kind="stable")
    return QueueHistory(
        cases=histories,
        verdicts=GivenVerdicts(at[order], makers[order]),
        absences=read_absences(session, working_time, policy),
        is_whole=after <= 0,
    )


def read_absences(session: Session, working_time: WorkingTime, policy: Policy) -> tuple[Absence, ...]:
    """Return the absences of reviewers in working days, and their duties as absences of a negative part of a day.

    A duty on a day off counts for the next working day.
    """
    usual_minutes = sum(
        (closes.hour - opens.hour) * 60 + closes.minute - opens.minute for opens, closes in policy.hours.periods
    )
    absences = [
        Absence(
            row.reviewer_id,
            working_time.number_of_day(row.from_on),
            _FOR_EVER if row.to_on is None else working_time.number_of_day(row.to_on + timedelta(days=1)) - 1,
        )
        for row in session.exec(select(AbsenceRow))
    ]
    for duty in session.exec(select(DutyRow)):
        day = working_time.number_of_day(duty.on_date)
        part = 1.0 if duty.minutes is None else duty.minutes / usual_minutes
        absences.append(Absence(duty.reviewer_id, day, day, -part))
    return tuple(absences)


def read_open_cases(working_time: WorkingTime, queue: PresentQueue, states: Iterable[CaseState]) -> list[OpenCase]:
    """Return the cases in some states, in the order of `next`; the states must include those of the queue."""
    now_us, day_end_us = to_us(queue.now), to_us(_day_end(queue))
    rows = forecast_cases.open_case_rows(queue.session, now_us, day_end_us, states)
    ahead_counts = list(accumulate((row.state in IN_THE_QUEUE for row in rows), initial=0))
    return list(_open_cases(working_time, queue, rows, ahead_counts[:-1]))


def read_open_case(working_time: WorkingTime, queue: PresentQueue, case_id: int) -> OpenCase:
    """Return one open case as `read_open_cases` would."""
    row, ahead = forecast_cases.open_case_row(queue.session, to_us(queue.now), to_us(_day_end(queue)), case_id)
    return next(_open_cases(working_time, queue, [row], [ahead]))


def _day_end(queue: PresentQueue) -> datetime:
    return datetime.combine(queue.calendar.local_day(queue.now), time.max, tzinfo=queue.calendar.zone)


def _open_cases(
    working_time: WorkingTime, queue: PresentQueue, rows: Sequence[Any], ahead_counts: Sequence[int]
) -> Iterator[OpenCase]:
    """Yield open cases, given their rows and how many queued cases are ahead of each.

    A case that is incomplete or waits for its applicant gets the position that it would have if everything came now.
    """
    rows = queue.completed(rows)
    rules_by_case = _block_rules(queue.session, rows)
    waits = _waits(queue.session, working_time, {row.waits_for for row in rows if row.state == CaseState.PENDING})
    acts_by_case, now_us = _acts_of_open_cases(queue.session, working_time, rows), to_us(queue.now)
    arrived_us = [now_us if row.state == CaseState.INCOMPLETE else row.complete_at or row.opened_at for row in rows]
    at = working_time.from_instants(np.array(arrived_us, dtype=np.float64) / _US_PER_S)
    now, policy = working_time.from_instant(queue.now), queue.policy
    due_dates = working_time.from_instants(np.array([(row.due_at or 0) / _US_PER_S for row in rows], dtype=np.float64))
    for row, ahead, arrived_at, due in zip(rows, ahead_counts, at.tolist(), due_dates.tolist(), strict=True):
        state = CaseState(row.state)
        runs = clock_runs(state, row.waits_for)
        is_arriving = state is CaseState.INCOMPLETE
        is_returning = is_with_applicant(state, row.waits_for)
        waits_for_others = state is CaseState.PENDING and not is_returning
        stopped_until = queue.stopped_until(row.province, row.agent)
        steps = _complete_steps(steps_from_acts(acts_by_case.get(row.id, ()), arrived_at), state, runs=runs)
        will_be_queued = (is_arriving or is_returning) and row.due_at is not None
        place = _place_when_queued(working_time, queue, row, steps, due) if will_be_queued else (due, ahead)
        yield OpenCase(
            history=_history(row, steps, policy, row.block_rules if is_arriving else tuple(rules_by_case[row.id])),
            due=place[0] if row.due_at else np.inf,
            ahead=place[1] if state in IN_THE_QUEUE or will_be_queued else None,
            is_returning=is_returning,
            is_arriving=is_arriving,
            is_held=state is CaseState.IN_REVIEW and row.held_until is not None and row.held_until > now_us,
            is_stopped=row.suspended_from is not None and row.suspended_from <= now_us,
            stopped_until=0.0 if stopped_until is None else working_time.from_instant(stopped_until),
            waits_for_others=waits_for_others,
            answer_at=_answer_at(now, max(now - steps[-1].at, 0.0), waits[row.waits_for]) if waits_for_others else None,
            assignee=row.assignee_id,
            is_staged_against=row.staged_verdict not in {None, Verdict.PASS.value},
        )


def _place_when_queued(
    working_time: WorkingTime, queue: PresentQueue, row: Any, steps: Sequence[HistoryStep], due: float
) -> tuple[float, int]:
    """Return the due date of a case if it came back from its applicant now, and how many cases would be ahead of it.

    The due date moves on by the working time that the applicant has had the case.
    """
    since = paused_since(steps)
    paused_days = 0.0 if since is None else max(working_time.from_instant(queue.now) - since, 0.0)
    # The closing time, because the simulation puts cases that are due on one day together.
    closing = queue.calendar.closing(working_time.date_of(due + paused_days))
    ahead = queue.ahead(closing, row.priority_rank)
    if CaseState(row.state) is CaseState.INCOMPLETE:
        ahead -= queue.overtaken_count(row.id, closing, row.priority_rank)
    return working_time.from_instant(closing), ahead


def _answer_at(now: float, waited: float, days: FloatArray) -> QuantilePair | None:
    """Return when a wait that has lasted for `waited` working days ends, None if too few waits lasted longer.

    `days` are the working days of earlier waits of this kind.
    """
    longer = days[days > waited]
    if len(longer) < _MIN_WAITS:
        return None
    p50, p90 = np.quantile(now + longer - waited, (0.5, 0.9)).tolist()
    return QuantilePair(p50=p50, p90=p90)


def _waits(session: Session, working_time: WorkingTime, kinds: Iterable[str]) -> dict[str, FloatArray]:
    """Return how many working days the last ended waits of some kinds took, such as waits for a carrier."""
    found = {kind: np.array(forecast_cases.ended_waits(session, kind)).reshape(-1, 2) for kind in kinds}
    return {kind: np.diff(working_time.from_instants(spans / _US_PER_S))[:, 0] for kind, spans in found.items()}


def department_times(
    session: Session, working_time: WorkingTime, policy: Policy, now: datetime
) -> Iterator[DepartmentTime]:
    """Yield the answer times of the last year and the open inquiries of each department that has any."""
    rows = defaultdict(list)
    counted = INQUIRY.c.status.in_(["open", "answered"]) & (INQUIRY.c.asked_at >= now - _YEAR)
    for row in session.execute(INQUIRY.select().where(counted)):
        rows[row.department].append(row)
    for code in filter(rows.__contains__, policy.departments):
        due = [row.due_at for row in rows[code] if row.ended_at is None]
        asked = [row.asked_at.timestamp() for row in rows[code] if row.ended_at]
        ended = [row.ended_at.timestamp() for row in rows[code] if row.ended_at]
        took = working_time.from_instants(ended) - working_time.from_instants(asked)
        p50, p90 = np.quantile(took, (0.5, 0.9)).round(2).tolist() if ended else (None, None)
        yield DepartmentTime(
            department=code,
            name=policy.departments[code].name,
            answered=len(ended),
            p50_days=p50,
            p90_days=p90,
            open=len(due),
            overdue=sum(at < now for at in due),
        )


def _history(
    row: Any,
    steps: tuple[HistoryStep, ...],
    policy: Policy,
    block_rules: tuple[str, ...],
    *,
    at_first_verdict: bool = False,
) -> CaseHistory:
    return CaseHistory(
        case=row.id,
        steps=steps,
        attributes=attributes_of(row, at_first_verdict=at_first_verdict),
        rank=row.priority_rank,
        class_days=policy.classes.days[ServiceClass(row.service_class)],
        block_rules=block_rules,
    )


def _block_rules_seen(row: Any) -> tuple[str, ...]:
    """Return the sorted rules of the block findings that the reviewer saw at the first verdict."""
    findings = json.loads(row.block_seen)["findings"] if row.block_seen else ()
    return tuple(sorted({finding["rule"] for finding in findings if finding["severity"] == Severity.BLOCK}))


def _block_rules(session: Session, rows: Iterable[Any]) -> Mapping[int, list[str]]:
    """Return the rules of the present block findings, by open case."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in forecast_cases.block_rules(session, [row.id for row in rows if row.block_count]):
        found[row.case_id].append(row.rule)
    return found


def attributes_of(row: Any, *, at_first_verdict: bool = False) -> Mapping[str, str]:
    """Return the attributes of a case, with its present findings or those at its first verdict."""
    block, warn = row.block_count, row.warn_count
    if at_first_verdict and row.block_seen is not None:
        block, warn = row.block_seen, row.warn_seen
    known = {name: getattr(row, name) for name in _ATTRIBUTES}
    worst_without_block = "warn" if warn else "none"
    return {**known, "findings": "block" if block else worst_without_block}


def _acts_by_case(rows: Sequence[Any], working_time: WorkingTime) -> dict[int, list[LoggedAct]]:
    at = working_time.from_instants(np.array([row.at / _US_PER_S for row in rows], dtype=np.float64))
    found: dict[int, list[LoggedAct]] = defaultdict(list)
    for row, when in zip(rows, at.tolist(), strict=True):
        found[row.case_id].append(LoggedAct(row.action, row.state, bool(row.running), when))
    return found


def _acts_of_open_cases(session: Session, working_time: WorkingTime, rows: Iterable[Any]) -> dict[int, list[LoggedAct]]:
    """Return the acts on open cases by case, without cases that have only been queued and have no verdict."""
    ids = [row.id for row in rows if row.round > 1 or CaseState(row.state) not in IN_THE_QUEUE]
    return _acts_by_case(forecast_cases.state_events_of(session, ids), working_time)


def _complete_steps(steps: tuple[HistoryStep, ...], state: CaseState, *, runs: bool) -> tuple[HistoryStep, ...]:
    """Return the steps of a case, with more steps at their end if the last step is not that of its state."""
    if state is CaseState.INCOMPLETE:
        return steps[:1]
    last = steps[-1]
    if state in IN_THE_QUEUE:
        return steps if last.what == QUEUED else (*steps, HistoryStep(QUEUED, last.at))
    what = step_name(state.value, is_running=runs)
    if last.what in {step_name(state.value, is_running=False), step_name(state.value, is_running=True)}:
        return steps
    return (*steps, HistoryStep(VERDICT, last.at), HistoryStep(what, last.at))
