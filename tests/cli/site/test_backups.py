"""A backup is complete, verified and consistent; restoring it gives everything back, or leaves nothing."""

import hashlib
import io
import os
import random
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db.copies import snapshot_copy
from db.dialect import files_of, is_server
from db.engine import Database
from db.enums import ImportKind
from tests import servers
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.filled_desk import filled_desk, read_again
from tests.cli.site.test_doctor import ills
from tests.fork_server import fork_server
from tests.services.intake.importing.files import Desk
from tests.services.intake.importing.test_calls import call
from tests.sites import Site
from tests.sizes import sized
from workbench.errors import BadData
from workbench.services.database import backups
from workbench.services.foundation import audit_log
from workbench.services.intake.batches.undoing import UndoneBatch


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    """Return a desk with an application, its documents and its calls."""
    return filled_desk(terminal, tmp_path / "files")


def backed_up(terminal: Terminal, path: Path) -> Path:
    """Write a backup."""
    terminal.document("admin", "backup", str(path))
    return path


def lose(terminal: Terminal) -> None:
    """Lose the disk with the database and its store."""
    terminal.site.close()
    terminal.site.services_by_login.clear()
    for path in terminal.site.path.parent.glob(f"{terminal.site.path.name}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if is_server(terminal.site.path):
        servers.create_database(terminal.site.path)


def places(terminal: Terminal) -> dict[str, bytes | None]:
    """Return everything in the folder of the database, folders without content."""
    folder = terminal.site.path.parent
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def contents(store: Path) -> dict[str, bytes]:
    """Return the files of a store but for locks."""
    found = (path for path in store.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(store)): path.read_bytes() for path in found}


def test_a_restored_backup_has_the_cases_documents_calls_and_key_and_its_log_goes_on(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    shown = read_again(terminal, "C-1")
    store = terminal.site.store
    kept = contents(store)
    file = tmp_path / "backup.tar"

    report = terminal.document("admin", "backup", str(file))
    events = terminal.document("audit", "audit", "verify")["events"]
    assert report == {"file": str(file), "files": len(kept) + 1}
    assert file.stat().st_mode & 0o777 == 0o600
    lose(terminal)
    restored = terminal.document("admin", "restore", str(file))

    assert restored == {"database": str(terminal.site.path), "files": report["files"]}
    assert terminal.document("a", "show", "C-1") == shown
    assert contents(store) == kept
    assert ills(terminal) == []
    # The event of the backup itself came after its snapshot.
    assert terminal.document("audit", "audit", "verify")["events"] == events
    assert desk.sql("SELECT action, actor_login FROM event ORDER BY seq DESC LIMIT 1") == [("restore", "admin")]
    more = desk.run(ImportKind.CALLS, [call(minute) for minute in range(20, 40)])
    assert (more.created, more.unchanged) == (10, 10)


def test_standard_tools_verify_a_backup(terminal: Terminal, tmp_path: Path) -> None:
    file = backed_up(terminal, tmp_path / "b.tar")
    folder = tmp_path / "unpacked"
    folder.mkdir()

    subprocess.run(["tar", "xf", str(file)], cwd=folder, check=True)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True, text=True
    )

    files = 3 if terminal.site.is_encrypted else 2
    assert checked.stdout.count(": OK\n") == terminal.document("admin", "backup", str(file))["files"] == files


