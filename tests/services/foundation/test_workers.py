"""Work that two processes share."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fork_server import fork_server
from workbench.errors import StorageFailed
from workbench.services.foundation import workers
from workbench.services.foundation.workers import HelperProcess, distribute

pytestmark = pytest.mark.proof

_PARENT = """
import sys
from tests.services.foundation.test_workers import process_of
from workbench.services.foundation.workers import HelperProcess

with HelperProcess() as helper:
    helper.begin(process_of, 0)
    helper.send(0)
    print(helper.result(), flush=True)
    sys.stdin.read()
"""


def process_of(shared: int, task: int) -> int:
    """Return the process that does a task."""
    time.sleep(shared / 1000)
    return os.getpid() if task >= 0 else 1 // 0


def in_either(delay_ms: int, task: int) -> tuple[int, int, bytes]:
    time.sleep(delay_ms / 1000)
    return task, os.getpid(), bytes(200_000)


def zeros(_shared: None, size: int) -> bytes:
    return bytes(size)


def oddly_failed(_shared: None, _task: int) -> None:
    raise type("OddError", (Exception,), {})


def no_memory() -> None:
    raise MemoryError


class TooLarge:
    """A task for which the other process has no memory."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return no_memory, ()


def killed(_shared: None, task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


@pytest.fixture
def helper() -> Iterator[HelperProcess]:
    with HelperProcess() as helper:
        yield helper


def test_a_helper_does_one_thing_after_the_other_and_results_come_in_the_order_of_tasks(helper: HelperProcess) -> None:
    for delay_ms, count in ((20, 60), (0, 20)):
        results = list(distribute(in_either, delay_ms, range(count), helper))
        assert [task for task, _process, _text in results] == list(range(count))
        assert delay_ms == 0 or len({process for _task, process, _text in results}) == 2
    assert os.getpid() not in set(distribute(process_of, 20, range(2), helper))
    assert set(distribute(process_of, 0, range(3), None)) == {os.getpid()}
    with pytest.raises(ZeroDivisionError):
        list(distribute(process_of, 0, [-1], helper))


def test_an_error_that_no_other_process_can_read_is_told_by_name_and_place(helper: HelperProcess) -> None:
    with pytest.raises(RuntimeError, match=r"OddError at tests/services/foundation/test_workers\.py:\d+"):
        list(distribute(oddly_failed, None, [0], helper))


def test_a_process_that_is_killed_is_told(helper: HelperProcess) -> None:
    with pytest.raises(StorageFailed, match="ended from outside, or for lack of memory; run the command again"):
        list(distribute(killed, None, [0], helper))


def test_a_process_that_is_killed_while_it_sends_a_result_is_told(helper: HelperProcess) -> None:
    # The result is larger than the pipe, so that it waits there for somebody who takes it.
    helper.begin(zeros, None)
    helper.send(5_000_000)
    while not helper.is_done():
        time.sleep(0.01)
    process = helper._process.pid
    assert process is not None
    os.kill(process, signal.SIGKILL)
    with pytest.raises(StorageFailed, match="ended from outside"):
        helper.result()


def test_a_task_that_the_other_process_cannot_take_ends_it(helper: HelperProcess) -> None:
    helper.begin(process_of, 0)
    helper.send(TooLarge())
    with pytest.raises(StorageFailed, match="ended from outside"):
        helper.result()


def test_without_a_process_to_be_had_this_one_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(workers, "has_several_processors", lambda: True)
    monkeypatch.setattr(HelperProcess, "__init__", refuse)
    with workers.optional_helper(is_wanted=True) as helper:
        assert helper is None


def test_the_other_process_ends_when_this_one_is_killed() -> None:
    parent = fork_server().start_piped(_PARENT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 10
    while _is_alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _is_alive(child)


def _is_alive(process: int) -> bool:
    """Say whether a process runs; one that nobody waits for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
