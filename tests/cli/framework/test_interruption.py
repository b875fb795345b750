"""A signal ends a command in order: it deletes its drafts, and exits with the shell's code for the signal."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal
from tests.fork_server import ForkedProcess, fork_server
from tests.sites import Site
from workbench.cli.framework.interruption import interrupted_by_signals

pytestmark = pytest.mark.proof

_WAITING = """
import signal
import sys
import time
from workbench import __main__
from workbench.services.database import backups
from workbench.services.records.exporting import service
from workbench.services.records.exporting.sheets import write_texts

def wait(*_given):
    print("waiting", flush=True)
    time.sleep(60)

def write_and_wait(*given):
    write_texts(*given)
    wait()

signal.signal(signal.SIGHUP, signal.SIG_DFL)
service.write_texts = write_and_wait
if "restore" in sys.argv and "--encrypt" in sys.argv:
    backups.reencrypt = wait
else:
    backups._refuse_damaged = wait
__main__.main()
"""
"""Runs a command that waits once its plain text is on the disk."""

BACKUP, EXPORT = ("backup", "out/file"), ("export", "applications", "--output", "out/file", "--format", "csv")
RESTORE = ("restore", "b.tar")
ENCRYPT = (*RESTORE, "--encrypt", "--key-file", "new.key")


def waiting(folder: Path, database: Path, *words: str) -> ForkedProcess:
    """Start a command, with the paths of its files below a folder, and return when it waits."""
    given = [str(folder / word) if word in {"b.tar", "out/file", "new.key"} else word for word in words]
    child = fork_server().start_piped(_WAITING, "--database", str(database), *given, "--as", "admin")
    assert child.stdout is not None
    assert child.stdout.readline() == "waiting\n"
    return child


def plain(terminal: Terminal) -> Site:
    """Return a plain site beside the given one, with a case."""
    site = Site(terminal.site.path.with_name("plain.db"), is_encrypted=False).create()
    site.plant(1)
    site.close()
    return site


@pytest.mark.promise("C5")
@pytest.mark.parametrize(
    ("words", "number"),
    [
        *((words, signal.SIGTERM) for words in (BACKUP, EXPORT, RESTORE, ENCRYPT)),
        (ENCRYPT, signal.SIGINT),
    ],
)
def test_a_signal_ends_a_command_without_a_trace(
    terminal: Terminal, tmp_path: Path, words: tuple[str, ...], number: signal.Signals
) -> None:
    site = plain(terminal)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_text("older", encoding="utf-8")
    Terminal(site).document("admin", "backup", str(tmp_path / "b.tar"))
    site.close()
    before = sorted(tmp_path.rglob("*"))
    child = waiting(tmp_path, tmp_path / "fresh.db" if "restore" in words else site.path, *words)
    assert sorted(tmp_path.rglob("*")) != before

    child.send_signal(number)

    assert child.wait() == 128 + number
    child.communicate()
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.suffix != ".key"] == []
    assert (tmp_path / "out" / "file").read_text(encoding="utf-8") == "older"


@pytest.mark.promise("C5")
def test_the_drafts_of_a_killed_restore_are_private_and_named_and_deleted_by_the_next_one(
    terminal: Terminal, tmp_path: Path
) -> None:
    site = plain(terminal)
    Terminal(site).document("admin", "backup", str(tmp_path / "b.tar"))
    site.close()
    running, killed = (waiting(tmp_path, tmp_path / f"{name}.db", *ENCRYPT) for name in ("running", "killed"))
    killed.kill()
    killed.communicate()

    drafts = {path.name.split(".workbench-")[0]: path for path in tmp_path.glob(".*.workbench-*")}
    assert sorted(drafts) == [".killed.db", ".running.db"]
    assert {path.stat().st_mode & 0o777 for path in drafts.values()} == {0o700}
    told = Terminal(site).run("doctor").stdout
    assert "was left by a command that was killed" in told
    assert (".killed.db" in told, ".running.db" in told) == (True, False)

    Terminal(site).document("admin", "backup", str(tmp_path / "another.tar"))
    assert [path.exists() for path in (drafts[".killed.db"], drafts[".running.db"])] == [False, True]
    assert "was left by" not in Terminal(site).run("doctor").stdout
    running.kill()
    running.communicate()


def clean_up(cleaned: list[int]) -> None:
    """Receive a signal that is ignored, then one that is not, and another one during the clean-up."""
    os.kill(os.getpid(), signal.SIGHUP)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        cleaned.append(1)


def lose_one(cleaned: list[int]) -> None:
    """Receive a signal whose interrupt is lost, as some libraries lose it, and another one."""
    with suppress(KeyboardInterrupt):
        clean_up(cleaned)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("command", [clean_up, lose_one])
def test_the_clean_up_is_not_interrupted_and_a_lost_interrupt_is_repeated_by_the_next_signal(
    command: Callable[[list[int]], None],
) -> None:
    before, cleaned = signal.signal(signal.SIGHUP, signal.SIG_IGN), list[int]()
    try:
        with pytest.raises(SystemExit) as end:
            interrupted_by_signals()(command)(cleaned)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (end.value.code, cleaned) == (143, [1])
