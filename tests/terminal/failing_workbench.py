"""Runs the workbench with two faults: sending a comment fails in a worker, and `i` fails in a screen."""

from typing import Any

from screens.desk.key_map import CaseCommandScreen
from workbench.__main__ import main
from workbench.keys.desk import EXPLAIN
from workbench.services.review.remarks import Remarks

SECRET = "hXq7-\x1b[2J-secret"


def _fails(*_arguments: Any, **_options: Any) -> None:
    raise KeyError(SECRET)


def _fails_to_explain(screen: CaseCommandScreen, command_id: str) -> None:
    if command_id == EXPLAIN.id:
        _fails()
    act(screen, command_id)


if __name__ == "__main__":
    Remarks.comment = _fails  # type: ignore[method-assign]  # the test needs the fault
    act = CaseCommandScreen.action_act
    CaseCommandScreen.action_act = _fails_to_explain  # type: ignore[method-assign, assignment]  # the test needs the fault
    main()
