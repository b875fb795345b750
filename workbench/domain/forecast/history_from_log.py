"""Turns the logged acts on a case into the steps of its history.

Undone verdicts and holds are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.enums import CaseState
from workbench.domain.forecast.case_history import QUEUED, VERDICT, HistoryStep

IN_THE_QUEUE = frozenset({CaseState.QUEUED, CaseState.IN_REVIEW})
_PENDING_OTHERS = "pending_others"
"""The step of a pending case that does not wait for the applicant, so that its clock runs."""


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One act of the log: the action, the resulting state, whether the clock runs then, and the working day."""

    action: str
    state: str
    is_running: bool
    at: float


def steps_from_acts(acts: Iterable[LoggedAct], complete_at: float) -> tuple[HistoryStep, ...]:
    """Return the steps of a case since it was first queued.

    Args:
        acts: The acts in the order of the log.
        complete_at: When the case was complete, used if the log does not say when it was queued.
    """
    steps: list[HistoryStep] = []
    for act in acts:
        # A log that does not begin with "complete" does not say when the case was queued.
        if not steps and act.action != "complete":
            steps.append(HistoryStep(QUEUED, min(complete_at, act.at)))
        if act.action == "undo":
            _remove_undone_steps(steps, step_name(act.state, is_running=act.is_running))
        else:
            steps += _steps_of_act(steps, act)
    return tuple(steps) or (HistoryStep(QUEUED, complete_at),)


def step_name(state: str, *, is_running: bool) -> str:
    """Return the name of a state as a step."""
    if state in IN_THE_QUEUE:
        return QUEUED
    return _PENDING_OTHERS if state == CaseState.PENDING.value and is_running else state


def _steps_of_act(steps: list[HistoryStep], act: LoggedAct) -> Iterator[HistoryStep]:
    """Yield the steps that an act adds: a verdict and the state after it, or a state that differs from the last."""
    what = step_name(act.state, is_running=act.is_running)
    if act.action == "decide":
        yield HistoryStep(VERDICT, act.at)
        yield HistoryStep(what, act.at)
    elif not steps or steps[-1].what != what:
        yield HistoryStep(what, act.at)


def _remove_undone_steps(steps: list[HistoryStep], restored: str) -> None:
    """Remove the steps after the one that an undo restores; none if the act had not changed the state."""
    kept = max((count for count, step in enumerate(steps, start=1) if step.what == restored), default=len(steps))
    del steps[kept:]
