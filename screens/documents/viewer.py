"""Starts the viewer process, which shows a document while the workbench is suspended."""

import asyncio
import contextlib
import importlib.util
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO, Literal

from textual.app import App, SuspendNotSupported

from screens.documents import ViewerWords
from screens.documents.viewer_process import BLANK, KITTY, NO_PICTURES, SIXEL

_PROTOCOLS = {SIXEL: "sixel", KITTY: "kitty"}
_GRACE_S = 2.0
"""How long the viewer has to end before it is killed."""

_MAX_PIPED_BYTES = 16_384
"""The most bytes of a text in a pipe that nobody reads yet; more would block."""

ViewResult = Literal["pages", "blank", "nothing"]
"""What the reviewer saw of a document: at least one page, only blank pages, or nothing that can be decoded."""

_RESULT_OF_CODE: Mapping[int, ViewResult] = {0: "pages", BLANK: "blank"}

OnDrawn = Callable[[], Awaitable[None]]


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
        """Return whether this terminal can show images."""
        if self._app.is_headless or not self.is_installed:
            return False
        if self._protocol is None:
            self._protocol = await self._run("probe")
        return self._protocol in _PROTOCOLS

    async def show(self, file: BinaryIO, media_type: str, words: ViewerWords, on_drawn: OnDrawn) -> ViewResult:
        """Show a document until the reviewer closes it; return what was seen. `on_drawn` runs after the first page."""
        protocol, handle = _PROTOCOLS[self._protocol or SIXEL], file.fileno()
        read_end, write_end = os.pipe()
        with os.fdopen(read_end, "rb") as reader, os.fdopen(write_end, "wb") as writer, _piped(words.beside) as beside:
            arguments = (protocol, str(handle), str(write_end), str(beside), media_type)
            handles = (handle, write_end, beside)
            watch = partial(_call_when_drawn, reader, writer, on_drawn)
            code = await self._run(*arguments, words.caption, words.keys, words.blank, handles=handles, watch=watch)
        return _RESULT_OF_CODE.get(code, "nothing")

    async def _run(
        self, *arguments: str, handles: tuple[int, ...] = (), watch: Callable[[], Awaitable[None]] | None = None
    ) -> int:
        """Suspend the workbench, run the viewer in its terminal and return its exit code; `watch` runs beside it.

        The event loop keeps running, so that signals still end the workbench; nothing is drawn.
        """
        try:
            with self._app.batch_update(), self._app.suspend():
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "screens.documents.viewer_process",
                    *arguments,
                    pass_fds=handles,
                )
                try:
                    if watch is not None:
                        await watch()
                    return await process.wait()
                finally:
                    await _terminated(process)
        except SuspendNotSupported:
            return NO_PICTURES


@contextlib.contextmanager
def _piped(text: str) -> Iterator[int]:
    """Yield a pipe with a short text, because other users of the machine can read the arguments of a process."""
    read_end, write_end = os.pipe()
    try:
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(text.encode()[:_MAX_PIPED_BYTES])
        yield read_end
    finally:
        os.close(read_end)


async def _call_when_drawn(reader: BinaryIO, writer: BinaryIO, on_drawn: OnDrawn) -> None:
    """Wait until the viewer has drawn a page, and call `on_drawn`; return if the viewer ends before.

    Args:
        reader: The read end of the pipe to which the viewer writes a byte when it has drawn a page.
        writer: Our write end of that pipe.
        on_drawn: What to call.
    """
    # The viewer then has the only write end, so that its exit ends the wait.
    writer.close()
    if await asyncio.to_thread(reader.read, 1):
        await on_drawn()


async def _terminated(process: asyncio.subprocess.Process) -> None:
    """Terminate the viewer if it still runs, because the workbench ends."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _GRACE_S)
    except TimeoutError:
        process.kill()
