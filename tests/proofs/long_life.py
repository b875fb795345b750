"""Works at one desk without a break, case after case, and prints what the process holds after some of them."""

import asyncio
import gc
import json
import sys
from pathlib import Path

import pytest
from textual.widget import Widget

from screens.app_commands import catch_up
from screens.shell.keyboard_app import collect_if_idle
from tests import idle
from tests.memory import status_kb
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site

_VISITS = (("g", "q"), ("colon",), ("g", "l"), ("question_mark",), ("g", "f"), ("g", "c"))
"""Where the person looks now and then, before returning to the desk."""

_CASES_BETWEEN_VISITS = 2


def held() -> dict[str, int]:
    """Return what this process holds: memory, objects, widgets and file descriptors."""
    gc.unfreeze()
    gc.collect()
    objects = gc.get_objects()
    # As the program does, so that collections stay short.
    gc.freeze()
    return {
        "kb": status_kb("VmRSS"),
        "objects": len(objects),
        "widgets": sum(issubclass(type(one), Widget) for one in objects),
        "files": len(list(Path("/proc/self/fd").iterdir())),
    }


async def _decide(desk: KeyDriver, site: Site, number: int, ticks: int) -> None:
    """Pass the next case after some ticks, and now and then look elsewhere."""
    await desk.press("n")
    for _tick in range(ticks):
        site.clock.advance(seconds=1)
        desk.clocks.seconds += 1
        desk.desk_screen.tick()
    # A timer of the program does this while the person reads.
    collect_if_idle(desk.app.presses)
    await desk.settle()
    await desk.press("p", "y")
    if number % _CASES_BETWEEN_VISITS == 0:
        catch_up(desk.app, desk.desk_screen)
        visit = number // _CASES_BETWEEN_VISITS
        await desk.press(*_VISITS[visit % len(_VISITS)], "escape", "escape")
        await desk.go("d")


async def _live(site: Site, settled: int, cases: int, ticks: int) -> list[dict[str, int]]:
    found = []
    async with site_workbench(site, "a") as desk:
        for number in range(1, cases + 1):
            await _decide(desk, site, number, ticks // cases)
            if number in {settled, cases}:
                found.append(held())
    return found


def main(database: Path, settled: int, cases: int, ticks: int) -> list[dict[str, int]]:
    """Return what is held once `settled` and once all cases are decided."""
    site = Site(database)
    with pytest.MonkeyPatch.context() as patched:
        idle.install(patched)
        found = asyncio.run(_live(site, settled, cases, ticks))
    site.close()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
