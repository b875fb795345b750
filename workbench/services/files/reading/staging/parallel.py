"""Processes the items of one iterator in several threads."""

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

Item = TypeVar("Item")


def run_in_threads(items: Generator[Item], work: Callable[[Item], object], threads: int) -> None:
    """Call `work` for each item in several threads, and raise the first error of `work` or of the iterator.

    Items that are being processed when an error occurs are still finished.
    """
    lock = Lock()

    def next_item() -> Item | None:
        with lock:
            return next(items, None)

    def work_on() -> None:
        while (item := next_item()) is not None:
            work(item)

    with ThreadPoolExecutor(threads, "staging") as executor:
        workers = [executor.submit(work_on) for _thread in range(threads)]
        try:
            wait(workers, return_when=FIRST_EXCEPTION)
        finally:
            with lock:
                items.close()
    for worker in workers:
        worker.result()
