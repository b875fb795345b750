"""Tests of the workers: what happens in one of them is shown by pytest itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fork_server import ROOT

pytestmark = pytest.mark.terminal

TESTS = """
import os, pytest

@pytest.fixture(scope="module")
def numbers():
    yield [1]
    print("torn down")

@pytest.mark.parametrize("number", range(20))
def test_some_number(number, numbers): assert numbers == [1]
def test_that_fails(numbers): print("printed before"); assert numbers == [2]
def test_that_is_skipped(): pytest.skip("for a reason")
@pytest.mark.long(3)
def test_that_ends_its_worker(): os._exit(7)
"""
KEPT = """
import pytest

@pytest.fixture(scope="session", autouse=True)
def kept():
    yield
    raise ValueError("kept")
"""
ORDINARY = "not ends"


def run(folder: Path, *arguments: str) -> str:
    (folder / "test_others.py").write_text(
        "def test_another(tmp_path): assert tmp_path.parent.name.startswith('worker')"
    )
    (folder / "test_some.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = long(seconds): long\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "tests.forked_workers", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_failures_are_shown_with_what_was_printed(tmp_path: Path) -> None:
    shown = run(tmp_path, "-n", "3", "-k", ORDINARY)
    assert "1 failed, 21 passed, 1 skipped, 1 deselected" in shown
    assert "assert [1] == [2]" in shown
    assert "printed before" in shown


def test_a_worker_that_ends_fails_the_test_that_it_ran(tmp_path: Path) -> None:
    shown = run(tmp_path, "-n", "2", "-rf")
    assert "FAILED test_some.py::test_that_ends_its_worker" in shown
    assert "2 failed, 21 passed, 1 skipped" in shown


def test_the_first_failure_ends_the_run(tmp_path: Path) -> None:
    shown = run(tmp_path, "-n", "1", "-x", "-k", "fails or skipped or another")
    assert "1 failed" in shown
    assert "skipped," not in shown


def test_a_session_fixture_that_cannot_be_torn_down_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(KEPT)
    shown = run(tmp_path, "-n", "1", "-k", "another or skipped")
    assert "ValueError: kept" in shown
    assert "1 failed" in shown
