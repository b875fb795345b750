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
from typing import Any, Generic, Self, TypeVar

from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.foundation.pacing import few_collections

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_SENT_AHEAD = 2
_DONE_AHEAD = 4


class Helper(Generic[_Task, _Result]):
    """A process that does a part of the tasks of this one; used as a context manager it is ended.

    `work` is a function at the top of a module, and `shared` its first argument, which the process gets once.
    """

    def __init__(self, work: Callable[[Any, _Task], _Result], shared: Any) -> None:
        spawning = get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, work, shared), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipe.close()
        self._process.join()

    def send(self, task: _Task) -> None:
        """Let the process do a task; it takes tasks while it works."""
        self._pipe.send(task)

    def is_done(self) -> bool:
        """Say whether the result of the earliest task is there."""
        return self._pipe.poll()

    def result(self) -> _Result:
        """Wait for the result of the earliest task."""
        result: _Result | Exception = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result


def shared_out(
    work: Callable[[Any, _Task], _Result], shared: Any, tasks: Iterable[_Task], *, is_alone: bool = False
) -> Iterator[_Result]:
    """Yield the results of tasks in their order; another process does those to which this one does not come.

    Args:
        work: A function at the top of a module.
        shared: The first argument of the function; the other process gets it once.
        tasks: The second arguments of the function.
        is_alone: Whether this process does all tasks, because there are few.

    Raises:
        StorageFailed: If the other process was ended from outside.
    """
    if is_alone or not _has_processors():
        yield from (work(shared, task) for task in tasks)
        return
    coming = iter(tasks)
    # The results of this process, and for each task that was sent the mark that its result comes later.
    results: deque[_Result | None] = deque()
    try:
        with Helper(work, shared) as helper:
            sent = 0
            for task in coming:
                if sent < _SENT_AHEAD:
                    helper.send(task)
                    results.append(None)
                    sent += 1
                else:
                    results.append(work(shared, task))
                while results and (results[0] is not None or helper.is_done() or len(results) > _DONE_AHEAD):
                    first = results.popleft()
                    if first is None:
                        first = helper.result()
                        sent -= 1
                    yield first
            for first in results:
                yield helper.result() if first is None else first
    except (EOFError, ConnectionError) as error:
        message = _("A process of this command was ended from outside; run the command again.")
        raise StorageFailed(message) from error


def _has_processors() -> bool:
    """Say whether this process may use more than one processor."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def _serve(pipe: Connection, work: Callable[[Any, _Task], _Result], shared: Any) -> None:
    """Do tasks until the other end of the pipe is gone; an interrupt concerns the other process only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: SimpleQueue[tuple[_Task] | None] = SimpleQueue()
    Thread(target=_receive, args=(pipe, tasks), daemon=True).start()
    with suppress(ConnectionError), few_collections():
        while (task := tasks.get()) is not None:
            try:
                result: _Result | Exception = work(shared, *task)
            except Exception as error:
                result = error
            pipe.send(result)


def _receive(pipe: Connection, tasks: "SimpleQueue[tuple[_Task] | None]") -> None:
    """Take tasks from the pipe at once, so that the other process never waits while this one sends a result."""
    with suppress(EOFError, OSError):
        while True:
            tasks.put((pipe.recv(),))
    tasks.put(None)
