"""A fork server: it starts test processes with the program already imported, which saves a second each."""

import atexit
import faulthandler
import fcntl
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import traceback
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from workbench.services.site import machine_clock

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 30.0

_MAX_REQUEST_BYTES = 100_000
_MAX_HANDLES = 10
_FIRST_FREE_HANDLE = 100
_IMPORTED = (
    "screens.app",
    "screens.panels.evidence_panels",
    "screens.verdict.dialog",
    "workbench.services.database.opening",
    "workbench.services.demo.preparing",
    "workbench.services.intake.importing.import_run",
    "workbench.cli.app",
    "tests.screens.doubles.services",
    "tests.services.intake.importing.later_files",
)


class ForkedProcess:
    """A forked process; it has the interface of `subprocess.Popen`."""

    def __init__(self, pid: int, parent: "ForkServer", stdout: TextIOWrapper | None) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)
        self._parent = parent

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            self.returncode = self._parent.exit_code_of(self.pid)
            os.close(self._handle)
        return self.returncode

    def wait(self, timeout: float = TIMEOUT_S) -> int:
        """Wait until it ends and return its exit code."""
        if self.returncode is None:
            select.select([self._handle], [], [], timeout)
        code = self.poll()
        assert code is not None, f"still there after {timeout} s"
        return code

    def communicate(self, timeout: float = 600) -> tuple[str, None]:
        """Read its remaining output until it ends."""
        assert self.stdout is not None
        with self.stdout:
            output = self.stdout.read()
        self.wait(timeout)
        return output, None

    def send_signal(self, number: int) -> None:
        """Send it a signal if it is still running."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """Starts processes by a server that has imported the program and forks on request."""

    def __init__(self) -> None:
        self._connection, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._request_lock = threading.Lock()
        # A pipe, because Python checks only once, at its start, whether its output is seekable; a terminal is not.
        self._output, output_end = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", str(other_end.fileno())],
            pass_fds=[other_end.fileno()],
            cwd=ROOT,
            env={**os.environ, "LANG": "en_US.UTF-8", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output_end,
            stderr=output_end,
        )
        os.close(output_end)
        other_end.close()
        atexit.register(self._close)

    def _close(self) -> None:
        self._connection.close()
        os.close(self._output)
        self._process.wait(TIMEOUT_S)

    def _request(self, request: dict[str, Any], handles: Sequence[int] = ()) -> int:
        with self._request_lock:
            socket.send_fds(self._connection, [json.dumps(request).encode()], handles)
            return int(json.loads(self._connection.recv(_MAX_REQUEST_BYTES)))

    def exit_code_of(self, pid: int) -> int:
        """Return the exit code of a child that ended."""
        return self._request({"wait": pid})

    def start(
        self,
        what: str,
        arguments: Sequence[str],
        handles: Mapping[int, int],
        *,
        environment: Mapping[str, str] = os.environ,
        **more: Any,
    ) -> ForkedProcess:
        """Start a process that runs a module by its name, or the lines of a program.

        Args:
            what: The name of the module, or the lines.
            arguments: The arguments of the program.
            handles: Open file descriptors of this process, by their numbers in the child.
            environment: The complete environment of the child.
            more: `folder`, the working folder; `has_terminal`, whether descriptor 0 is its terminal; `ignores_hang_up`,
                whether it ignores hang-ups and receives none.
        """
        request = {
            "what": what,
            "arguments": list(arguments),
            "handles": list(handles),
            "environment": dict(environment),
            "folder": str(ROOT),
            **more,
        }
        return ForkedProcess(self._request(request, tuple(handles.values())), self, None)

    def start_piped(self, what: str, *arguments: str, environment: Mapping[str, str] = os.environ) -> ForkedProcess:
        """Start a process whose output can be read; its errors go to our stderr."""
        reading, writing = os.pipe()
        try:
            child = self.start(what, arguments, {1: writing, 2: 2}, environment=environment)
        finally:
            os.close(writing)
        child.stdout = os.fdopen(reading, encoding="utf-8")
        return child


@cache
def fork_server() -> ForkServer:
    """Return the fork server of this process."""
    return ForkServer()


def _duplicate_handles(numbers: Sequence[int], handles: Sequence[int]) -> None:
    """Duplicate file descriptors to the wanted numbers."""
    copies = [fcntl.fcntl(handle, fcntl.F_DUPFD, _FIRST_FREE_HANDLE) for handle in handles]
    for handle in handles:
        os.close(handle)
    for number, handle in zip(numbers, copies, strict=True):
        os.dup2(handle, number, inheritable=True)
        os.close(handle)


def _run_in_child(request: dict[str, Any], handles: Sequence[int]) -> None:
    """Set up the forked process, and run the requested program."""
    os.setsid()
    _duplicate_handles(request["handles"], handles)
    if request.get("ignores_hang_up"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    elif request.get("has_terminal"):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A shell starts commands in the background with the interrupt ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    faulthandler.enable()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["-c", *request["arguments"]]
    if request.get("has_terminal") or request.get("ignores_hang_up"):
        _run_program(request["what"])
        return
    code = 1
    try:
        _run_program(request["what"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    _exit_at_once(code)


def _exit_at_once(code: int) -> None:
    """Exit without tearing down the imported modules, which takes longer than most children run."""
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter calls first
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run_program(what: str) -> None:
    """Run a module by its name, or the lines of a program."""
    if "\n" in what:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)


def _serve(connection: socket.socket) -> None:
    while True:
        message, handles, _flags, _address = socket.recv_fds(connection, _MAX_REQUEST_BYTES, _MAX_HANDLES)
        if not message:
            return
        request = json.loads(message)
        if "wait" in request:
            _pid, status = os.waitpid(request["wait"], 0)
            reply = os.waitstatus_to_exitcode(status)
        else:
            reply = os.fork()
            if reply == 0:
                os.close(connection.detach())
                _run_in_child(request, handles)
                return
            for handle in handles:
                os.close(handle)
        connection.send(json.dumps(reply).encode())


if __name__ == "__main__":
    for name in _IMPORTED:
        importlib.import_module(name)
    # The clocks of tests move without the machine.
    machine_clock.uptime = lambda: None
    machine_clock.MAY_BE_QUIET = timedelta(days=40_000)
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
