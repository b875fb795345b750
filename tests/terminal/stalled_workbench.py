"""Runs the workbench with a loop that never closes it, as when the machine is too busy for that."""

import time
from typing import Any

from screens.app_base import AppBase
from workbench.__main__ import main


async def _stalls(*_arguments: Any) -> None:
    time.sleep(60)  # noqa: ASYNC251 - the loop must be blocked


if __name__ == "__main__":
    AppBase.end = _stalls  # type: ignore[method-assign, assignment]  # the test needs the fault
    main()
