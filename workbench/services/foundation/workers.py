"""Distributes tasks between this process and a helper process, because Python threads do not compute in parallel.

`concurrent.futures` would leave its processes behind when this one is killed, because they hold both ends of the pipe
on which they wait. A helper process of this module ends when the other end of its pipe is closed.
"""

import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, Self, TypeVar

from workbench import i18n
from workbench.errors import StorageFailed
from workbench.failure import location_of
from workbench.i18n import _
from workbench.services.foundation.memory import collect_garbage_rarely

_Shared = TypeVar("_Shared")
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_SENT_AHEAD = 3
"""How many tasks the helper may have at once, so that it never waits for one."""

_MAX_RESULTS = 12
"""How many results may wait for an earlier one."""

_SWITCH_INTERVAL_S = 0.0005


class _Job(NamedTuple):
    """The function for all later tasks, with its first argument."""

    work: Callable[[Any, Any], Any]
    shared: Any


class HelperProcess:
    """A process that does a part of the tasks of this one; leaving its context ends it.

    Raises:
        OSError: If no process can be started.
    """

    def __init__(self) -> None:
        spawning = get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, i18n.current_language()), daemon=True)
        # Ctrl+C interrupts both processes. It is blocked until the helper process ignores it, so that it does not end
        # the helper.
        former_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, former_mask)
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipe.close()
        self._process.join()

    def begin(self, work: Callable[[_Shared, Any], Any], shared: _Shared) -> None:
        """Set the function for the next tasks and its first argument; it must be at the top level of a module."""
        self.send(_Job(work, shared))

    def send(self, task: object) -> None:
        """Send a task; the process receives tasks while it works.

        Raises:
            StorageFailed: If the process was ended from outside.
        """
        with _reporting_end():
            self._pipe.send(task)

    def is_done(self) -> bool:
        """Say whether the result of the earliest task is ready, or the process was ended."""
        return self._pipe.poll()

    def result(self) -> Any:
        """Wait for the result of the earliest task, and return it, or raise its error.

        Raises:
            StorageFailed: If the process was ended from outside.
        """
        with _reporting_end():
            result = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result


@contextmanager
def _reporting_end() -> Iterator[None]:
    # An incomplete message raises an OSError.
    try:
        yield
    except (EOFError, OSError) as error:
        message = _("A process of this command was ended from outside, or for lack of memory; run the command again.")
        raise StorageFailed(message) from error


@contextmanager
def optional_helper(*, is_wanted: bool) -> Iterator[HelperProcess | None]:
    """Yield a helper process, or None if none is wanted, there is only one processor, or no process can be started."""
    helper = None
    if is_wanted and has_several_processors():
        with suppress(OSError):
            helper = HelperProcess()
    with helper or nullcontext():
        yield helper


def has_several_processors() -> bool:
    """Return whether this process may use more than one processor."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def distribute(
    work: Callable[[_Shared, _Task], _Result],
    shared: _Shared,
    tasks: Iterable[_Task],
    helper: HelperProcess | None,
    *,
    has_begun: bool = False,
) -> Iterator[_Result]:
    """Yield the results of tasks in their order; the helper, if there is one, does a part of them in parallel.

    Args:
        work: A function at the top level of a module.
        shared: The first argument of the function; the helper gets it once.
        tasks: The second arguments of the function.
        helper: The other process.
        has_begun: Whether the helper has the function and its first argument already.

    Raises:
        StorageFailed: If the other process was ended from outside.
    """
    if helper is None:
        yield from (work(shared, task) for task in tasks)
        return
    waiting = iter(tasks)
    # The results of this process in order, with None for each task that was sent to the helper.
    results: deque[_Result | None] = deque()
    sent = 0
    if not has_begun:
        helper.begin(work, shared)
    while True:
        for task in islice(waiting, _SENT_AHEAD - sent):
            helper.send(task)
            results.append(None)
            sent += 1
        if not results:
            return
        if results[0] is None and len(results) < _MAX_RESULTS and not helper.is_done():
            result_here = [work(shared, task) for task in islice(waiting, 1)]
            if result_here:
                results += result_here
                continue
        first = results.popleft()
        if first is None:
            first = helper.result()
            sent -= 1
        yield first


def _serve(pipe: Connection, language: str) -> None:
    """Do tasks until the other end of the pipe is closed; only the other process handles interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # With the default interval, each piece of a message would wait 5 ms while a task runs.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    i18n.use_language(language)
    messages: SimpleQueue[tuple[Any] | None] = SimpleQueue()
    results: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(pipe, messages), daemon=True).start()
    Thread(target=_send, args=(pipe, results), daemon=True).start()
    # The first message is a job.
    job: Any = None
    collect_garbage_rarely()
    while (message := messages.get()) is not None:
        [task] = message
        if isinstance(task, _Job):
            job = task
            continue
        try:
            result = pickle.dumps(job.work(job.shared, task), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            result = _pickle_error(error)
        results.put(result)


def _pickle_error(error: Exception) -> bytes:
    """Pickle an error; if that is impossible, pickle a `RuntimeError` with its name and location instead."""
    try:
        pickled = pickle.dumps(error)
        pickle.loads(pickled)  # noqa: S301 - made here
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__} at {location_of(error)}"))
    return pickled


def _send(pipe: Connection, results: "SimpleQueue[bytes]") -> None:
    """Send results from a separate thread, because the other process may read them late."""
    with suppress(OSError):
        while True:
            pipe.send_bytes(results.get())


def _receive(pipe: Connection, messages: "SimpleQueue[tuple[Any] | None]") -> None:
    """Read messages from the pipe at once, so that the other process never waits while this one sends a result.

    Any failure, such as a task that does not fit into memory, ends this process, and the other one reports it.
    """
    with suppress(Exception):
        while True:
            messages.put((pipe.recv(),))
    messages.put(None)
