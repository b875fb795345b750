"""Shares work out between this process and another: threads of Python share one processor.

`concurrent.futures` would leave its processes behind when this one is killed, because they hold both ends of the pipe
on which they wait. A process here ends when the other end of its pipe is gone.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, Self, TypeVar

from workbench import i18n
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.foundation.pacing import few_collections

_Shared = TypeVar("_Shared")
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_SENT_AHEAD = 2
_DONE_AHEAD = 4


class _Job(NamedTuple):
    """What is done with the tasks that follow."""

    work: Callable[[Any, Any], Any]
    shared: Any


class Helper:
    """A process that does a part of the tasks of this one; used as a context manager it is ended."""

    def __init__(self) -> None:
        spawning = get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, i18n.current_language()), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipe.close()
        self._process.join()

    def begin(self, work: Callable[[_Shared, Any], Any], shared: _Shared) -> None:
        """Say what the next tasks are: a function at the top of a module, and its first argument."""
        self._pipe.send(_Job(work, shared))

    def send(self, task: object) -> None:
        """Let the process do a task; it takes tasks while it works."""
        self._pipe.send(task)

    def is_done(self) -> bool:
        """Say whether the result of the earliest task is there."""
        return self._pipe.poll()

    def result(self) -> Any:
        """Wait for the result of the earliest task, and return it, or raise its error."""
        result = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result


def has_processors() -> bool:
    """Say whether this process may use more than one processor."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def shared_out(
    work: Callable[[_Shared, _Task], _Result], shared: _Shared, tasks: Iterable[_Task], helper: Helper | None
) -> Iterator[_Result]:
    """Yield the results of tasks in their order; the helper, if there is one, does a part of them meanwhile.

    Args:
        work: A function at the top of a module.
        shared: The first argument of the function; the helper gets it once.
        tasks: The second arguments of the function.
        helper: The other process.

    Raises:
        StorageFailed: If the other process was ended from outside.
    """
    if helper is None:
        yield from (work(shared, task) for task in tasks)
        return
    # The results of this process, and None for each task that was sent.
    results: deque[_Result | None] = deque()
    sent = 0
    try:
        helper.begin(work, shared)
        for task in tasks:
            if sent < _SENT_AHEAD:
                helper.send(task)
                results.append(None)
                sent += 1
            else:
                results.append(work(shared, task))
            while results and (results[0] is not None or helper.is_done() or len(results) > _DONE_AHEAD):
                first = results.popleft()
                sent -= first is None
                yield helper.result() if first is None else first
        for first in results:
            yield helper.result() if first is None else first
    except (EOFError, ConnectionError) as error:
        message = _("A process of this command was ended from outside; run the command again.")
        raise StorageFailed(message) from error


def _serve(pipe: Connection, language: str) -> None:
    """Do tasks until the other end of the pipe is gone; an interrupt concerns the other process only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    i18n.use(language)
    messages: SimpleQueue[tuple[Any] | None] = SimpleQueue()
    Thread(target=_receive, args=(pipe, messages), daemon=True).start()
    job = _Job(max, None)
    with suppress(ConnectionError), few_collections():
        while (message := messages.get()) is not None:
            [task] = message
            if isinstance(task, _Job):
                job = task
                continue
            try:
                result = job.work(job.shared, task)
            except Exception as error:
                result = error
            pipe.send(result)


def _receive(pipe: Connection, messages: "SimpleQueue[tuple[Any] | None]") -> None:
    """Take messages from the pipe at once, so that the other process never waits while this one sends a result."""
    with suppress(EOFError, OSError):
        while True:
            messages.put((pipe.recv(),))
    messages.put(None)
