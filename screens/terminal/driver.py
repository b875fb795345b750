"""How the workbench reads and writes its terminal: whatever comes from there, or stops coming, it goes on.

It extends Textual's own driver for Linux, which ends with a traceback on a byte that is not UTF-8, keeps reading from
a terminal that was closed, and starts twice after a stop that it could not prepare for. Textual has no settings for
these, so that the reading loop is written here.
"""

import codecs
import os
import select
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import IO, Any

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from screens.terminal.hangup_watch import HUNG_UP
from workbench.domain.text.cells import cells
from workbench.domain.text.safe import typed

CHUNK_BYTES = 4096
_WAIT_MS = 100

PASTE_LENGTH = 100_000
"""So many characters of a paste are looked at; no field takes more than a tenth of that."""

BURST_S = 0.1
"""Keys that come so soon after something pasted were pasted too: a paste may say that it is over, and go on."""


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    """Stand in for what the terminal's encoding does not know, in as many cells."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "?" * cells(error.object[error.start : error.end]), error.end


codecs.register_error("workbench.cells", _question_marks)


class Output:
    """A terminal's output that may go away; what is written then goes to nobody.

    The input side finds out by itself and ends the program; here nothing must wait, and nothing be left unwritten
    when the interpreter ends: it would end with a code of its own.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, as long as somebody may read it."""
        try:
            # Who shares the terminal may have set it not to wait; then whatever it is too slow for would be lost.
            os.set_blocking(self._file.fileno(), True)
            self._file.write(text)
        except OSError:
            self.to_nobody()

    def flush(self) -> None:
        """Pass on what was written."""
        try:
            self._file.flush()
        except OSError:
            self.to_nobody()

    def fileno(self) -> int:
        """Return the file behind it."""
        return self._file.fileno()

    def to_nobody(self) -> None:
        """Let everything go to nobody from now on."""
        nobody = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nobody, self._file.fileno())
        os.close(nobody)


class TerminalDriver(LinuxDriver):
    """Textual's driver, for terminals that are not all well.

    It takes bytes that are no text, speaks the terminal's own encoding, ends when the terminal is gone, hides what
    is revealed when the process is suspended, and starts again only what a suspension had ended.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if sys.__stderr__ is not None:
            reconfigure = getattr(sys.__stderr__, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="workbench.cells")
            self._file: Any = Output(sys.__stderr__)
        self._is_suspended = False
        self._pasted_at = -BURST_S
        self._read_at = 0.0

    def _sigtstp_application(self, *_signal: int | FrameType | None) -> None:
        """Stop, but in the app's own turn: what is revealed is masked first, and nothing half drawn."""
        self._loop.call_soon_threadsafe(self._stand_still)

    def _stand_still(self) -> None:
        self._tell("go_to_sleep")
        self._is_suspended = True
        super()._sigtstp_application()

    def _sigcont_application(self, *_signal: int | FrameType | None) -> None:
        """Go on; after a stop that could not be prepared for, everything still runs and must not run twice."""
        if self._is_suspended:
            self._is_suspended = False
            super()._sigcont_application()
        self._loop.call_soon_threadsafe(self._tell, "wake_up")

    def _tell(self, what: str) -> None:
        act = getattr(self._app, what, None)
        if act is not None:
            act()

    def run_input_thread(self) -> None:
        """Read keys until told to end, or until nobody is at the other end."""
        parser = XTermParser(self._debug)
        encoding = getattr(sys.__stdin__, "encoding", None) or "utf-8"
        decode = codecs.getincrementaldecoder(encoding)("replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(_WAIT_MS):
                data = self._read()
                if not data:
                    self._loop.call_soon_threadsafe(self._app.hung_up, HUNG_UP)  # type: ignore[attr-defined]  # the workbench's own app
                    break
                for event in parser.feed(decode(data)):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        with suppress(EOFError, ParseError):
            for event in parser.feed(""):
                self.process_message(event)

    def _read(self) -> bytes:
        """Return what was typed, nothing if the terminal is gone."""
        try:
            data = os.read(self.fileno, CHUNK_BYTES)
        except OSError:
            return b""
        self._read_at = time.monotonic()
        return data

    def process_message(self, message: Message) -> None:
        """Hand a message on, without what acts or hides in a paste, and without keys that belong to one."""
        if isinstance(message, events.Paste):
            self._pasted_at = self._read_at
            message.text = typed(message.text[:PASTE_LENGTH], keep_newlines=True)
        elif isinstance(message, events.Key) and self._read_at - self._pasted_at < BURST_S:
            self._pasted_at = self._read_at
            return
        super().process_message(message)
