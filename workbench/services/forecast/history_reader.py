"""What the forecast learns from and looks at, read from the database into values of the rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session, select

from db.columns import from_us, to_us
from db.enums import CaseState, ServiceClass
from db.models import AbsenceRow
from db.queries import case_histories
from workbench.domain.case.running import clock_runs, is_with_applicant
from workbench.domain.forecast.case_history import QUEUED, VERDICT, CaseHistory, Step
from workbench.domain.forecast.history_from_log import LoggedAct, step_name, steps_from_acts
from workbench.domain.forecast.learning.event_trace import Attribute
from workbench.domain.forecast.queue.capacity import Absence, Verdicts
from workbench.domain.forecast.queue.model import OpenCase, QueueHistory
from workbench.domain.forecast.working_time import WorkingTime
from workbench.domain.policy.policy import Policy
from workbench.services.forecast.incomplete_cases import Coming

_MOST_EVENTS = 40_000
"""The newest events are learnt from; at a busy site they are of the last weeks, which tell most."""

_US_PER_S = 1_000_000
_FOR_EVER = 1 << 30
_IN_THE_QUEUE = frozenset({CaseState.QUEUED.value, CaseState.IN_REVIEW.value})


def read_history(session: Session, time_: WorkingTime, policy: Policy, until: datetime) -> QueueHistory:
    """Return the courses of the cases whose beginning the newest events tell, and all verdicts in them."""
    after = case_histories.last_event(session) - _MOST_EVENTS
    rows = case_histories.events(session, after, to_us(until))
    acts = _acts(rows, time_)
    since_us = rows[0].at if rows and after > 0 else 0
    histories = []
    for row in case_histories.case_attributes(session, acts):
        # What began before the events that are read has a course without its beginning.
        if row.complete_at is None or row.complete_at < since_us:
            continue
        steps = steps_from_acts(acts[row.id], float(time_.of([row.complete_at / _US_PER_S])[0]))
        histories.append(_course(row, steps, policy, is_seen=True))
    given = [row for row in rows if row.action == "decide"]
    at = time_.of(np.array([row.at / _US_PER_S for row in given], dtype=np.float64))
    makers = np.array([row.actor_id or 0 for row in given], dtype=np.int64)
    order = np.argsort(at, kind="stable")
    return QueueHistory(
        cases=histories, verdicts=Verdicts(at[order], makers[order]), absences=read_away(session, time_)
    )


def read_away(session: Session, time_: WorkingTime) -> tuple[Absence, ...]:
    """Return who is or was away, in working days."""
    return tuple(
        Absence(
            row.reviewer_id,
            time_.of_day(row.from_on),
            _FOR_EVER if row.to_on is None else time_.of_day(row.to_on + timedelta(days=1)) - 1,
        )
        for row in session.exec(select(AbsenceRow))
    )


def read_open(time_: WorkingTime, policy: Policy, coming: Coming) -> dict[int, OpenCase]:
    """Return all open cases by their numbers, those of the queue with their place in the order of `next`."""
    rows = case_histories.open_cases(coming.session, to_us(coming.now), to_us(_day_end(policy, coming.now)))
    places = []
    ahead = 0
    for row in rows:
        places.append(ahead)
        ahead += row.state in _IN_THE_QUEUE
    return {case.history.case: case for case in _open_cases(time_, policy, coming, rows, places)}


def read_one(time_: WorkingTime, policy: Policy, coming: Coming, case_id: int) -> OpenCase:
    """Return one open case as `read_open` does."""
    row, ahead = case_histories.open_case(
        coming.session, to_us(coming.now), to_us(_day_end(policy, coming.now)), case_id
    )
    (case,) = _open_cases(time_, policy, coming, [row], [ahead])
    return case


def _day_end(policy: Policy, now: datetime) -> datetime:
    zone = ZoneInfo(policy.zone)
    return datetime.combine(now.astimezone(zone).date(), time.max, tzinfo=zone)


def _open_cases(
    time_: WorkingTime, policy: Policy, coming: Coming, rows: Sequence[Any], places: Sequence[int]
) -> Iterator[OpenCase]:
    """Yield open cases from their rows, with how many queued ones are before each.

    What is incomplete counts as if it came now, and stands where it would then.
    """
    histories, now_us = _further_courses(coming.session, time_, rows), to_us(coming.now)
    came = [
        now_us if CaseState(row.state) is CaseState.INCOMPLETE else row.complete_at or row.opened_at for row in rows
    ]
    at = time_.of(np.array(came, dtype=np.float64) / _US_PER_S)
    dues = [_due_us(row, policy, coming) for row in rows]
    due = time_.of(np.array([(due_at or 0) / _US_PER_S for due_at in dues], dtype=np.float64))
    for row, ahead, came_at, due_us, due_at in zip(rows, places, at.tolist(), dues, due.tolist(), strict=True):
        state = CaseState(row.state)
        runs = clock_runs(state, row.waits_for)
        is_arriving = state is CaseState.INCOMPLETE
        until = coming.stopped_until(row.province, row.agent)
        before = coming.ahead(from_us(due_us), row.priority_rank) if is_arriving and due_us else ahead
        yield OpenCase(
            history=_course(
                row, _fitting(steps_from_acts(histories.get(row.id, ()), came_at), state, runs=runs), policy
            ),
            ahead=before if state in _IN_THE_QUEUE or is_arriving else None,
            due=due_at if due_us else np.inf,
            is_arriving=is_arriving,
            is_held=state is CaseState.IN_REVIEW and row.held_until is not None and row.held_until > now_us,
            is_stopped=row.suspended_from is not None and row.suspended_from <= now_us,
            stopped_until=0.0 if until is None else time_.of_instant(until),
            waits_for_others=state is CaseState.PENDING and not is_with_applicant(state, row.waits_for),
        )


def _due_us(row: Any, policy: Policy, coming: Coming) -> int | None:
    """Return when a case is due, or would be if its documents came now."""
    if CaseState(row.state) is not CaseState.INCOMPLETE:
        return None if row.due_at is None else int(row.due_at)
    return to_us(coming.due_at(policy.classes.days[ServiceClass(row.service_class)], row.province, row.agent))


def _course(row: Any, steps: tuple[Step, ...], policy: Policy, *, is_seen: bool = False) -> CaseHistory:
    return CaseHistory(
        case=row.id,
        steps=steps,
        attributes=attributes_of(row, is_seen=is_seen),
        rank=row.priority_rank,
        class_days=policy.classes.days[ServiceClass(row.service_class)],
    )


def attributes_of(row: Any, *, is_seen: bool = False) -> Mapping[str, Attribute]:
    """Return what a case is like; of a past one the findings that its first verdict saw, for they are mended since."""
    block, warn = row.block_count, row.warn_count
    if is_seen and row.block_seen is not None:
        block, warn = row.block_seen, row.warn_seen
    return {
        "applicant_kind": row.applicant_kind,
        "service_class": row.service_class,
        "card_type": row.card_type,
        "province": row.province,
        "agent": row.agent,
        "findings": "block" if block else "warn" if warn else "none",
    }


def _acts(rows: Sequence[Any], time_: WorkingTime) -> dict[int, list[LoggedAct]]:
    at = time_.of(np.array([row.at / _US_PER_S for row in rows], dtype=np.float64))
    found: dict[int, list[LoggedAct]] = defaultdict(list)
    for row, when in zip(rows, at.tolist(), strict=True):
        found[row.case_id].append(LoggedAct(row.action, row.state, bool(row.running), when))
    return found


def _further_courses(session: Session, time_: WorkingTime, rows: Iterable[Any]) -> dict[int, list[LoggedAct]]:
    """Return the acts on the open cases that had a verdict; of the others their queuing is all there is."""
    ids = [row.id for row in rows if row.round > 1 or CaseState(row.state) not in _IN_THE_QUEUE]
    return _acts(case_histories.events_of(session, ids), time_)


def _fitting(steps: tuple[Step, ...], state: CaseState, *, runs: bool) -> tuple[Step, ...]:
    """Return steps that end with the state of the case, whatever the log lacks."""
    if state is CaseState.INCOMPLETE:
        return steps[:1]
    last = steps[-1]
    if state in _IN_THE_QUEUE:
        return steps if last.what == QUEUED else (*steps, Step(QUEUED, last.at))
    what = step_name(state.value, is_running=runs)
    if last.what in {step_name(state.value, is_running=False), step_name(state.value, is_running=True)}:
        return steps
    return (*steps, Step(VERDICT, last.at), Step(what, last.at))
