"""A database says whether another program has written into it since the last question."""

import pickle
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from db.dialects import sqlite
from db.dialects.sqlite_watch import CommitWatch
from db.engine import Database
from db.models import EventRow
from tests.sites import Site

_NEXT = {"seq": "seq + 1", "hash": "hash || 'x'"}
_EVENT = EventRow.metadata.tables["event"].columns.keys()
_WRITE = text(
    f"INSERT INTO event ({', '.join(_EVENT)}) SELECT {', '.join(_NEXT.get(name, name) for name in _EVENT)}"
    " FROM event ORDER BY seq DESC LIMIT 1"
)
"""A server tells what is appended to the log."""

_REFUSED = text("INSERT INTO reviewer_role (reviewer_id, role) VALUES (999, 'reviewer')")


@pytest.fixture(params=[False, True], ids=["plain", "encrypted"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with closing(Site(tmp_path / "w.db", is_encrypted=request.param).create()) as made:
        yield made


@pytest.fixture
def database(site: Site) -> Iterator[Database]:
    """The database of one program, which has asked once."""
    with closing(_opened(site)) as opened:
        assert not opened.is_changed_elsewhere()
        yield opened


def _opened(site: Site) -> Database:
    return Database(site.path, key=site.services("admin").context.database.key)


def _write(database: Database, *statements: TextClause) -> None:
    with database.write() as session:
        for statement in statements or (_WRITE,):
            session.execute(statement)


def is_soon_changed(database: Database) -> bool:
    """Say whether a change by another program is seen within half a second; a server needs a moment to tell it."""
    until = time.monotonic() + 0.5
    while not (is_changed := database.is_changed_elsewhere()) and time.monotonic() < until:
        time.sleep(0.01)
    return is_changed


def test_a_write_of_another_program_is_reported_once_and_nothing_else(site: Site, database: Database) -> None:
    with closing(_opened(site)) as other:
        _write(database)
        assert not database.is_changed_elsewhere()
        _write(other)
        assert is_soon_changed(database)
        assert not database.is_changed_elsewhere()
        with other.read() as session:
            session.execute(text("SELECT count(*) FROM event"))
        with pytest.raises(IntegrityError):
            _write(other, _WRITE, _REFUSED)
        assert not database.is_changed_elsewhere()
        _write(other)
        _write(database)
        assert database.compact()
        assert is_soon_changed(database)
        assert not database.is_changed_elsewhere()


@pytest.mark.sqlite("a file that is moved away")
def test_a_database_that_is_gone_counts_as_unchanged_until_it_is_back(site: Site, database: Database) -> None:
    moved = site.path.with_name("moved.db")
    with closing(_opened(site)) as late, closing(_opened(site)) as other:
        site.path.rename(moved)
        assert not late.is_changed_elsewhere()
        assert not database.is_changed_elsewhere()
        moved.rename(site.path)
        assert not late.is_changed_elsewhere()
        _write(other)
        assert database.is_changed_elsewhere()
        assert late.is_changed_elsewhere()


def test_a_locked_database_counts_as_unchanged_until_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "without-wal.db"
    watch = CommitWatch(path, None)
    with closing(sqlite.connect(path, "rwc", None)) as other:
        other.isolation_level = None
        other.execute("CREATE TABLE t (n INTEGER)")
        assert not watch.has_foreign_commit()
        other.execute("BEGIN EXCLUSIVE")
        other.execute("INSERT INTO t VALUES (1)")
        assert not watch.has_foreign_commit()
        other.execute("COMMIT")
        assert watch.has_foreign_commit()
    watch.dispose()


def test_the_copy_of_a_watched_database_for_another_process_works(database: Database) -> None:
    with closing(pickle.loads(pickle.dumps(database))) as copied:
        _write(copied)
    assert is_soon_changed(database)
