"""Counts the source files on the call stack of a key press that writes to the database."""

import asyncio
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import event

from tests.screens.driver import site_workbench
from tests.sites import Site

ROOT = Path(__file__).parents[3]
MOST_FILES = 10


def files_of(frames: list[FrameType]) -> set[str]:
    """Return the files of this program among some stack frames."""
    paths = [Path(frame.f_code.co_filename) for frame in frames]
    ours = [path.relative_to(ROOT) for path in paths if path.is_relative_to(ROOT)]
    return {str(path) for path in ours if path.parts[0] in {"workbench", "screens", "db"}}


def awaited_frames(task: asyncio.Task[Any]) -> list[FrameType]:
    """Return the frames of a task, from its coroutine to the innermost one that it awaits."""
    frames: list[FrameType] = []
    awaited: Any = task.get_coro()
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            frames.append(frame)
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return frames


@contextmanager
def recorded(engine: Any, begins: str) -> Iterator[list[set[str]]]:
    """Record the program files on the stacks of the thread and of all tasks whenever such a statement runs."""
    found: list[set[str]] = []
    loop = asyncio.get_running_loop()

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().startswith(begins):
            thread = [frame for frame, _line in traceback.walk_stack(None)]
            tasks = [frame for task in asyncio.all_tasks(loop) for frame in awaited_frames(task)]
            found.append(files_of(thread) | files_of(tasks))

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


async def test_a_claim_by_n_and_a_decision_by_y_pass_through_few_files(site: Site) -> None:
    site.plant()
    engine = site.services("a").context.database.writer
    async with site_workbench(site, "a") as desk:
        with recorded(engine, "UPDATE \"case\" SET state = 'in_review'") as claims:
            await desk.press("n")
        with recorded(engine, "INSERT INTO decision ") as decisions:
            await desk.press("p", "y")

    for stacks, files in ((claims, {"db/queries/claim.py"}), (decisions, {"workbench/services/review/verdicts.py"})):
        assert len(stacks) == 1
        assert stacks[0] >= files | {"screens/desk/session.py"}
        assert len(stacks[0]) <= MOST_FILES, sorted(stacks[0])
