"""The terminal driver: a variant of Textual's that survives bad input and a terminal that disappears.

Textual's own driver has faults that would cost a reviewer unsaved work, and for which Textual has no setting:

* It fails on bytes that are not UTF-8, and on characters that the terminal's encoding lacks.
* It does not notice that the terminal is gone.
* After a SIGSTOP, which it cannot catch, it starts a second time.
"""

import codecs
import os
import select
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import IO, Any, Protocol, runtime_checkable

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from screens.terminal.hangup_watch import HUNG_UP
from workbench.domain.text.cells import cells
from workbench.domain.text.safe import clean_input

CHUNK_BYTES = 4096
"""The most bytes that are read at once."""

_WAIT_MS = 100
"""How often the input thread looks whether the program ends."""

PASTE_LENGTH = 100_000
"""The characters of a paste that are read; the longest field takes a tenth of them."""

SAME_PASTE_WITHIN_S = 0.1
"""Keys within this time after a paste belong to it: a pasted text may contain the mark that ends a paste."""


_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"


class PasteReader:
    """Takes the Escapes out of pasted text.

    Textual reports a sequence that it does not know as keys, even within a paste; one of them could give a verdict.
    """

    def __init__(self) -> None:
        self._is_within = False
        """Whether the text that comes next is part of a paste."""
        self._kept = ""
        """The beginning of a mark, of which the rest has not been read."""

    def read(self, text: str) -> str:
        """Return what was read; the beginning of a mark at its end is kept for the next read."""
        text, self._kept = self._kept + text, ""
        parts = list[str]()
        while True:
            part, mark, rest = text.partition(_PASTE_ENDS if self._is_within else _PASTE_BEGINS)
            if not mark:
                part, self._kept = self._parted(part)
            parts += part.replace("\x1b", "") if self._is_within else part, mark
            if not mark:
                return "".join(parts)
            self._is_within, text = not self._is_within, rest

    def _parted(self, text: str) -> tuple[str, str]:
        """Return a text without the beginning of a mark at its end, and this beginning."""
        # Outside a paste, the first two characters may be a key, which must not wait.
        mark, shortest = (_PASTE_ENDS, 1) if self._is_within else (_PASTE_BEGINS, 3)
        for length in range(len(mark) - 1, shortest - 1, -1):
            if text.endswith(mark[:length]):
                return text[:-length], text[-length:]
        return text, ""


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that the terminal's encoding lacks by as many question marks as they have cells."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "?" * cells(error.object[error.start : error.end]), error.end


codecs.register_error("workbench.cells", _question_marks)


class TerminalOutput:
    """The output of a terminal that may disappear; once the terminal is gone, output is discarded.

    The input side notices the lost terminal by itself and ends the program. Until then the output must neither block
    nor keep unwritten data: flushing it at exit would fail and replace the exit code.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write to the terminal while it is there."""
        try:
            # Another program on this terminal may have set it to non-blocking; a slow terminal would then lose output.
            os.set_blocking(self._file.fileno(), True)
            self._file.write(text)
        except OSError:
            self.discard()

    def flush(self) -> None:
        """Flush the output."""
        try:
            self._file.flush()
        except OSError:
            self.discard()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._file.fileno()

    def discard(self) -> None:
        """Discard all output from now on."""
        sink = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(sink, self._file.fileno())
        os.close(sink)


@runtime_checkable
class TerminalApp(Protocol):
    """The part of the app that the driver calls."""

    def hide_revealed_fields(self) -> None: ...
    def after_resume(self) -> None: ...
    def terminal_gone(self, code: int) -> None: ...


class TerminalDriver(LinuxDriver):
    """Textual's driver for unreliable terminals.

    * It accepts invalid bytes, and uses the terminal's encoding.
    * It ends the program when the terminal is gone.
    * It hides revealed values before Ctrl+Z stops the process, and afterwards restarts only what it stopped.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if sys.__stderr__ is not None:
            reconfigure = getattr(sys.__stderr__, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="workbench.cells")
            self._file: Any = TerminalOutput(sys.__stderr__)
        self._is_suspended = False
        self._pasted_at = -SAME_PASTE_WITHIN_S
        """When the last part of a paste was read."""
        self._read_at = 0.0
        """When input was last read."""

    def _sigtstp_application(self, *_signal: int | FrameType | None) -> None:
        """Stop the process from the event loop, so that revealed values are masked first and no frame is half drawn."""
        self._loop.call_soon_threadsafe(self._suspend)

    def _suspend(self) -> None:
        if isinstance(self._app, TerminalApp):
            self._app.hide_revealed_fields()
        self._is_suspended = True
        super()._sigtstp_application()

    def _sigcont_application(self, *_signal: int | FrameType | None) -> None:
        """Resume. After a SIGSTOP nothing was shut down, so nothing must be started again."""
        if self._is_suspended:
            self._is_suspended = False
            super()._sigcont_application()
        if isinstance(self._app, TerminalApp):
            self._loop.call_soon_threadsafe(self._app.after_resume)

    def run_input_thread(self) -> None:
        """Read keys until the program ends or the terminal is gone."""
        parser, pastes = XTermParser(self._debug), PasteReader()
        encoding = getattr(sys.__stdin__, "encoding", None) or "utf-8"
        decode = codecs.getincrementaldecoder(encoding)("replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(_WAIT_MS):
                data = self._read()
                if not data:
                    if isinstance(self._app, TerminalApp):
                        self._loop.call_soon_threadsafe(self._app.terminal_gone, HUNG_UP)
                    break
                # An empty text would end the parser.
                text = pastes.read(decode(data))
                for event in parser.feed(text) if text else ():
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        with suppress(EOFError, ParseError):
            for event in parser.feed(""):
                self.process_message(event)

    def _read(self) -> bytes:
        """Return the bytes that were typed, or nothing if the terminal is gone."""
        try:
            data = os.read(self.fileno, CHUNK_BYTES)
        except OSError:
            return b""
        self._read_at = time.monotonic()
        return data

    def process_message(self, message: Message) -> None:
        """Pass on a message; clean pasted text, and drop keys that are part of a paste."""
        if isinstance(message, events.Paste):
            self._pasted_at = self._read_at
            message.text = clean_input(message.text[:PASTE_LENGTH], keep_newlines=True)
        elif isinstance(message, events.Key) and self._read_at - self._pasted_at < SAME_PASTE_WITHIN_S:
            self._pasted_at = self._read_at
            return
        super().process_message(message)
