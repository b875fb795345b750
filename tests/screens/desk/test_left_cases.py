"""An action that ends after its case has left the desk changes nothing there."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from tests.screens.cases import clean, troubled
from tests.screens.driver import memory_workbench


def gated(call: Callable[..., Any]) -> tuple[Callable[..., Any], threading.Event, threading.Event]:
    """Return a call that waits before it returns, an event set when it begins, and an event that lets it end."""
    has_begun, may_end = threading.Event(), threading.Event()

    def wait(*arguments: Any) -> Any:
        result = call(*arguments)
        has_begun.set()
        assert may_end.wait(60)
        return result

    return wait, has_begun, may_end


async def test_a_case_released_during_its_reload_does_not_reappear() -> None:
    async with memory_workbench(clean(), troubled()) as desk:
        await desk.press("n", "l", "1")
        files: Any = desk.services.casefiles
        files.show, has_begun, may_end = gated(files.show)
        await desk.pilot.press("escape")
        await asyncio.to_thread(has_begun.wait, 10)
        await desk.pilot.press("b")
        await desk.pilot.pause(0.1)
        assert ("release", 123) in desk.services.log
        may_end.set()
        await desk.settle()

        assert "C-000123" not in "\n".join(desk.text.splitlines()[:3])
        assert "takes the next one" in desk.text
