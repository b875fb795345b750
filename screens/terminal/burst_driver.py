"""A driver that distinguishes pressed keys from text that arrives in one burst.

Textual reports each character as a key. A pasted text without bracketed paste, or the output of an input method,
would then run commands letter by letter. Only the time between characters distinguishes the two, and only the driver
sees it before the characters are dispatched.
"""

import threading
import time
from typing import Any

from textual import events
from textual.message import Message

from screens.terminal.driver import TerminalDriver
from screens.terminal.input_bursts import InputBurst, is_text
from screens.terminal.width_probe import QUESTION

BURST_GAP_S = 0.005
"""Characters that arrive within this time of each other are a burst."""

SAME_TEXT_WITHIN_S = 0.1
"""Characters that arrive within this time after a burst of text belong to the same text."""


class BurstDriver(TerminalDriver):
    """A driver that collects the characters of a burst and passes them on together."""

    question = ""
    """What the driver writes to the terminal when it starts, so that the terminal answers; empty for nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._burst: list[events.Key] = []
        self._lock = threading.RLock()
        self._text_at = -SAME_TEXT_WITHIN_S
        """When the last character of a text arrived; at first so long ago that no key belongs to a text."""

    def start_application_mode(self) -> None:
        """Start, and send `question` to the terminal once."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual left it untyped
        if self.question and self._writer_thread is not None:
            self.write(self.question)
            self.flush()
            self.question = ""

    def process_message(self, message: Message) -> None:
        """Pass on a message in order; a character waits for the rest of its burst."""
        with self._lock:
            if isinstance(message, events.Key) and message.character is not None and _is_text_char(message.character):
                self._burst.append(message)
                if len(self._burst) == 1:
                    self._loop.call_soon_threadsafe(self._schedule_end)
                return
            self._end_burst()
            super().process_message(message)

    def _schedule_end(self) -> None:
        self._loop.call_later(BURST_GAP_S, self._end_if_quiet)

    def _end_if_quiet(self) -> None:
        with self._lock:
            if self._burst and time.monotonic() - self._burst[-1].time < BURST_GAP_S:
                self._schedule_end()
            else:
                self._end_burst()

    def _end_burst(self) -> None:
        """Pass on the collected characters, as keys or as a text."""
        burst, self._burst = self._burst, []
        if not burst:
            return
        if is_text("".join(key.character or "" for key in burst)) or burst[0].time - self._text_at < SAME_TEXT_WITHIN_S:
            self._text_at = burst[-1].time
            super().process_message(InputBurst(burst))
            return
        for key in burst:
            super().process_message(key)


class ProbingDriver(BurstDriver):
    """A driver that also asks the terminal how wide it draws the program's symbols."""

    question = QUESTION


def _is_text_char(character: str) -> bool:
    return character.isprintable() or character in "\r\n\t"
