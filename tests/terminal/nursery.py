"""Workbenches forked from a process that has imported everything and opened nothing: a second saved on each start."""

import fcntl
import importlib
import json
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tests.terminal.pty_session import PATIENCE_S, ROOT, environment
from tests.terminal.watched import Watched


class Child:
    """A forked process, asked for and waited for through its parent; it looks like one that was started here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)
        self._nursery: Nursery | None = None

    def of(self, nursery: "Nursery") -> Self:
        """Remember who its parent is."""
        self._nursery = nursery
        return self

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            assert self._nursery is not None
            self.returncode = self._nursery.ask({"wait": self.pid})["code"]
            os.close(self._handle)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end and return its exit code."""
        if self.returncode is None:
            select.select([self._handle], [], [], timeout)
        code = self.poll()
        assert code is not None, f"still there after {timeout} s"
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


class Nursery:
    """The process that forks."""

    def __init__(self, home: Path) -> None:
        self._here, there = socket.socketpair()
        # As little a file as a terminal is: Python asks only once, at its start, whether it can seek in its output.
        self._said, saying = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.terminal.nursery", str(there.fileno())],
            pass_fds=[there.fileno()],
            cwd=ROOT,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=saying,
            stderr=saying,
        )
        os.close(saying)
        there.close()
        self._lines = self._here.makefile("rw", encoding="utf-8")

    def ask(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Ask for a child, or for the end of one."""
        self._lines.write(json.dumps(wish) + "\n")
        self._lines.flush()
        return dict(json.loads(self._lines.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        self._here.close()
        self._process.wait(PATIENCE_S)
        os.close(self._said)


class Forked(Watched):
    """A workbench in a terminal of its own, started by forking; `is_deaf` ignores hang-ups, and none is sent to it."""

    def __init__(
        self, nursery: Nursery, arguments: Sequence[str], *, rows: int = 40, columns: int = 120, is_deaf: bool = False
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.draws = True
        self.is_open = True
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        wish = {"tty": os.ttyname(side), "arguments": list(arguments), "is_deaf": is_deaf}
        self.process: Any = Child(nursery.ask(wish)["pid"]).of(nursery)
        # The child opens it by its name; until then this end keeps it from hanging up.
        self._side = side

    def hang_up(self) -> None:
        """Let the terminal go away."""
        if self.is_open:
            self.is_open = False
            os.close(self._side)
            os.close(self._main)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        self.hang_up()

    def ended(self, patience: float = 10.0) -> float:
        """Take in what is still written until the program ends, and return how many seconds that took."""
        began = time.monotonic()
        while self.process.poll() is None and time.monotonic() - began < patience:
            if self.is_open:
                self.read(0.02)
            else:
                time.sleep(0.01)
        assert self.process.poll() is not None, f"still there after {patience} s"
        return time.monotonic() - began


def _born(wish: dict[str, Any]) -> None:
    """Become a workbench in a terminal of its own."""
    os.setsid()
    side = os.open(wish["tty"], os.O_RDWR | os.O_NOCTTY)
    if wish["is_deaf"]:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    else:
        fcntl.ioctl(side, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(side, number)
    if side > 2:
        os.close(side)
    sys.argv = ["workbench", *wish["arguments"]]
    from workbench.__main__ import main

    main()


def _serve(lines: Any) -> None:
    for line in lines:
        wish = json.loads(line)
        if "wait" in wish:
            _pid, status = os.waitpid(wish["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            pid = os.fork()
            if pid == 0:
                lines.close()
                _born(wish)
            answer = {"pid": pid}
        lines.write(json.dumps(answer) + "\n")
        lines.flush()


if __name__ == "__main__":
    for name in ("screens.app", "screens.panels.bench", "screens.verdict", "workbench.services.site"):
        importlib.import_module(name)

    _serve(socket.socket(fileno=int(sys.argv[1])).makefile("rw", encoding="utf-8"))
