"""What the disk, the memory and other programs do to a command is told as it is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site
from workbench.errors import ConnectionLost, StorageFailed
from workbench.failure import describe_error
from workbench.services.files.calls.engine import storage_failure


def test_an_import_that_lost_its_time_of_publication_is_named_and_nothing_is_removed(desk: Desk) -> None:
    desk.queued()
    terminal = Terminal(desk.site)
    terminal.document("a", "next")
    with desk.site.tampering() as session:
        session.execute(text("UPDATE import_batch SET published_at = NULL, published_seq = NULL"))

    for command in (("queue",), ("audit", "verify")):
        message = refused(terminal.as_person("admin", *command), 74)
        assert "The log says that B-000001 was published, but its time of publication is gone" in message

    with desk.site.tampering() as session:
        assert session.execute(text("SELECT count(*) FROM application")).scalar_one() == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("only root of a host may mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_file_system_that_is_mounted_read_only_is_named(disk: Path) -> None:
    with_disk = Site(disk / "w.db").create()
    with_disk.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    for command in ("queue", "tick"):
        message = refused(Terminal(with_disk).as_person("a", command), 74)
        assert f"{with_disk.path} is on a file system that is mounted read-only" in message


@pytest.mark.sqlite("the most pages of a file")
@pytest.mark.parametrize(
    ("failure", "way_out"),
    [
        (None, "Correct that"),
        (StorageFailed("database or disk is full"), "Correct that"),
        (ConnectionLost("server closed the connection"), "import again"),
    ],
)
def test_an_import_on_a_full_disk_says_what_it_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: StorageFailed | None, way_out: str
) -> None:
    services = desk.site.services("admin")
    limit = {"pages": 0}

    def bounded(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages'] or 1_000_000}")

    for engine in (services.context.database.writer, services.context.database.bulk_writer):
        event.listen(engine, "begin", bounded)
    with services.context.read() as session:
        limit["pages"] = session.execute(text("PRAGMA page_count")).scalar_one() + 20
    if failure:

        def fail(*_given: Any) -> None:
            raise failure

        monkeypatch.setattr("workbench.services.intake.importing.import_run.remove_batch", fail)
    rows = [application(f"A-{number}", stated_use="x" * 1_000) for number in range(300)]

    with pytest.raises(StorageFailed) as failed:
        desk.run(ImportKind.APPLICATIONS, rows)

    assert "nothing was written" not in str(failed.value)
    said = "the next start that can write removes them" if failure else "none of its rows was kept"
    assert said in str(failed.value)
    assert way_out in str(failed.value)
    assert type(failed.value) is type(failure or StorageFailed(""))
    monkeypatch.undo()
    limit["pages"] = 0
    assert desk.run(ImportKind.APPLICATIONS, rows).created == len(rows)


def test_an_export_under_a_low_memory_limit_says_how_much_it_needs(site: Site, tmp_path: Path) -> None:
    site.plant(1)
    words = [
        "--database",
        str(site.path),
        "--as",
        "admin",
        "export",
        "applications",
        "--output",
        str(tmp_path / "a.csv"),
    ]
    limited = f'ulimit -v 300000; exec {sys.executable} -m workbench "$@"'

    done = subprocess.run(
        ["/bin/sh", "-c", limited, "sh", *words], capture_output=True, text=True, env=dict(os.environ), check=False
    )

    assert (done.returncode, done.stdout) == (74, "")
    [sentence] = done.stderr.splitlines()
    assert sentence == (
        "workbench: A limit of this shell allows 292 MB of memory, and this needs 576 MB; run `ulimit -v 589824` or a"
        " higher number first."
    )
    assert not (tmp_path / "a.csv").exists()


def test_a_lack_of_memory_is_told_as_such() -> None:
    import duckdb

    assert describe_error(MemoryError()).startswith("There is not enough memory; ")
    failure = storage_failure(Path("calls"), duckdb.OutOfMemoryException("50 rows"))
    assert str(failure).startswith("The calls need more memory than there is; ")
