"""From the acts that the log has of a case to its course: undone verdicts never were, holds are no steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.enums import CaseState
from workbench.domain.forecast.case_history import QUEUED, VERDICT, Step

_IN_THE_QUEUE = frozenset({CaseState.QUEUED.value, CaseState.IN_REVIEW.value})
_OTHERS = "pending_others"
"""Pending on another than the applicant: the clock runs on."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the log: the action, the state that it led to, whether the clock runs then, and the working day."""

    action: str
    state: str
    is_running: bool
    at: float


def steps_of(acts: Iterable[Act], complete_at: float) -> tuple[Step, ...]:
    """Return the steps of a case from its first queuing on: as the log tells of it, else when it was complete."""
    steps: list[Step] = []
    for act in acts:
        if not steps and act.action != "complete":
            steps.append(Step(QUEUED, min(complete_at, act.at)))
        if act.action == "undo":
            _take_back(steps, act.state)
        else:
            steps += _steps(steps, act)
    return tuple(steps) or (Step(QUEUED, complete_at),)


def what_of(state: str, *, is_running: bool) -> str:
    """Return what a state is called as a step."""
    if state in _IN_THE_QUEUE:
        return QUEUED
    return _OTHERS if state == CaseState.PENDING.value and is_running else state


def _steps(steps: list[Step], act: Act) -> Iterator[Step]:
    what = what_of(act.state, is_running=act.is_running)
    if act.action == "decide":
        yield Step(VERDICT, act.at)
        yield Step(what, act.at)
    elif not steps or steps[-1].what != what:
        yield Step(what, act.at)


def _take_back(steps: list[Step], state: str) -> None:
    """Forget the last verdict, or what its check led to."""
    last = state if state == CaseState.AWAITING_CHECK.value else VERDICT
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].what == last:
            del steps[place + 1 if last == state else place :]
            return
