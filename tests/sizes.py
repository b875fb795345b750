"""How large a proof is: small for every run of `.ci/run`, whole with `pytest -m proof --full`."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_whole = [False]


def use_full_size(is_whole: bool) -> None:
    """Choose the size of all proofs, before the tests are collected."""
    _whole[0] = is_whole


def sized(*, ci: int, full: int) -> int:
    """Return the number that fits the chosen size."""
    return full if _whole[0] else ci


def some(items: Sequence[Item], *, ci: int) -> list[Item]:
    """Return all items in a whole proof, else `ci` of them, evenly spaced."""
    count = len(items) if _whole[0] else min(ci, len(items))
    return [items[at * len(items) // count] for at in range(count)]
