"""Items are shared out to threads, and the first failure ends the work."""

from collections.abc import Generator
from threading import Barrier, Event

import pytest

from workbench.services.files.reading.staging.parallel import run_in_threads


def test_each_item_is_worked_on_once_by_threads_that_run_at_once() -> None:
    both = Barrier(2)
    done: list[int] = []

    def work(item: int) -> None:
        if item < 2:
            both.wait(10)
        done.append(item)

    run_in_threads((number for number in range(100)), work, 2)
    assert sorted(done) == list(range(100))


@pytest.mark.parametrize("fails", ["work", "items"])
def test_the_first_failure_is_raised_and_ends_the_items(fails: str) -> None:
    made: list[int] = []

    def items() -> Generator[int]:
        for number in range(1_000):
            if fails == "items" and number == 5:
                raise KeyError(number)
            made.append(number)
            yield number

    def work(item: int) -> None:
        if fails == "work" and item == 5:
            raise KeyError(item)
        Event().wait(0.002)

    with pytest.raises(KeyError, match="5"):
        run_in_threads(items(), work, 2)
    assert len(made) < 1_000
