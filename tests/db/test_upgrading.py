"""An older database is upgraded completely or not at all; one that the program does not know is not changed."""

import hashlib
import json
import random
import shutil
import signal
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db import schema
from db.access import FileAccess
from db.dialects import sqlite, sqlite_lock
from db.dialects.sqlite_backup import copy_with_key
from db.engine import Database
from db.errors import DatabaseRefused, Refusal
from tests.cli.framework.terminal import Terminal
from tests.fork_server import ForkedProcess, fork_server
from tests.sites import TUESDAY, ManualClock, Site
from tests.sizes import sized
from workbench.errors import BadConfiguration, ExitCode, StorageBusy
from workbench.services.database.opening import open_services
from workbench.services.foundation import audit_log
from workbench.services.site.doctor import examine
from workbench.services.site.file_checks import Health
from workbench.services.site.log_checks.unexplained_rows import log_faults

pytestmark = pytest.mark.proof

CASES = 130
BEFORE, AFTER = schema.VERSION, schema.VERSION + 2

_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision:04d}"
down_revision = "{before:04d}"


def upgrade() -> None:
    with op.batch_alter_table("reviewer", recreate="always") as table:
        table.add_column(sa.Column("made_up_{revision}", sa.Text(), nullable=False, server_default="x"))
"""

_CHILD = """
import sys
from pathlib import Path
from db import schema
schema.VERSION, schema.MIGRATIONS = int(sys.argv[2]), Path(sys.argv[3])
print("start", flush=True)
schema.open_database(Path(sys.argv[1])).close()
"""


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with the traces of every kind of action, and a program that has two made-up steps more."""
    site = Site(tmp_path / "w.db").create()
    site.plant(CASES, severity="warn")
    found = site.services("a").claims.next()
    site.services("a").claims.skip(found.header.id, "seen")  # type: ignore[union-attr]  # a case, for some were planted
    site.close()
    steps = tmp_path / "steps"
    shutil.copytree(schema.MIGRATIONS, steps)
    for revision in range(BEFORE + 1, AFTER + 1):
        step = _STEP.format(revision=revision, before=revision - 1)
        (steps / "versions" / f"{revision:04d}_made_up.py").write_text(step, encoding="utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    monkeypatch.setattr(schema, "VERSION", AFTER)
    return site.path


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of all tables, without what the made-up steps add."""
    with closing(sqlite.connect(path, "ro", None)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
            " AND name NOT LIKE 'search_term%' ORDER BY name"
        ).fetchall()
        found = {}
        for (table,) in names:
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            kept = ", ".join(f'"{name}"' for name in columns if not name.startswith("made_up"))
            found[table] = sorted(connection.execute(f'SELECT {kept} FROM "{table}"').fetchall(), key=repr)
        return found


def version(path: Path) -> int:
    connection = sqlite.driver().connect(str(path))
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.schema-*.backup"))


def test_an_older_encrypted_database_is_upgraded_after_an_encrypted_copy(older: Path, tmp_path: Path) -> None:
    key, path = b"k" * 32, tmp_path / "encrypted.db"
    sqlite.create_file(path, FileAccess.PRIVATE)
    copy_with_key(older, None, path, key)
    schema.open_database(path, key=key).close()
    [copy] = backups(path)
    for file, found in ((path, AFTER), (copy, BEFORE)):
        with closing(sqlite.connect(file, "ro", key)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (found,)
            assert connection.execute('SELECT count(*) FROM "case"').fetchone() == (CASES,)
        assert not sqlite.is_plain(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def check_whole(path: Path, before: dict[str, list[tuple[object, ...]]]) -> None:
    """Check that a database opens, has kept every row, and that its search works."""
    services = open_services(path, "a", ManualClock())
    try:
        with services.context.read() as session:
            connection = session.connection()
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
            assert audit_log.verify(session).is_whole
        assert services.queue.count("公司12") == 11
        assert services.queue.count("xggs") == CASES
    finally:
        services.close()
    found = contents(path)
    found["event"] = [event for event in found["event"] if "upgrade" not in event]
    assert found == before
    assert version(path) == AFTER


@pytest.mark.promise("A9")
def test_a_refused_or_examined_older_database_is_not_upgraded(older: Path) -> None:
    before = older.read_bytes()
    report = examine(older, TUESDAY)

    [reported] = [(result, line) for result, line in report if "next start" in line]
    assert reported[0] is Health.NOTE
    assert f"schema {BEFORE}" in reported[1]
    assert all(result is not Health.FAULT for result, _line in report)
    older.chmod(0o640)
    with pytest.raises(BadConfiguration, match="chmod 600"):
        open_services(older, "a", ManualClock())
    assert (version(older), older.read_bytes(), backups(older)) == (BEFORE, before, [])


@pytest.mark.promise("S6")
def test_an_older_database_is_upgraded_with_all_its_rows_after_a_private_copy_and_its_copy_too(older: Path) -> None:
    before = contents(older)
    assert version(older) == BEFORE
    check_whole(older, before)
    services = open_services(older, "a", ManualClock())
    with services.context.read() as session:
        bodies = session.execute(text("SELECT body FROM event WHERE action = 'upgrade'")).scalars().all()
        assert [json.loads(body) for body in bodies] == [{"schema": AFTER}]
        assert list(log_faults(session)) == []
    with pytest.raises(Exception, match="append-only"), services.context.write() as session:
        session.execute(text("UPDATE event SET action = 'x'"))
    services.close()

    [copy] = backups(older)
    assert copy.name == f"w.db.schema-{BEFORE}.backup"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (version(copy), contents(copy)) == (BEFORE, before)
    assert not list(older.parent.glob("*.draft"))
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    for left in older.parent.glob("w.db-*"):
        left.unlink()
    older.write_bytes(copy.read_bytes())

    check_whole(older, before)
    assert backups(older) == [copy]
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == digest


@pytest.mark.promise("S6")
def test_a_newer_database_is_refused_and_not_changed(site: Site) -> None:
    site.close()
    with closing(Database(site.path)) as database, database.writer.begin() as connection:
        sqlite.stamp(connection, schema.VERSION + 7)
    before = site.path.read_bytes()

    with pytest.raises(BadConfiguration, match=f"{schema.VERSION + 7} > {schema.VERSION}") as caught:
        open_services(site.path, "a", site.clock)
    assert caught.value.exit_code == ExitCode.CONFIG
    assert site.path.read_bytes() == before
    assert backups(site.path) == []


def test_a_database_of_a_schema_before_the_first_is_refused_and_not_changed(site: Site) -> None:
    site.close()
    with closing(Database(site.path)) as database, database.writer.begin() as connection:
        sqlite.stamp(connection, 9)
    before = site.path.read_bytes()

    for command in ("queue", "doctor"):
        said = Terminal(site).run_bare("--database", str(site.path), command)
        assert said.exit_code == ExitCode.CONFIG
        assert "73b88f9e" in said.output
        assert "schema 9 " in said.output
    assert site.path.read_bytes() == before
    assert backups(site.path) == []


def test_a_program_that_had_the_database_open_cannot_write_after_its_upgrade(site: Site) -> None:
    site.plant(2)
    services = site.services("a")
    with closing(Database(site.path)) as database, database.writer.begin() as connection:
        sqlite.stamp(connection, schema.VERSION + 1)

    with pytest.raises(BadConfiguration, match="Start the program again"):
        services.claims.next()
    assert services.queue.count() == 2


def test_one_of_two_simultaneous_starts_upgrades_the_database(older: Path) -> None:
    children = [_start(older) for _start_of in range(3)]
    for child in children:
        child.communicate(timeout=60)
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(backups(older)) == 1
    assert version(older) == AFTER


def test_an_upgrade_during_a_write_asks_the_user_to_try_again(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = older.read_bytes()
    monkeypatch.setattr(sqlite_lock, "_LOCK_WAIT_S", 0.05)
    with sqlite_lock.write_lock(older), pytest.raises(StorageBusy, match="try again"):
        open_services(older, "a", ManualClock())
    assert older.read_bytes() == before


def test_without_a_copy_the_database_is_not_upgraded(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(older)
    monkeypatch.setattr("db.dialects.sqlite_backup.copy_in_use", full)
    with pytest.raises(DatabaseRefused) as caught:
        schema.open_database(older)
    assert caught.value.refusal is Refusal.CANNOT_CREATE
    assert (version(older), contents(older)) == (BEFORE, before)
    assert not list(older.parent.glob("*.draft"))


def change(path: Path, statement: str) -> None:
    connection = sqlite.driver().connect(str(path))
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_failed_starts_share_one_copy_until_the_database_changes(older: Path) -> None:
    change(older, 'UPDATE "case" SET assignee_id = 999 WHERE id = 1')
    for _start in range(3):
        with pytest.raises(DatabaseRefused):
            schema.open_database(older)
    [copy] = backups(older)
    before, digest = contents(older), hashlib.sha256(copy.read_bytes()).hexdigest()

    change(older, 'UPDATE "case" SET assignee_id = NULL WHERE id = 1')
    schema.open_database(older).close()

    assert [path.name for path in backups(older)] == [f"w.db.schema-{BEFORE}-2.backup", f"w.db.schema-{BEFORE}.backup"]
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == digest
    assert contents(copy) == before
    assert not list(older.parent.glob("*.draft"))


def test_an_unreadable_copy_does_not_prevent_the_next_upgrade(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_backup: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    older.with_name(f"w.db.schema-{BEFORE}.backup").write_bytes(older.read_bytes())
    monkeypatch.setattr("db.dialects.sqlite_backup._digest", locked)
    schema.open_database(older).close()

    assert [path.name for path in backups(older)] == [f"w.db.schema-{BEFORE}-2.backup", f"w.db.schema-{BEFORE}.backup"]


def test_a_migration_that_breaks_a_reference_is_rolled_back(older: Path) -> None:
    change(older, 'UPDATE "case" SET assignee_id = 999 WHERE id = 1')
    before = contents(older)
    with pytest.raises(DatabaseRefused) as caught:
        schema.open_database(older)
    assert caught.value.refusal is Refusal.DAMAGED
    assert (version(older), contents(older)) == (BEFORE, before)


def kill_at_random(older: Path, times: int, seed: int) -> list[int]:
    """Kill starts at random times, each on a fresh copy of an older database; return the schema that each left."""
    rng = random.Random(seed)
    before, original = contents(older), older.read_bytes()
    first = _start(older)
    began = time.monotonic()
    first.communicate()
    whole_s = time.monotonic() - began
    found = []
    for _kill in range(times):
        for left in older.parent.glob("w.db*"):
            if left.is_file() and left != older:
                left.unlink()
        older.write_bytes(original)
        child = _start(older)
        time.sleep(rng.uniform(0, whole_s * 0.9))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        found.append(version(older))
        if found[-1] == AFTER:
            # The upgrade has already ended: the machine is faster than during the timing.
            whole_s *= 0.8
        # Each step is one transaction; a kill between two leaves the schema of the first.
        assert found[-1] in range(BEFORE, AFTER + 1)
        assert contents(older) == before
        for copy in backups(older):
            assert version(copy) == BEFORE
            assert contents(copy) == before
        assert found[-1] == BEFORE or backups(older)
        check_whole(older, before)
    return found


def _start(path: Path) -> ForkedProcess:
    child = fork_server().start_piped(_CHILD, str(path), str(schema.VERSION), str(schema.MIGRATIONS))
    assert child.stdout is not None
    assert child.stdout.readline() == "start\n"
    return child


@pytest.mark.promise("C4")
@pytest.mark.proof
def test_fifty_killed_upgrades_leave_a_complete_schema(older: Path) -> None:
    kills = sized(ci=5, full=50)
    found = kill_at_random(older, kills, seed=20261124)
    assert found.count(BEFORE) >= kills * 2 // 5
