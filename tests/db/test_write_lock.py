"""Writers of a database take turns."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from db.dialects import sqlite_lock
from tests.sites import Site


def sleeping(monkeypatch: pytest.MonkeyPatch, instead: Callable[[], object]) -> None:
    """Call a function instead of sleeping where a writer lets others go first, which is longer than others sleep."""
    real = time.sleep
    monkeypatch.setattr(sqlite_lock, "_YIELD_S", 60)
    monkeypatch.setattr(time, "sleep", lambda seconds: instead() if seconds > 1 else real(seconds))


def lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def test_a_writer_that_has_just_written_lets_one_that_waits_go_first(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, has_waited = list[str](), Event()

    def write_once() -> None:
        with sqlite_lock.write_lock(site.path):
            turns.append("waiting")
        has_waited.set()

    sleeping(monkeypatch, lambda: has_waited.wait(10))
    other = Thread(target=write_once)
    with sqlite_lock.write_lock(site.path):
        turns.append("first")
        asked = lock_of(site.path).stat().st_mtime_ns
        other.start()
        while lock_of(site.path).stat().st_mtime_ns == asked:
            time.sleep(0.001)
    with sqlite_lock.write_lock(site.path):
        turns.append("second")
    other.join()
    assert turns == ["first", "waiting", "second"]


def test_a_writer_does_not_pause_when_nobody_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[int]()
    sleeping(monkeypatch, lambda: pauses.append(1))
    for _turn in range(3):
        with sqlite_lock.write_lock(site.path):
            pass
    assert pauses == []


def test_a_writer_does_not_pause_for_one_that_asked_long_ago(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[int]()
    sleeping(monkeypatch, lambda: pauses.append(1))
    now = time.monotonic()
    with sqlite_lock.write_lock(site.path):
        os.utime(lock_of(site.path), ns=(1, 1))
    monkeypatch.setattr(time, "monotonic", lambda: now + 120)
    with sqlite_lock.write_lock(site.path):
        pass
    assert pauses == []