@pytest.mark.promise("C5")
def test_an_interrupted_restore_leaves_nothing_and_can_be_repeated(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up(terminal, tmp_path / "b.tar")
    lose(terminal)
    left_by_a_crash = files_of(terminal.site.path)[-1]
    left_by_a_crash.touch()
    assert f"{left_by_a_crash.name} already exists" in refused(terminal.as_person("admin", "restore", str(file)), 73)
    left_by_a_crash.unlink()
    before, rename, failures = places(terminal), Path.rename, [KeyboardInterrupt, OSError]

    def interrupt(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        if target == terminal.site.store:
            raise failures.pop()
        return moved

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", interrupt)
        while failures:
            assert terminal.as_person("admin", "restore", str(file)).exit_code != 0
            assert places(terminal) == before

    assert terminal.document("admin", "restore", str(file))["database"] == str(terminal.site.path)


def test_a_backup_never_replaces_a_file_of_the_database(terminal: Terminal) -> None:
    path = terminal.site.path
    for own in (*files_of(path)[:2], terminal.site.store / "hash.key"):
        refused(terminal.as_person("admin", "backup", str(own), "--json"), 73)


def document_file(terminal: Terminal) -> Path:
    return next(terminal.site.store.glob("documents/*/*"))


def call_file(terminal: Terminal) -> Path:
    return next(terminal.site.store.glob("calls/*.parquet"))


@pytest.mark.proof
def test_a_damaged_or_missing_file_of_the_store_is_refused_and_the_older_backup_stays(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    file = backed_up(terminal, tmp_path / "b.tar")
    older, before = file.read_bytes(), sorted(tmp_path.iterdir())

    for path in (document_file(terminal), call_file(terminal)):
        content = path.read_bytes()
        for damage in (content[:-1] + bytes([content[-1] ^ 1]), None):
            path.unlink()
            if damage is not None:
                path.write_bytes(damage)
            assert str(path) in refused(terminal.as_person("admin", "backup", str(file), "--json"), 78)
        path.write_bytes(content)
    assert file.read_bytes() == older
    assert sorted(tmp_path.iterdir()) == before


def test_a_changed_log_is_not_backed_up(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.site.tampering() as session:
        session.execute(text("UPDATE event SET body = '{}' WHERE seq = 2"))

    assert "event 2" in refused(terminal.as_person("admin", "backup", str(tmp_path / "b.tar"), "--json"), 74)
    assert not (tmp_path / "b.tar").exists()


def damage(terminal: Terminal) -> None:
    """Write an event that is no text, as a changed bit does."""
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("DROP TRIGGER event_is_never_changed"))
        session.execute(text("UPDATE event SET body = CAST(x'ff' || body AS TEXT) WHERE seq = 2"))
    terminal.site.close()
    terminal.site.services_by_login.clear()


@pytest.mark.sqlite("a damaged file")
@pytest.mark.promise("S4")
def test_a_damaged_database_is_told_without_its_content_and_not_as_a_fault_of_the_target(
    terminal: Terminal, tmp_path: Path
) -> None:
    damage(terminal)
    target = tmp_path / "out.csv"

    for words in (("backup", str(target)), ("export", "events", "--output", str(target))):
        told = refused(terminal.as_person("admin", *words, "--json"), 74)
        assert f"{terminal.site.path} is damaged" in told
        assert "restore a backup" in told
        assert "identity" not in told
    assert not target.exists()
    assert any(f"{terminal.site.path} is damaged" in line for line in ills(terminal))


@pytest.mark.sqlite("a damaged file")
def test_a_backup_of_a_damaged_database_is_refused_and_writes_nothing(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(terminal)
    with monkeypatch.context() as patched:
        patched.setattr(backups, "_refuse_damaged", lambda _session, _now: None)
        file = backed_up(terminal, tmp_path / "b.tar")
    lose(terminal)
    before = places(terminal)

    assert "choose another one" in refused(terminal.as_person("admin", "restore", str(file), "--json"), 65)
    assert places(terminal) == before


@pytest.mark.proof
def test_an_import_that_is_undone_during_a_backup_does_not_spoil_it(
    terminal: Terminal, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run(ImportKind.CALLS, [call(1, caller="13900139000")])
    done: list[UndoneBatch] = []

    @contextmanager
    def undoing(database: Database, copy: Path) -> Iterator[Session]:
        with snapshot_copy(database, copy) as session:
            if not done:
                done.append(terminal.site.services("admin").imports.undo(4))
            yield session

    monkeypatch.setattr(backups, "snapshot_copy", undoing)

    backed_up(terminal, tmp_path / "b.tar")

    assert done
    lose(terminal)
    terminal.document("admin", "restore", str(tmp_path / "b.tar"))
    assert len(terminal.document("admin", "imports")["batches"]) == 3
    assert ills(terminal) == []


@pytest.mark.promise("S4")
def test_every_change_of_a_backup_is_refused_or_harmless(terminal: Terminal, tmp_path: Path) -> None:
    file = backed_up(terminal, tmp_path / "b.tar")
    content = file.read_bytes()
    whole = backups._read_verified(file)
    chance = random.Random(29)
    refusals = 0
    for _each in range(30):
        place = chance.randrange(len(content))
        for changed in (content[:place], content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :]):
            file.write_bytes(changed)
            try:
                # Only what belongs to no file may change: padding, or what follows the checksums.
                assert backups._read_verified(file) == whole
            except BadData:
                refusals += 1
    assert refusals > 30


@pytest.mark.promise("S4")
def test_a_disk_that_loses_a_bit_of_a_backup_is_noticed_and_the_older_backup_stays(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up(terminal, tmp_path / "b.tar")
    older, real = file.read_bytes(), backups._read_verified

    def lost(draft: Path) -> backups.Sums:
        content = bytearray(draft.read_bytes())
        content[5_000] ^= 1
        draft.write_bytes(content)
        return real(draft)

    monkeypatch.setattr(backups, "_read_verified", lost)

    assert "choose another disk" in refused(terminal.as_person("admin", "backup", str(file), "--json"), 74)
    assert file.read_bytes() == older


def hostile(kind: str) -> bytes:
    """Return an archive that tries to write elsewhere, or more than it holds."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("database")
        member.size = 3
        if kind == "parent":
            member.name = "documents/../../../escaped"
        elif kind == "absolute":
            member.name = "/tmp/escaped"
        elif kind == "link":
            member.type, member.size, member.linkname = tarfile.SYMTYPE, 0, "/etc/passwd"
        elif kind == "device":
            member.type, member.size = tarfile.CHRTYPE, 0
        archive.addfile(member, io.BytesIO(b"abc"))
        if kind == "twice":
            archive.addfile(member, io.BytesIO(b"abc"))
        listed = f"{hashlib.sha256(b'abc').hexdigest()}  {member.name}\n".encode()
        sums = tarfile.TarInfo("SHA256SUMS")
        sums.size = len(listed)
        archive.addfile(sums, io.BytesIO(listed))
    return out.getvalue()


@pytest.mark.promise("S5")
def test_what_is_no_backup_is_refused_and_writes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    lose(terminal)
    refused(terminal.as_person("admin", "restore", str(tmp_path / "none.tar"), "--json"), 66)
    for kind in ("parent", "absolute", "link", "device", "twice", "text"):
        file = tmp_path / f"{kind}.tar"
        file.write_bytes(b"x" * 4096 if kind == "text" else hostile(kind))
        before = places(terminal)

        assert str(file) in refused(terminal.as_person("admin", "restore", str(file), "--json"), 65)
        assert places(terminal) == before, kind


_WORKER = """
import sys
from pathlib import Path
from tests.sites import ManualClock
from tests.services.intake.importing.files import JPEG
from db.enums import ImportKind
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.database.opening import open_services

path, folder, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
services = open_services(path, "admin", ManualClock())
for number in range(first, first + 10_000):
    services.remarks.comment(1, f"comment {number}")
    print(f"comment {number}", flush=True)
    if number % 10 == 0:
        (folder / f"{number}.jpg").write_bytes(JPEG + str(number).encode())
        (folder / f"{number}.csv").write_text(
            f"application_no,kind,path\\nA-1,call_script,{number}.jpg\\n", encoding="utf-8"
        )
        services.imports.run(ImportRequest(kind=ImportKind.DOCUMENTS, paths=(folder / f"{number}.csv",)))
        print(f"document {number}", flush=True)
"""


def drill(terminal: Terminal, desk: Desk, tmp_path: Path, chance: random.Random) -> None:
    """Back up while another process writes, kill it and lose the disk at a random moment, then restore."""
    child = fork_server().start_piped(
        _WORKER, str(terminal.site.path), str(desk.folder), str(chance.randrange(1, 10**6))
    )
    assert child.stdout is not None
    file = tmp_path / f"{chance.random()}.tar"
    acknowledged = [child.stdout.readline().strip() for _each in range(chance.randrange(1, 25))]
    backed_up(terminal, file)
    for _each in range(chance.randrange(20)):
        child.stdout.readline()
    child.kill()
    child.communicate()
    lose(terminal)

    terminal.document("admin", "restore", str(file))

    assert ills(terminal) == []
    comments = {row.body for row in desk.sql("SELECT body FROM comment")}
    documents = {row.sha256 for row in desk.sql("SELECT sha256 FROM document")}
    for line in acknowledged:
        kind, number = line.split()
        if kind == "comment":
            assert line in comments
        else:
            assert hashlib.sha256((desk.folder / f"{number}.jpg").read_bytes()).hexdigest() in documents
    with terminal.site.services("admin").context.read() as session:
        assert audit_log.verify(session).is_whole


@pytest.mark.promise("P1")
@pytest.mark.long(10)
@pytest.mark.proof
def test_nothing_acknowledged_before_a_backup_is_lost_with_the_disk(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    for seed in range(sized(ci=3, full=20)):
        drill(terminal, desk, tmp_path, random.Random(seed))


@pytest.mark.promise("C5")
@pytest.mark.proof
def test_a_killed_backup_leaves_the_older_one(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    terminal.site.plant(3_000)
    file = backed_up(terminal, tmp_path / "b.tar")
    older = file.read_bytes()
    chance = random.Random(3)
    for _each in range(sized(ci=4, full=20)):
        child = fork_server().start_piped(
            "workbench", "--database", str(terminal.site.path), "backup", str(file), "--as", "admin"
        )
        try:
            child.wait(chance.uniform(0, 0.8))
        except AssertionError:
            child.kill()
        child.communicate()
        whole = backups._read_verified(file)
        assert file.read_bytes() == older or whole
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob(".b.tar*"))


def test_a_shared_database_is_given_to_the_group_of_its_folder(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.site.services("admin").context.write() as session:
        session.execute(
            text("INSERT INTO setting (name, value) VALUES ('shared', :group)"), {"group": str(os.getgid())}
        )
    file = backed_up(terminal, tmp_path / "b.tar")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2770)
    elsewhere = Terminal(Site(shared / "w.db", terminal.site.clock))
    if is_server(elsewhere.site.path):
        servers.create_database(elsewhere.site.path)

    elsewhere.document("admin", "restore", str(file))

    assert {oct(path.stat().st_mode & 0o7777) for path in shared.rglob("*") if path.is_file()} == {"0o660"}
    assert {oct(path.stat().st_mode & 0o7777) for path in shared.rglob("*") if path.is_dir()} == {"0o2770"}
    assert ills(elsewhere) == []
