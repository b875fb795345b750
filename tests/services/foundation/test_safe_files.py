"""A file is replaced completely or not at all, and read only if it is a regular file."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from tests.fork_server import fork_server
from workbench.errors import CannotCreate
from workbench.services.foundation.safe_files import OwnFiles, draft_folder, lock_folder, replacing

NONE = OwnFiles(files=(), store=Path("/nowhere"))


def test_a_new_file_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    with replacing(target, NONE) as draft:
        draft.write_text("new", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"

    assert target.read_text(encoding="utf-8") == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.promise("N2")
def test_only_the_owner_can_read_the_file_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with replacing(tmp_path / "out.csv", NONE) as draft:
            assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def test_a_failed_write_keeps_the_old_file_and_leaves_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    def write_half() -> None:
        with replacing(target, NONE) as draft:
            draft.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()

    assert target.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_missing_folder_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(CannotCreate, match="cannot be written"), replacing(tmp_path / "none" / "out.csv", NONE):
        pass


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(CannotCreate, match="folder"), replacing(tmp_path, NONE):
        pass


@pytest.mark.promise("S1")
def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    with pytest.raises(CannotCreate, match="No space left"), replacing(target, NONE):
        raise OSError(28, "No space left on device")

    assert target.read_text(encoding="utf-8") == "old"


_SLOW_EXPORT = """
import sys, time
from pathlib import Path
from workbench.services.foundation.safe_files import OwnFiles, draft_folder, lock_folder, replacing
with replacing(Path(sys.argv[1]), OwnFiles(files=(), store=Path("/nowhere"))) as draft, draft.open("w") as file:
    file.write("half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.terminal
@pytest.mark.promise("C5")
def test_a_killed_export_keeps_the_old_file_and_leaves_a_private_draft_for_the_next_to_delete(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")
    process = fork_server().start_piped(_SLOW_EXPORT, str(target))
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.kill()
    process.communicate()

    assert target.read_text(encoding="utf-8") == "old"
    drafts = [entry for entry in tmp_path.iterdir() if entry != target]
    assert [stat.S_IMODE(draft.stat().st_mode) for draft in drafts] == [0o700]
    with replacing(tmp_path / "another", NONE) as draft:
        draft.touch()
    assert not drafts[0].exists()


def test_the_draft_is_beside_the_file_when_the_path_goes_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "inner").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere" / "inner")

    with replacing(tmp_path / "here" / "link" / ".." / "out.csv", NONE) as draft:
        assert draft.parent.parent == tmp_path / "elsewhere"


@pytest.mark.promise("C5")
def test_a_draft_is_locked_although_a_sweep_held_the_lock_of_its_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, held = tempfile.mkdtemp, list[int]()

    def make_while_swept(**given: str) -> str:
        folder = make(**given)
        if not held:
            held.append(lock_folder(Path(folder)) or 0)
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", make_while_swept)
    with draft_folder(tmp_path / "out.csv") as folder:
        os.close(held[0])
        assert lock_folder(folder) is None

    assert list(tmp_path.iterdir()) == []


def test_without_locks_a_file_is_replaced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    with replacing(tmp_path / "out.csv", NONE) as draft:
        draft.write_text("new", encoding="utf-8")

    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_only_draft_folders_are_swept(tmp_path: Path) -> None:
    for name, mode, is_left in [
        (".notes.workbench-old", 0o700, True),
        (".notes.workbench-2026_old_", 0o700, True),
        (".notes.workbench-archived", 0o755, True),
        (".notes.workbench-k3_xy09a", 0o700, False),
        (".notes.workbench-k3_xy09a", 0o2700, False),
    ]:
        own = tmp_path / name
        own.mkdir()
        (own / "notes").touch()
        own.chmod(mode)

        with replacing(tmp_path / "out.csv", NONE):
            pass

        assert own.exists() is is_left
