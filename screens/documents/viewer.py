"""Starts the viewer process, which shows a document while the workbench is suspended."""

import asyncio
import contextlib
import importlib.util
import sys
from typing import BinaryIO

from textual.app import App, SuspendNotSupported

from screens.documents.viewer_process import KITTY, NO_PICTURES, SIXEL

_PROTOCOLS = {SIXEL: "sixel", KITTY: "kitty"}
_END_S = 2.0


class ImageViewer:
    """Shows documents as images, if the terminal can; asks the terminal once."""

    def __init__(self, app: "App[None]") -> None:
        self._app = app
        self._protocol: int | None = None

    @property
    def is_installed(self) -> bool:
        """Whether the optional packages are installed; importing them would query the terminal."""
        return all(importlib.util.find_spec(name) is not None for name in ("textual_image", "pypdfium2"))

    async def can_show(self) -> bool:
        """Say whether this terminal can show images."""
        if self._app.is_headless or not self.is_installed:
            return False
        if self._protocol is None:
            self._protocol = await self._run("probe")
        return self._protocol in _PROTOCOLS

    async def show(self, file: BinaryIO, media_type: str, caption: str, keys: str) -> bool:
        """Show a document until the reviewer closes it, and say whether it could be decoded."""
        protocol = _PROTOCOLS[self._protocol or SIXEL]
        number = file.fileno()
        return await self._run(protocol, str(number), media_type, caption, keys, handle=number) == 0

    async def _run(self, *arguments: str, handle: int | None = None) -> int:
        """Suspend the workbench, run the viewer in its terminal and return its exit code.

        The event loop keeps running, so that signals still end the workbench; nothing is drawn.
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
                    await _terminated(process)
        except SuspendNotSupported:
            return NO_PICTURES


async def _terminated(process: asyncio.subprocess.Process) -> None:
    """Terminate the viewer if it still runs, because the workbench ends."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
