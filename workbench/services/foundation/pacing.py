"""Pauses between the transactions of long work, so that other writers get the lock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PAUSE_S: ContextVar[float] = ContextVar("pause_s", default=0.02)


def pause() -> None:
    """Give other writers time to take the lock: SQLite does not queue them."""
    time.sleep(_PAUSE_S.get())


@contextmanager
def without_pauses() -> Iterator[None]:
    """Skip the pauses in this block, because no other process uses the database."""
    token = _PAUSE_S.set(0.0)
    try:
        yield
    finally:
        _PAUSE_S.reset(token)
