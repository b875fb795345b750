"""Pipes, devices, folders and endless files are refused at once by every command that reads a file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal, refused
from workbench.services.foundation.safe_files import open_regular

COMMANDS = {
    "import": ("import", "applications"),
    "workbook": ("import", "workbook"),
    "calendar": ("import", "calendar"),
    "sent": ("notices", "sent"),
    "backtest": ("forecast", "backtest", "--log"),
}


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def device(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.promise("I8")
@pytest.mark.parametrize("make", [pipe, device, folder])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_pipe_a_device_and_a_folder_are_refused(
    terminal: Terminal, tmp_path: Path, make: Callable[[Path], Path], command: tuple[str, ...]
) -> None:
    login = "a" if command[0] == "notices" else "admin"

    result = terminal.as_person(login, *command, str(make(tmp_path / "odd.csv")), "--json")

    assert "regular file" in refused(result, 65, json_failure=True)


def test_a_site_file_and_a_hash_key_that_are_pipes_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    terminal.site.close()
    site_file = pipe(tmp_path / "site.toml")
    assert "regular file" in refused(terminal.run_bare("--site", str(site_file), "queue", "--json"), 78)

    key = tmp_path / "w.db.store" / "hash.key"
    key.unlink()
    pipe(key)
    assert "hash key" in refused(terminal.as_person("a", "queue", "--json"), 78)


def test_a_file_that_grows_while_it_is_read_ends_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"x" * 100_000)

    read = 0
    with open_regular(path) as file, path.open("ab") as writer:
        while chunk := file.read(10_000):
            read += len(chunk)
            writer.write(b"y" * 20_000)
            writer.flush()

    assert read == 100_000


def test_a_file_that_is_too_large_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.outbox.sent_report._MOST_BYTES", 1 << 20)
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.truncate(1 << 40)

    result = terminal.as_person("a", "notices", "sent", str(path), "--json")
    assert "larger than 1 MB" in refused(result, 65, json_failure=True)
