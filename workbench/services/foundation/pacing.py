"""Splits long work into chunks and pauses between its transactions, so that other writers get the lock."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

_PAUSE_S: ContextVar[float] = ContextVar("pause_s", default=0.02)


def chunks(items: Sequence[Item], size: int = 1_000) -> Iterator[Sequence[Item]]:
    """Yield the items in chunks; one statement takes a chunk of the default size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


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
