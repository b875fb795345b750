"""Runs a program as a whole process, and returns its seconds, peak memory and output."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.results import WrongResult

_KB_PER_MB = 1024 if sys.platform.startswith("linux") else 1024 * 1024


@dataclass(frozen=True)
class ProcessRun:
    """One run of a program."""

    seconds: float
    peak_mb: float
    output: str


def run(*command: str, stdin: str = "", env: dict[str, str] | None = None) -> ProcessRun:
    """Run a program to its end.

    Raises:
        WrongResult: If it does not end with 0.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=err, env={**os.environ, **(env or {})}
        )
        if process.stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise WrongResult(f"{command[0]} ended with {process.returncode}: {err.read().decode()[-500:]}")
        return ProcessRun(seconds, usage.ru_maxrss / _KB_PER_MB, out.read().decode())


def workbench(database: Path, *arguments: str) -> ProcessRun:
    """Run a command of the workbench as the admin of a database."""
    home = database.parent
    env = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    command = (sys.executable, "-m", "workbench", "--database", str(database), "--as", "admin", *arguments)
    return run(*command, env=env)
