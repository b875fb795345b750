"""Ends a command on SIGTERM and SIGHUP in the same order as on Ctrl+C, so that it deletes its drafts."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workbench.errors import ExitCode

_CLEAN_UP_S = 5.0
"""Further signals within this time are ignored: `timeout` sends two, and the second must not break the clean-up."""


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Interrupt the block on SIGTERM and SIGHUP as Ctrl+C does, and exit with the shell's code for the signal.

    A signal that this process was started to ignore, as `nohup` does, stays ignored.
    """
    received: list[tuple[int, float]] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not received or now - received[-1][1] > _CLEAN_UP_S:
            received.append((number, now))
            raise KeyboardInterrupt

    handled = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, interrupt)
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as end:
        if received and (isinstance(end, KeyboardInterrupt) or end.code == ExitCode.INTERRUPTED):
            sys.exit(128 + received[0][0])
        raise
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
