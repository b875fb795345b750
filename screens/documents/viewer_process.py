"""Shows one document in the terminal, as a process of its own, while the workbench is suspended.

A separate process decodes the files, because applicants sent them and a decoder may crash or take all memory. It also
reads the answers of the terminal, which the workbench would take for keys.

`python -m screens.documents.viewer_process probe` reports by its exit code which images the terminal can draw.
`… sixel|kitty FD DRAWN BESIDE MEDIA_TYPE CAPTION KEYS BLANK` shows a document until a key closes it:

* FD: the document, as an open file descriptor.
* DRAWN: the pipe that gets a byte after the first page.
* BESIDE: the pipe with the lines that a wide terminal shows left of a page.
* CAPTION, KEYS: the lines above a page.
* BLANK: the text that replaces a blank page.
"""

import os
import re
import resource
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from screens.documents import ViewerWords

if TYPE_CHECKING:
    from screens.documents.page_renderer import PageRenderer

SIXEL, KITTY, NO_PICTURES, UNREADABLE, BLANK = 10, 11, 12, 13, 14
"""Exit codes: the image protocol of the terminal, no protocol, a file that cannot be decoded, or only blank pages."""

ANSWER_TIMEOUT_S = 2.0
"""How long to wait for an answer, also over a slow line; a terminal that does not answer shows no images."""

IDLE_TIMEOUT_S = 300.0
"""A document is closed after this time without a key: it shows personal data, and the reviewer may have left."""

_POLL_S = 0.5
"""How often it is looked whether the window has another size or the workbench is gone."""

_QUESTIONS = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c"
_ATTRIBUTES = re.compile(rb"\x1b\[\?([0-9;]*)c")
"""Asks the terminal whether it draws images of kitty, and for its attributes; and finds the answer to the latter."""

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b_Ga=d,q=2\x1b\\\x1b[2J\x1b[?25h\x1b[?1049l"
"""Switches to an empty alternate screen without a cursor, and back."""

_CLOSING_KEYS = frozenset((b"q", b"Q", b"o", b"\r", b"\n", b"\x1b", b"\x03", b""))
_STEPS = {
    **dict.fromkeys((b"\x1b[C", b"\x1b[B", b"\x1b[6~", b" ", b"n"), 1),
    **dict.fromkeys((b"\x1b[D", b"\x1b[A", b"\x1b[5~", b"p"), -1),
}
"""The number of pages that a key turns: arrows, Page Down and Page Up, Space, n and p."""

_MEMORY_BYTES, _CPU_S = 4 << 30, 120
"""What the decoder may use at most."""


def main(arguments: list[str]) -> int:
    """Run the command in `arguments` and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return NO_PICTURES
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    if arguments == ["probe"]:
        with _screen():
            return _image_protocol()
    protocol, handle, drawn, beside, media_type, caption, keys, blank = arguments
    with os.fdopen(int(beside), "rb") as pipe:
        words = ViewerWords(caption, keys, blank, pipe.read().decode(errors="replace"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    from screens.documents.page_renderer import PageRenderer, Unreadable

    try:
        pages = PageRenderer(int(handle), media_type, is_sixel=protocol == "sixel")
        with _screen():
            return 0 if _show_pages(pages, words, int(drawn)) else BLANK
    except Unreadable:
        return UNREADABLE


def _end(number: int, _frame: FrameType | None) -> None:
    """Exit through every `finally`, so that the terminal is restored."""
    sys.exit(128 + number)


@contextmanager
def _screen() -> Iterator[None]:
    """Switch to raw mode and the alternate screen, and restore the terminal afterwards."""
    handle = sys.stdin.fileno()
    before: list[Any] = termios.tcgetattr(handle)
    try:
        tty.setraw(handle)
        _write(_ENTER)
        yield
    finally:
        _write(_LEAVE)
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)


def _write(text: str) -> None:
    """Write to the terminal, unless it is gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        # The terminal is gone; the next read notices it and ends the program.
        return


def _image_protocol() -> int:
    """Ask the terminal for its image protocols. The second query ends the wait, since every terminal answers it."""
    _write(_QUESTIONS.decode("ascii"))
    answer, until = b"", time.monotonic() + ANSWER_TIMEOUT_S
    while not (attributes := _ATTRIBUTES.search(answer)):
        left = until - time.monotonic()
        if left <= 0 or not select.select([sys.stdin], [], [], left)[0]:
            return NO_PICTURES
        more = os.read(sys.stdin.fileno(), 1024)
        if not more:
            return NO_PICTURES
        answer += more
    # Several terminals that know both protocols draw sixels correctly, but not the kitty placement used here.
    if b"4" in attributes[1].split(b";"):
        return SIXEL if _is_sixel_passed_on() else NO_PICTURES
    return KITTY if b"_Gi=31;OK" in answer else NO_PICTURES


def _is_sixel_passed_on() -> bool:
    """Return whether sixels reach a terminal that draws them: tmux claims so for every terminal around it."""
    if "TMUX" not in os.environ:
        return True
    asked = ("tmux", "display-message", "-p", "#{client_termfeatures}")
    with suppress(OSError, subprocess.SubprocessError):
        return "sixel" in subprocess.run(asked, capture_output=True, text=True, check=True, timeout=2).stdout  # noqa: S603
    return False


def _show_pages(pages: "PageRenderer", words: ViewerWords, drawn: int) -> bool:
    """Show the pages until a key closes them, and return whether any was not blank."""
    page, is_seen = 0, False
    while True:
        size = os.get_terminal_size(sys.stdout.fileno())
        _write("\x1b_Ga=d,q=2\x1b\\\x1b[2J\x1b[H")
        numbered = words._replace(caption=f"{words.caption}  {page + 1}/{pages.count}")
        if pages.draw(page, (size.columns, size.lines), numbered) and not is_seen:
            is_seen = True
            os.write(drawn, b"1")
        key = _key(size)
        if key is not None:
            if key in _CLOSING_KEYS:
                return is_seen
            page = min(max(0, page + _STEPS.get(key, 0)), pages.count - 1)


def _key(size: os.terminal_size) -> bytes | None:
    """Return the next key, b"" if the terminal is gone or idle, None if its size changed."""
    parent, until = os.getppid(), time.monotonic() + IDLE_TIMEOUT_S
    while time.monotonic() < until and os.getppid() == parent:
        if select.select([sys.stdin], [], [], _POLL_S)[0]:
            try:
                return os.read(sys.stdin.fileno(), 64)
            except OSError:
                return b""
        if os.get_terminal_size(sys.stdout.fileno()) != size:
            return None
    return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
