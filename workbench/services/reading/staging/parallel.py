"""Works on the items of one iterator in several threads."""

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

Item = TypeVar("Item")


def for_each(items: Generator[Item], work: Callable[[Item], object], threads: int) -> None:
    """Call `work` for each item, in several threads at once; raise what it, or making the items, raises first.

    Items that were taken before something is raised are worked on to their end.
    """
    lock = Lock()

    def taken() -> Item | None:
        with lock:
            return next(items, None)

    def work_on() -> None:
        while (item := taken()) is not None:
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
