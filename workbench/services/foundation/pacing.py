"""Splits long work into portions, with pauses between their transactions so that other writers get the lock."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, Protocol, Self, TypeVar

from workbench.errors import ExitCode, StorageBusy, StorageFailed, WorkbenchError
from workbench.i18n import _

_PAUSE_S: ContextVar[float] = ContextVar("pause_s", default=0.005)
_free_since = 0.0


class _Summable(Protocol):
    def __add__(self, other: Any, /) -> Self: ...


_Entry = TypeVar("_Entry")
_Outcome = TypeVar("_Outcome", bound=_Summable)


class PartlyRecorded(WorkbenchError, Generic[_Outcome]):
    """Work stopped after some of its portions; `recorded` is the outcome of the portions that were recorded."""

    def __init__(self, recorded: _Outcome, done: int, asked: int, error: BaseException) -> None:
        self.recorded = recorded
        cause, self.exit_code = _("Interrupted"), ExitCode.INTERRUPTED
        if isinstance(error, StorageBusy | StorageFailed):
            cause = _("The database is busy") if isinstance(error, StorageBusy) else _("The storage failed")
            self.exit_code = error.exit_code
        # The interrupted portion may have been written, too.
        message = _("{cause}: at least {done} of {all} entries are recorded. Run the command again for the rest.")
        super().__init__(message.format(cause=cause, done=done, all=asked))


def record_in_portions(
    portions: Sequence[Sequence[_Entry]], record: Callable[[Sequence[_Entry]], _Outcome], nothing: _Outcome
) -> _Outcome:
    """Record each portion in a separate transaction, and return the sum of the outcomes.

    Raises:
        PartlyRecorded: If the database, the disk or the user stopped the work after the first portion.
        WorkbenchError: If the first portion failed; nothing was written then.
    """
    recorded, done = nothing, 0
    for number, portion in enumerate(portions):
        try:
            if number:
                pause()
            outcome = record(portion)
        except (StorageBusy, StorageFailed, KeyboardInterrupt) as error:
            if not number:
                raise
            raise PartlyRecorded(recorded, done, sum(map(len, portions)), error) from error
        recorded, done = recorded + outcome, done + len(portion)
    return recorded


def pause() -> None:
    """Give other writers time to take the lock, because SQLite does not queue them."""
    time.sleep(_PAUSE_S.get())


@contextmanager
def after_pause() -> Iterator[None]:
    """Start a write transaction, the block, after a pause since the last one, so that other writers get the lock."""
    global _free_since  # noqa: PLW0603 - the lock, too, is one for the process
    rest_s = _free_since + _PAUSE_S.get() - time.monotonic()
    if rest_s > 0:
        time.sleep(rest_s)
    try:
        yield
    finally:
        _free_since = time.monotonic()


def collect_garbage_seldom() -> None:
    """Let this process collect garbage seldom, because a command creates many objects and hardly any cycles."""
    gc.set_threshold(50_000, 20, 100)


@contextmanager
def without_pauses() -> Iterator[None]:
    """Skip the pauses in this block, because no other process uses the database."""
    token = _PAUSE_S.set(0.0)
    try:
        yield
    finally:
        _PAUSE_S.reset(token)
