"""Turns the logged acts on a case into the steps of its history.

Undone verdicts and holds are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.enums import CaseState
from workbench.domain.forecast.case_history import FINAL_STEPS, QUEUED, VERDICT, Step

_IN_THE_QUEUE = frozenset({CaseState.QUEUED.value, CaseState.IN_REVIEW.value})
_WITH_APPLICANT = frozenset({CaseState.PENDING.value, CaseState.RECTIFYING.value, CaseState.LAPSED.value})
"""The states that only the undo of an answer or a resubmission restores, not the undo of a verdict."""

_PENDING_OTHERS = "pending_others"
"""The step of a pending case that does not wait for the applicant, so that its clock runs."""


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One act of the log: the action, the resulting state, whether the clock runs then, and the working day."""

    action: str
    state: str
    is_running: bool
    at: float


def steps_from_acts(acts: Iterable[LoggedAct], complete_at: float) -> tuple[Step, ...]:
    """Return the steps of a case since it was first queued.

    Args:
        acts: The acts in the order of the log.
        complete_at: When the case was complete, used if the log does not say when it was queued.
    """
    steps: list[Step] = []
    for act in acts:
        if not steps and act.action != "complete":
            steps.append(Step(QUEUED, min(complete_at, act.at)))
        if act.action == "undo":
            _undo(steps, act.state)
        else:
            steps += _steps(steps, act)
    return tuple(steps) or (Step(QUEUED, complete_at),)


def step_name(state: str, *, is_running: bool) -> str:
    """Return the name of a state as a step."""
    if state in _IN_THE_QUEUE:
        return QUEUED
    return _PENDING_OTHERS if state == CaseState.PENDING.value and is_running else state


def _steps(steps: list[Step], act: LoggedAct) -> Iterator[Step]:
    what = step_name(act.state, is_running=act.is_running)
    if act.action == "decide":
        yield Step(VERDICT, act.at)
        yield Step(what, act.at)
    elif not steps or steps[-1].what != what:
        yield Step(what, act.at)


def _undo(steps: list[Step], state: str) -> None:
    """Remove the step of an undone withdrawal, answer, resubmission or reopening; else the last verdict and on.

    Of an undone check, remove only the steps after it was requested.
    """
    if steps and (steps[-1].what == CaseState.WITHDRAWN.value or state in _WITH_APPLICANT | FINAL_STEPS):
        del steps[-1]
        return
    last = state if state == CaseState.AWAITING_CHECK.value else VERDICT
    for index in range(len(steps) - 1, -1, -1):
        if steps[index].what == last:
            del steps[index + 1 if last == state else index :]
            return
