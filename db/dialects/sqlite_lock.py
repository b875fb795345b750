"""The lock that lets the writers of a database take turns; SQLite's own waiting is unfair."""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from db.access import access_of, lock_handle
from db.errors import DatabaseRefused, LockTimeout, Refusal

_LOCK_WAIT_S = 10.0
_LONGEST_SLEEP_S = 0.003
_YIELD_S = 0.005
"""The time that this program leaves to a waiting writer, who sleeps less than this between two attempts."""


@contextmanager
def write_lock(path: Path, wait_s: float | None = None) -> Iterator[None]:
    """Wait for the write lock of a database, which is a lock on a file next to it, for ten seconds by default.

    If this program has just had the lock and another writer asked for it meanwhile, that writer goes first.

    Raises:
        LockTimeout: If another process held the lock for all this time.
        DatabaseRefused: If this user cannot open that file.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        handle = lock_handle(lock, access_of(path))
    except OSError as error:
        raise DatabaseRefused(Refusal.UNREADABLE, str(lock), error.strerror or "") from error
    try:
        last_turn = _last_turns.get(path)
        if last_turn and _last_request_ns(handle) != last_turn.request_ns:
            time.sleep(max(0, last_turn.ended_s + _YIELD_S - time.monotonic()))
        _wait_for(handle, path, _LOCK_WAIT_S if wait_s is None else wait_s)
        request_ns = _last_request_ns(handle)
        try:
            yield
        finally:
            _last_turns[path] = _Turn(request_ns, time.monotonic())
    finally:
        os.close(handle)


@contextmanager
def try_lock(lock: Path) -> Iterator[bool]:
    """Lock a file during the block, and yield whether it was locked; False means that another process has locked it."""
    handle = lock_handle(lock, access_of(lock.parent))
    is_held = False
    try:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_held = True
        yield is_held
    finally:
        os.close(handle)


def _wait_for(handle: int, path: Path, wait_s: float) -> None:
    """Wait until the file is locked. Each failed attempt sets the time of the file, which the holder reads."""
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise LockTimeout(str(path)) from None
            # A disk that does not keep the time only makes the wait less fair.
            with suppress(OSError):
                os.utime(handle)
            time.sleep(random.uniform(0.0005, _LONGEST_SLEEP_S))  # noqa: S311 - jitter, not a secret
        else:
            return


def _last_request_ns(handle: int) -> int:
    return os.fstat(handle).st_mtime_ns


class _Turn(NamedTuple):
    """A turn of this program to write."""

    request_ns: int
    """The time of the lock file at its start. If the file has a later time, another writer requested the lock."""
    ended_s: float
    """When it ended, on the monotonic clock."""


_last_turns: dict[Path, _Turn] = {}
"""The last turn of this program at each database."""
