"""Faults of the program and of the storage: one sentence without values, no loss, and the session continues."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.fork_server import TIMEOUT_S
from tests.sites import Site
from tests.terminal.hang_up_session import HangUpSession
from tests.terminal.recording_session import RecordingSession
from tests.terminal.stream import words
from workbench.errors import StorageFailed


def test_a_fault_in_a_worker_is_reported_and_one_in_a_screen_ends_the_program(site: Site, tmp_path: Path) -> None:
    site.plant()
    with RecordingSession(
        ["--database", str(site.path), "--as", "a"], tmp_path, module="tests.terminal.failing_workbench"
    ) as terminal:
        terminal.await_words("takes the next")
        terminal.await_words(r"C-0+1", "n")
        terminal.await_words("Comment on", "c")
        terminal.settle("kept")
        output = terminal.await_words("Unexpected error", "\r")
        assert "KeyError" in output
        assert terminal.process.poll() is None
        terminal.await_words(r"Comment on[\s\S]*kept", "c")
        terminal.press("\x1b")
        terminal.wait_until_gone("Comment on")

        begins = len(terminal.raw)
        until = time.monotonic() + TIMEOUT_S
        while terminal.process.poll() is None and time.monotonic() < until:
            with suppress(AssertionError):
                # The program may end before the key is sent; and a key right after another may be read as part of it.
                terminal.press("i")
            terminal.rest(0.5)
        output = words(bytes(terminal.raw[begins:]))
        assert terminal.process.returncode == 74
        assert "workbench: Unexpected error at " in output
        assert "secret" not in words(bytes(terminal.raw))
        assert terminal.leaks() == []


@pytest.mark.promise("N5")
def test_a_refusal_of_the_database_is_reported_without_values(site: Site) -> None:
    (case,) = site.plant()
    site.services("a").claims.next()
    with site.services("admin").context.write() as session:
        session.execute(text("CREATE TRIGGER t BEFORE INSERT ON comment BEGIN SELECT RAISE(ABORT, 'refused'); END"))

    with pytest.raises(StorageFailed, match="refused; nothing was written") as failed:
        site.services("a").remarks.comment(case, "张三 said so")
    assert "张三" not in str(failed.value)


@pytest.mark.promise("S1")
def test_a_full_disk_is_reported_and_the_text_can_be_saved_later(site: Site) -> None:
    (case,) = site.plant()
    services = site.services("a")
    services.claims.next()
    limit = {"pages": 0}

    @event.listens_for(services.context.database.writer, "begin")
    def bounded(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages'] or 1_000_000}")

    with services.context.read() as session:
        limit["pages"] = session.execute(text("PRAGMA page_count")).scalar_one()
    with pytest.raises(StorageFailed, match="full; nothing was written"):
        services.drafts.save(case, {"note": "x" * 1_000_000})
    limit["pages"] = 0
    services.drafts.save(case, {"note": "x" * 1_000_000})

    assert len(str(services.casefiles.show(case).draft["note"])) == 1_000_000


@pytest.mark.promise("S3")
@pytest.mark.proof
def test_a_locked_database_does_not_block_the_screen_and_a_retry_works(tmp_path: Path, site: Site) -> None:
    (case,) = site.plant()
    with HangUpSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        terminal.await_words(r"C-0+1", "n")
        terminal.await_words("For us only", "w")
        other = sqlite3.connect(site.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(0.5)
        begins = len(terminal.raw)
        terminal.press("y")
        # The screen responds while the decision waits, long before the wait for the lock ends.
        terminal.await_words("leaves the field", "t")
        assert b"busy" not in bytes(terminal.raw[begins:])
        terminal.await_words("busy")
        other.execute("ROLLBACK")
        other.close()
        assert site.state(case) == "in_review"

        terminal.settle("\x1b")
        time.sleep(0.8)
        terminal.await_words("pending", "y")
        until = time.monotonic() + 60
        while site.state(case) != "pending" and time.monotonic() < until:
            terminal.read(0.2)
        assert site.state(case) == "pending"
