"""Runs the tests in processes that are forked after the collection, because importing and collecting take seconds.

The workers take groups of tests from one pipe: a test that is marked as long, or the other tests of a module. They send
their reports to the parent, which shows them. A worker that dies fails the test that it was running.
"""

import os
import signal
import struct
import traceback
import warnings
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby, pairwise
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, NoReturn
from weakref import finalize

import pytest

_GROUP = struct.Struct("=HH")
"""A group of tests in the pipe: the position of its first test, and how many it has."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the number of workers."""
    # The public method takes no short option.
    group: Any = parser.getgroup("workers")
    group._addoption("-n", dest="workers", default="auto", help="number of workers; 0 runs the tests in pytest itself")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that at the end no worker waits for one of them."""
    items.sort(key=_seconds, reverse=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run more than one test in workers, unless a debugger is wanted."""
    options = session.config.option
    # One worker more than there are processors, because some tests wait.
    wanted = (os.cpu_count() or 1) + 1 if options.workers == "auto" else int(options.workers)
    count = min(wanted, len(session.items) - 1)
    if count < 1 or options.collectonly or options.usepdb or session.testsfailed:
        return None
    _Workers(session, count).show_reports()
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    return True


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("long")
    return mark.args[0] if mark else 0


def _groups(items: Sequence[pytest.Item]) -> Iterator[bytes]:
    """Yield the groups of tests as they are sent."""
    first = 0
    for _key, tests in groupby(enumerate(items), lambda each: (each[1].path, _seconds(each[1]) and each)):
        length = len(list(tests))
        yield _GROUP.pack(first, length)
        first += length


class _Workers:
    """The workers of a session, as the parent sees them."""

    def __init__(self, session: pytest.Session, count: int) -> None:
        self._session, self._hook = session, session.config.hook
        self._groups, writing = os.pipe()
        os.write(writing, b"".join(_groups(session.items)))
        os.close(writing)
        # Snapshots that only the workers compare would count as unused.
        os.environ["PYTEST_XDIST_WORKER_COUNT"] = str(count)
        self._pids: dict[Any, int] = {}
        self._running: dict[Any, pytest.Item] = {}
        # The folder of each worker is inside a folder that all know.
        folder = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        for number in range(count):
            reading, sending = Pipe(duplex=False)
            pid = os.fork()
            if not pid:
                _Worker(session, sending, self._groups).run(folder / f"worker{number}")
            sending.close()
            self._pids[reading] = pid

    def show_reports(self) -> None:
        """Show the reports until all workers have ended."""
        try:
            while self._pids:
                for worker in wait(list(self._pids)):
                    self._receive(worker)
                if self._session.shouldfail:
                    # Without groups, the workers end.
                    os.read(self._groups, 1 << 20)
        finally:
            for pid in self._pids.values():
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _receive(self, worker: Any) -> None:
        try:
            sent = worker.recv()
        except EOFError:
            sent = None
        if sent is None:
            self._end(worker)
        elif isinstance(sent, str):
            self._fail(worker, sent)
        elif isinstance(sent, int):
            item = self._running[worker] = self._session.items[sent]
            self._hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        else:
            self._show(self._hook.pytest_report_from_serializable(config=self._session.config, data=sent))

    def _show(self, report: pytest.TestReport) -> None:
        self._hook.pytest_runtest_logreport(report=report)

    def _end(self, worker: Any) -> None:
        _pid, status = os.waitpid(self._pids.pop(worker), 0)
        if status:
            self._fail(worker, f"the worker ended with wait status {status}")

    def _fail(self, worker: Any, why: str) -> None:
        item = self._running.get(worker, self._session.items[0])
        self._show(pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call"))


class _Worker:
    """A worker, in its own process; as a plugin, it sends the reports."""

    def __init__(self, session: pytest.Session, parent: Connection, groups: int) -> None:
        self._session, self._parent, self._groups = session, parent, groups

    def run(self, folder: Path) -> NoReturn:
        """Run groups of tests until there are none left, and exit."""
        try:
            self._prepare(folder)
            while group := os.read(self._groups, _GROUP.size):
                self._run_group(*_GROUP.unpack(group))
            self._session._setupstate.teardown_exact(None)
        except BaseException:
            self._parent.send(traceback.format_exc())
        finally:
            self._parent.send(None)
            # Temporary folders of the process are removed; what else the parent has must stay as it is.
            warnings.simplefilter("ignore")
            finalize._exitfunc()  # type: ignore[attr-defined]
            os._exit(0)

    def _prepare(self, folder: Path) -> None:
        plugins = self._session.config.pluginmanager
        capturing = plugins.getplugin("capturemanager")
        # The files with the captured output must not be those of the parent.
        capturing.stop_global_capturing()
        capturing.start_global_capturing()
        # It explains failed assertions, so that it stays, but only the parent's shows anything.
        plugins.getplugin("terminalreporter")._tw._file = StringIO()
        plugins.register(self)
        folder.mkdir()
        self._session.config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
        os.environ["PYTEST_XDIST_WORKER"] = folder.name

    def _run_group(self, first: int, length: int) -> None:
        # Nobody knows yet which test comes after the last one, so that then only the session goes on.
        tests = [*self._session.items[first : first + length], self._session]
        for at, (test, following) in enumerate(pairwise(tests), start=first):
            if self._session.shouldfail:
                break
            self._parent.send(at)
            self._session.config.hook.pytest_runtest_protocol(item=test, nextitem=following)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Send a report to the parent."""
        hook = self._session.config.hook
        self._parent.send(hook.pytest_report_to_serializable(config=self._session.config, report=report))
