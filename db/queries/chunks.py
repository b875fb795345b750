"""Splits many values into chunks, since a statement can bind a limited number of values."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

_SIZE = 500


def chunks(values: Iterable[Value], size: int = _SIZE) -> Iterator[list[Value]]:
    """Yield the values in order, in lists of at most `size` values."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
