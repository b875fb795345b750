"""Pictures of documents, shown by a program of their own while the workbench is suspended."""

import asyncio
import contextlib
import importlib.util
import sys
from typing import BinaryIO

from textual.app import App, SuspendNotSupported

from screens.documents.viewer_process import KITTY, NO_PICTURES, SIXEL

_PROTOCOLS = {SIXEL: "sixel", KITTY: "kitty"}
_END_S = 2.0


class Pictures:
    """What this terminal can draw, asked once, and drawing it."""

    def __init__(self, app: "App[None]") -> None:
        self._app = app
        self._ability: int | None = None

    @property
    def are_installed(self) -> bool:
        """Whether the optional extra is there; nothing of it is imported, for importing asks the terminal."""
        return all(importlib.util.find_spec(name) is not None for name in ("textual_image", "pypdfium2"))

    async def can_show(self) -> bool:
        """Say whether pictures can be shown here."""
        if self._app.is_headless or not self.are_installed:
            return False
        if self._ability is None:
            self._ability = await self._run("probe")
        return self._ability in _PROTOCOLS

    async def show(self, file: BinaryIO, media_type: str, caption: str, keys: str) -> bool:
        """Show a document until a key leaves it, and say whether it could be decoded."""
        protocol = _PROTOCOLS[self._ability or SIXEL]
        number = file.fileno()
        return await self._run(protocol, str(number), media_type, caption, keys, handle=number) == 0

    async def _run(self, *arguments: str, handle: int | None = None) -> int:
        """Suspend the workbench, run the program in its terminal, and return its exit code.

        The loop runs on meanwhile, so that signals end the workbench as ever; nothing is painted.
        """
        try:
            with self._app.batch_update(), self._app.suspend():
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "screens.documents.viewer_process",
                    *arguments,
                    pass_fds=() if handle is None else (handle,),
                )
                try:
                    return await process.wait()
                finally:
                    await _ended(process)
        except SuspendNotSupported:
            return NO_PICTURES


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a program that is still running, because the workbench is to end."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
