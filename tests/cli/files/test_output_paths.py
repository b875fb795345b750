"""No output replaces a file of the database or its store, by whatever name the file is given."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk, application

NAMES = ("w.db", "w.db-wal", "w.db-shm", "w.db-journal", "w.db.lock", "w.db.store/hash.key", "w.db.store/new.csv")


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file of the database, and what else is in its folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".db-" not in path.name
    }


def export(terminal: Terminal, target: Path) -> str:
    terminal.site.close()
    before = digests(terminal.site.path.parent)
    result = terminal.as_person("admin", "export", "events", "--output", str(target), "--format", "csv", "--json")
    assert digests(terminal.site.path.parent) == before
    return refused(result, 73, json_failure=True)


def test_an_export_onto_a_file_of_the_database_is_refused(terminal: Terminal) -> None:
    for name in NAMES:
        assert "belongs to the database" in export(terminal, terminal.site.path.parent / name)


@pytest.mark.promise("I8")
@pytest.mark.parametrize("name", ["w.db", "w.db.lock", "w.db.store/hash.key"])
@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_a_link_to_a_file_of_the_database_is_refused(
    terminal: Terminal, tmp_path: Path, name: str, link: object
) -> None:
    with terminal.site.services("admin").context.write():
        """The lock exists once something was written."""
    link(tmp_path / name, tmp_path / "link.csv")  # type: ignore[operator]  # both make a link

    assert "belongs to the database" in export(terminal, tmp_path / "link.csv")


def test_a_folder_that_is_a_link_to_that_of_the_database_makes_no_difference(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "folder").symlink_to(tmp_path)

    assert "belongs to the database" in export(terminal, tmp_path / "deep" / "folder" / "w.db-wal")


def test_the_journal_of_the_real_file_is_refused_too_if_the_database_is_given_by_a_link(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    terminal.site.close()
    terminal.site.path.rename(tmp_path / "elsewhere" / "real.db")
    terminal.site.path.symlink_to(tmp_path / "elsewhere" / "real.db")

    assert "belongs to the database" in export(terminal, tmp_path / "elsewhere" / "real.db-journal")


def test_rejected_rows_and_documents_do_not_replace_files_of_the_database_either(
    terminal: Terminal, tmp_path: Path
) -> None:
    desk = Desk(terminal.site, tmp_path)
    file = desk.write([application("A-1"), application("A-2", submitted_at="yesterday")])
    for name in NAMES:
        result = terminal.as_person(
            "admin", "import", "applications", str(file), "--rejects", str(tmp_path / name), "--json"
        )
        assert "belongs to the database" in refused(result, 73, json_failure=True)
    assert terminal.document("admin", "imports")["batches"] == []

    desk.applications(application("A-1"))
    desk.documents("A-1")
    inside = tmp_path / "w.db.store" / "documents" / "out"
    result = terminal.as_person("a", "documents", "C-000001", "--to", str(inside), "--json")
    assert "belongs to the database" in refused(result, 73, json_failure=True)
    assert not inside.exists()


def test_a_device_or_pipe_is_not_replaced_by_an_export(terminal: Terminal, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")

    result = terminal.as_person("admin", "export", "events", "--output", str(tmp_path / "pipe.csv"), "--json")

    assert "pipe or device" in refused(result, 73, json_failure=True)
    assert (tmp_path / "pipe.csv").is_fifo()


def test_a_file_beside_the_database_can_be_written_and_written_again(terminal: Terminal, tmp_path: Path) -> None:
    for _time in range(2):
        result = terminal.as_person("admin", "export", "events", "--output", str(tmp_path / "w.db.csv"), "--json")
        assert result.exit_code == 0, result.output
