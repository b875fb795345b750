"""The storage fails: a statement, a library with a bug, a file that is no database, a machine without power."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from db.dialects import sqlite
from db.engine import Database
from tests import tables
from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk, application
from tests.services.review.verdict_acts import decide, failing, passing, take
from tests.sites import Site
from workbench.errors import StorageFailed

_WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.mark.promise("K5")
@pytest.mark.parametrize(
    ("version", "mode"),
    [
        *(((3, *rest), "DELETE") for rest in ((7, 0), (44, 5), (45, 0), (46, 1), (50, 6), (51, 2))),
        *(((3, *rest), "WAL") for rest in ((6, 23), (44, 6), (44, 9), (50, 7), (51, 3), (52, 0), (53, 4))),
    ],
)
def test_only_a_library_without_the_wal_reset_bug_uses_the_write_ahead_log(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], mode: str
) -> None:
    monkeypatch.setattr(sqlite, "library_version", lambda: version)

    assert sqlite.journal_mode() == mode


@pytest.mark.promise("P1", "K5")
@pytest.mark.sqlite("the pragmas of a connection")
def test_a_connection_writes_through_to_the_disk_and_checks_references(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests do not wait for the disk; the program does.
    monkeypatch.setattr(sqlite, "_PRAGMAS", sqlite._PRAGMAS[:-1])
    database = Database(site.path)
    with database.write() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "secure_delete", "temp_store")
        }
    database.close()

    assert found.pop("journal_mode") == sqlite.journal_mode().lower() == "wal"
    assert found == {"synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "secure_delete": 1, "temp_store": 2}


@contextmanager
def failing_at(engines: list[Engine], number: int) -> Iterator[list[str]]:
    """Let the disk fail at the n-th statement that writes, or at a commit; yield where it failed."""
    failed: list[str] = []
    count = 0

    def fail(what: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            failed.append(what)
            driver: Any = engines[0].dialect.dbapi
            raise driver.OperationalError("disk I/O error")

    def execute(_cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(_WRITES):
            fail(statement)

    commits = [(engine, engine.dialect.do_commit) for engine in engines]
    for engine, commit in commits:
        event.listen(engine, "do_execute", execute)
        event.listen(engine, "do_executemany", execute)

        def committing(connection: Any, commit: Callable[[Any], None] = commit) -> None:
            fail("commit")
            commit(connection)

        engine.dialect.do_commit = committing  # type: ignore[assignment,method-assign]  # of this engine only
    try:
        yield failed
    finally:
        for engine, commit in commits:
            event.remove(engine, "do_execute", execute)
            event.remove(engine, "do_executemany", execute)
            engine.dialect.do_commit = commit  # type: ignore[method-assign]  # as it was


def _verdict(site: Site) -> Callable[[], object]:
    [case] = site.plant(severity="warn")
    take(site)
    return lambda: decide(site, failing(case))


def _undo(site: Site) -> Callable[[], object]:
    [case] = site.plant()
    take(site)
    decide(site, passing(case))
    return lambda: site.services("a").undo.undo(case)


def _withdrawal(site: Site) -> Callable[[], object]:
    [case] = site.plant()
    return lambda: site.services("a").remarks.withdraw(case, "no longer wanted")


def _claim(site: Site) -> Callable[[], object]:
    site.plant()
    return site.services("a").claims.next


@pytest.mark.promise("P2", "C2")
@pytest.mark.parametrize("prepare", [_verdict, _undo, _withdrawal, _claim])
def test_an_act_that_fails_at_any_write_leaves_everything_as_it_was(
    site: Site, prepare: Callable[[Site], Callable[[], object]]
) -> None:
    act = prepare(site)
    before = tables.rows(site.path)
    engine = site.services("a").context.database.writer
    for number in range(1, 100):
        with failing_at([engine], number) as failed, suppress(StorageFailed):
            act()
        if not failed:
            break
        assert tables.rows(site.path) == before, failed
    assert number > 2
    assert tables.rows(site.path) != before


@pytest.mark.promise("P2", "C2")
def test_an_import_that_fails_at_any_write_shows_nothing_and_succeeds_the_next_time(site: Site, tmp_path: Path) -> None:
    desk = Desk(site, tmp_path)
    file = [application("A-1"), application("A-2", msisdns="13800138001")]
    database = site.services("admin").context.database
    number = 0
    while True:
        number += 1
        with failing_at([database.writer, database.bulk_writer], number) as failed, suppress(StorageFailed):
            desk.applications(*file)
        seen = desk.sql("SELECT count(*) FROM import_batch WHERE published_at IS NOT NULL")[0][0]
        if not failed or seen:
            break
    assert number > 5
    # What fails after the publication is finished by the next start.
    site.services_by_login.pop("admin").close()
    assert [one.state for one in (desk.case("A-1"), desk.case("A-2"))] == ["incomplete", "incomplete"]
    assert desk.is_chain_whole()


@pytest.mark.promise("S8")
@pytest.mark.sqlite("the files that a power failure leaves")
def test_a_copy_of_the_files_at_an_acknowledgement_has_the_verdict(site: Site, tmp_path: Path) -> None:
    cases = site.plant(5)
    for case in cases:
        take(site)
        decide(site, passing(case))
        copy = tmp_path / f"copy{case}" / "w.db"
        copy.parent.mkdir()
        # Without the shared memory: after a loss of power only these two files are there.
        for end in ("", "-wal"):
            shutil.copy(f"{site.path}{end}", f"{copy}{end}")
        connection = sqlite3.connect(copy)
        assert connection.execute("SELECT count(*) FROM decision").fetchone()[0] == case
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        connection.close()


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE x (y)")
    connection.close()


_ODD: dict[str, tuple[int, Callable[[Path, bytes], object]]] = {
    "folder": (78, lambda path, _whole: path.mkdir()),
    "missing": (66, lambda _path, _whole: None),
    "dangling link": (66, lambda path, _whole: path.symlink_to(path.with_name("nowhere"))),
    "device": (78, lambda path, _whole: path.symlink_to("/dev/full")),
    "pipe": (78, lambda path, _whole: os.mkfifo(path, 0o600)),
    "empty": (78, lambda path, _whole: path.write_bytes(b"")),
    "garbage": (78, lambda path, _whole: path.write_bytes(b"\x00\xff" * 5_000)),
    "encrypted": (78, lambda path, whole: path.write_bytes(hashlib.shake_256(b"key").digest(len(whole)))),
    "foreign": (78, lambda path, _whole: _foreign(path)),
    "header only": (74, lambda path, whole: path.write_bytes(whole[:100])),
}


@pytest.mark.promise("S2", "S5")
@pytest.mark.sqlite("files that are no databases")
def test_what_is_no_database_is_refused_and_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    terminal, whole = Terminal(site), site.path.read_bytes()
    for kind, (code, make) in _ODD.items():
        folder = tmp_path / kind
        folder.mkdir()
        path = folder / "x.db"
        make(path, whole)
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
        before = {one.name: one.read_bytes() if one.is_file() else b"" for one in folder.iterdir()}

        refused(terminal.run_bare("--database", str(path), "--as", "a", "queue"), code)

        assert {one.name: one.read_bytes() if one.is_file() else b"" for one in folder.iterdir()} == before


@pytest.mark.promise("S5")
def test_a_truncated_database_is_refused_in_a_sentence(site: Site, tmp_path: Path) -> None:
    site.plant(20)
    site.close()
    whole, terminal = site.path.read_bytes(), Terminal(site)
    for twentieth in range(1, 20, 3):
        path = tmp_path / f"cut{twentieth}.db"
        path.write_bytes(whole[: len(whole) * twentieth // 20])
        path.chmod(0o600)
        shutil.copytree(f"{site.path}.store", f"{path}.store")

        result = terminal.run_bare("--database", str(path), "--as", "a", "queue")

        assert result.exit_code in {74, 78}
        assert "Traceback" not in result.output
        assert result.stderr.count("\n") == 1
