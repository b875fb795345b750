"""Threads share database connections: no connection is closed while a thread reads through it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from tests.sites import Site

AT_ONCE = 24
PATIENCE_S = 30.0
_PEOPLE = text("SELECT count(*) FROM reviewer")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file with six people in it."""
    site = Site(tmp_path / "w.db").create()
    site.close()
    return site.path


def _counted_by_each(database: Database, meanwhile: Callable[[], None]) -> list[int]:
    """Let many threads read at the same time, each a second time after all have begun; return the second results."""
    all_began = threading.Barrier(AT_ONCE, action=meanwhile, timeout=PATIENCE_S)

    def count(_number: int) -> int:
        with database.read() as session:
            session.execute(_PEOPLE)
            all_began.wait()
            return int(session.execute(_PEOPLE).scalar_one())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(count, range(AT_ONCE)))


def test_no_thread_closes_a_connection_that_another_thread_reads_through(path: Path) -> None:
    with closing(Database(path)) as database:
        assert _counted_by_each(database, lambda: None) == [6] * AT_ONCE


def test_closing_a_database_lets_current_readers_finish(path: Path) -> None:
    database = Database(path)

    assert _counted_by_each(database, database.close) == [6] * AT_ONCE


def test_a_nested_read_sees_newer_writes_than_the_outer_read(path: Path) -> None:
    with closing(Database(path)) as database, database.read() as outer:
        before = outer.execute(_PEOPLE).scalar_one()
        with database.write() as session:
            session.execute(
                text(
                    "INSERT INTO reviewer (login, is_active, created_at, skills, department)"
                    " VALUES ('late', true, 0, '', '')"
                )
            )
        with database.read() as inner:
            assert inner.execute(_PEOPLE).scalar_one() == before + 1
        assert outer.execute(_PEOPLE).scalar_one() == before


def test_threads_that_run_one_after_another_share_one_connection(path: Path) -> None:
    with closing(Database(path)) as database:
        seen = set()

        def look() -> None:
            with database.read() as session:
                seen.add(session.connection().connection.dbapi_connection)

        for _number in range(AT_ONCE):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

    assert len(seen) == 1
