"""The workbench with two faults in it: `c` fails in a worker, `i` in the middle of a screen."""

from typing import Any

from screens.desk.screen import DeskScreen
from workbench.__main__ import main
from workbench.services.review.remarks import Remarks

SECRET = "hXq7-\x1b[2J-secret"


def _fails(*_arguments: Any, **_options: Any) -> None:
    raise KeyError(SECRET)


if __name__ == "__main__":
    Remarks.comment = _fails  # type: ignore[method-assign]  # the fault is the point
    DeskScreen.action_explain = _fails  # type: ignore[method-assign]  # the fault is the point
    main()
