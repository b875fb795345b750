"""The size of the proofs: small in each run of `.ci/run`, full with `pytest -m proof --full`."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_is_full = [False]


def use_full_size(is_whole: bool) -> None:
    """Choose the size of all proofs, before the tests are collected."""
    _is_full[0] = is_whole


def sized(*, ci: int, full: int) -> int:
    """Return the number that fits the chosen size."""
    return full if _is_full[0] else ci


def sample(items: Sequence[Item], *, ci: int) -> list[Item]:
    """Return all items in a full proof, else `ci` of them, evenly spaced."""
    count = len(items) if _is_full[0] else min(ci, len(items))
    return [items[at * len(items) // count] for at in range(count)]
