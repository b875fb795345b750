"""Lets the workers of a test run start with the longest tests, so that at the end none waits for one of them."""

from collections.abc import Sequence

import pytest


def longest_first(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests in an order of which each worker gets an equal share, with its long tests first.

    The shares are those of `--dist worksteal`; a worker without tests then takes over the last ones of another.
    """
    long = sorted((item for item in items if _seconds(item)), key=_seconds, reverse=True)
    others = [item for item in items if not _seconds(item)]
    ordered: list[pytest.Item] = []
    for at in range(workers):
        share = (len(items) - len(ordered)) // (workers - at)
        ordered += long[at::workers]
        more = max(0, share - len(long[at::workers]))
        ordered += others[:more]
        del others[:more]
    return ordered


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("long")
    return mark.args[0] if mark else 0
