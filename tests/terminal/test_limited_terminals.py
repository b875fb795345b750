"""Terminals and environments with few capabilities: the workbench starts, or says why it cannot."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fork_server import ROOT, TIMEOUT_S
from tests.sites import Site
from tests.sizes import sample
from tests.terminal.pty_session import environment
from tests.terminal.recording_session import RecordingSession
from tests.terminal.stream import words

PRESSES = 10
OTHERS = (
    {"LANG": "POSIX", "TERM": "vt100", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"TERM": "xterm-16color", "COLORTERM": ""},
    {"LANG": "", "TERM": ""},
)
"""Each starts a new process, so that only a full proof runs all of them."""


@pytest.mark.promise("W2")
@pytest.mark.parametrize(
    "variables",
    [
        {"TERM": "dumb", "NO_COLOR": "1", "LANG": "C"},
        *(pytest.param(found, marks=pytest.mark.proof) for found in sample(OTHERS, ci=1)),
    ],
    ids=lambda found: " ".join(f"{name}={value}" for name, value in found.items()),
)
def test_the_workbench_starts_and_shows_a_case(site: Site, tmp_path: Path, variables: dict[str, str]) -> None:
    site.plant()
    with RecordingSession(
        ["--database", str(site.path), "--as", "a", "--lang", "en"], tmp_path, more=variables
    ) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        terminal.await_words(r"C-0+1", "n")

        assert terminal.process.poll() is None
        if "NO_COLOR" in variables:
            # A symbol marks a finding, in addition to its colour.
            assert b"\x1b[38;5;1" not in terminal.raw


def test_a_gb18030_terminal_is_read_and_written_in_gb18030(site: Site, tmp_path: Path) -> None:
    site.plant()
    chinese: dict[str, str] = {"PYTHONIOENCODING": "gb18030", "LANG": "zh_CN.GB18030"}
    with RecordingSession(["--database", str(site.path), "--as", "a"], tmp_path, more=chinese) as terminal:
        terminal.draws = False
        _until(terminal, "工作台".encode("gb18030")[:2], b"")
        _until(terminal, "虚构公司".encode("gb18030"), b"n")
        _until(terminal, "留言".encode("gb18030"), b"c")
        os.write(terminal._main, "甲乙".encode("gb18030") + b"\xff\xfe\x80")
        _until(terminal, "甲乙".encode("gb18030"), b"")

        assert terminal.process.poll() is None


def _until(terminal: RecordingSession, wanted: bytes, keys: bytes) -> None:
    begins, until = len(terminal.raw), time.monotonic() + TIMEOUT_S
    os.write(terminal._main, keys)
    while time.monotonic() < until:
        terminal.read(0.3)
        if wanted in terminal.raw[begins:]:
            return
    raise AssertionError(bytes(terminal.raw[begins:]).decode("gb18030", "replace"))


def test_invalid_bytes_do_not_end_the_workbench(site: Site, tmp_path: Path) -> None:
    site.plant()
    with RecordingSession(["--database", str(site.path), "--as", "a"], tmp_path) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        begins = len(terminal.raw)
        os.write(terminal._main, b"\xff\xfe\x80\xc3\xc3(\xf0\x9fx")
        for _press in range(PRESSES):
            # A key right after a burst of bytes is read as part of it.
            time.sleep(1)
            terminal.settle("n")
            if re.search("C-0+1", words(bytes(terminal.raw[begins:]))):
                return
        raise AssertionError(words(bytes(terminal.raw[begins:])))


@pytest.mark.promise("W2")
def test_without_a_terminal_the_workbench_ends_with_a_message(site: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "--database", str(site.path), "--as", "a"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env=environment(tmp_path),
        timeout=60,
        check=False,
    )

    assert done.returncode == 69
    assert b"terminal" in done.stderr
    assert b"\x1b" not in done.stderr + done.stdout
    assert done.stderr.count(b"\n") == 1
