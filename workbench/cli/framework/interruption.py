"""Ends a command on SIGTERM and SIGHUP in the same order as on Ctrl+C, so that it deletes its drafts."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workbench.errors import ExitCode


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Interrupt the block on SIGTERM and SIGHUP as Ctrl+C does, and exit with the shell's code for the signal.

    While the block cleans up after a signal, further ones are ignored; `timeout`, for example, sends two. A signal that
    this process was started to ignore, as `nohup` does, stays ignored.
    """
    received: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if not _has_interrupt(sys.exception()):
            raise KeyboardInterrupt

    handled = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, interrupt)
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as end:
        if received and (isinstance(end, KeyboardInterrupt) or end.code == ExitCode.INTERRUPTED):
            sys.exit(128 + received[0])
        raise
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


def _has_interrupt(error: BaseException | None) -> bool:
    """Say whether an exception, or one that led to it, is an interrupt."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
