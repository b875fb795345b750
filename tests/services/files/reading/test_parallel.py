"""Items are shared out to threads, and the first failure ends the work."""

from collections.abc import Generator
from threading import Event

import pytest

from workbench.services.files.reading.staging.parallel import run_in_threads


@pytest.mark.parametrize("fails", ["work", "items"])
def test_the_first_failure_is_raised_and_ends_the_items(fails: str) -> None:
    made, done = list[int](), list[int]()

    def items() -> Generator[int]:
        for number in range(1_000):
            if fails == "items" and number == 5:
                raise KeyError(number)
            made.append(number)
            yield number

    def work(item: int) -> None:
        if fails == "work" and item == 5:
            raise KeyError(item)
        done.append(item)
        Event().wait(0.002)

    with pytest.raises(KeyError, match="5"):
        run_in_threads(items(), work, 2)
    assert len(made) < 1_000
    assert len(done) == len(set(done)) >= 3, "each item is worked on once"
