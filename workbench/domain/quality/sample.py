"""A reproducible stratified sample of decisions.

Each stratum gets its share of the sample, but at least a floor, so that a figure about few cases does not rest on one.
Which cases are drawn follows from their numbers and the seed alone, not from their order or a generator of random
numbers, so that the same seed draws the same cases on any machine.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

FLOOR = 5
"""The fewest decisions drawn from each stratum that has so many."""

_FEWEST_TIMES = 20
_LEAST_S = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decision that may be drawn, by its number, with its stratum."""

    number: int
    stratum: str


def draw(candidates: Collection[Candidate], size: int, seed: int) -> list[Candidate]:
    """Return the drawn decisions by their numbers; more than `size` if the floors ask for more.

    Args:
        candidates: The decisions of the period, each once.
        size: The number of decisions to draw.
        seed: Any number; the same one draws the same decisions.
    """
    wanted = allocation(Counter(candidate.stratum for candidate in candidates), size)
    drawn: list[Candidate] = []
    left = dict(wanted)
    for candidate in sorted(candidates, key=lambda one: (_rank(seed, one.number), one.number)):
        if left[candidate.stratum]:
            left[candidate.stratum] -= 1
            drawn.append(candidate)
    return sorted(drawn, key=lambda candidate: candidate.number)


def allocation(sizes: Mapping[str, int], size: int, floor: int = FLOOR) -> dict[str, int]:
    """Return how many decisions are drawn from each stratum.

    The floors come first. What is left of the sample is shared in proportion to the sizes, by largest remainders, among
    the strata that proportion alone gives more than their floor.

    Args:
        sizes: The number of decisions in each stratum.
        size: The number of decisions to draw from all strata.
        floor: The fewest from each stratum, or all that it has.
    """
    given = {stratum: min(count, floor) for stratum, count in sizes.items()}
    growing = set(sizes)
    while growing:
        left = size - sum(given[stratum] for stratum in sizes if stratum not in growing)
        together = sum(sizes[stratum] for stratum in growing)
        small = {stratum for stratum in growing if left * sizes[stratum] <= given[stratum] * together}
        if not small:
            return given | _by_largest_remainders({one: sizes[one] for one in growing}, min(left, together))
        growing -= small
    return given


def _by_largest_remainders(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    together = sum(sizes.values())
    whole = {stratum: size * count // together for stratum, count in sizes.items()}
    remainders = sorted(sizes, key=lambda stratum: (-(size * sizes[stratum] % together), repr(stratum)))
    for stratum in remainders[: size - sum(whole.values())]:
        whole[stratum] += 1
    return whole


def _rank(seed: int, number: int) -> bytes:
    return hashlib.sha256(f"{seed}:{number}".encode("ascii")).digest()


def fast_limits(seconds: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return, by group, the seconds below which a decision is a speed outlier.

    The limit is the lower fence of Tukey (Exploratory Data Analysis, 1977) on the logarithm, because times of work are
    skewed: the first quartile, less one and a half times the quartile range. A group with fewer than 20 decisions has
    no limit.

    Args:
        seconds: The group, such as the service class and verdict, and the seconds that the case was held.
    """
    by_group: dict[str, list[float]] = {}
    for group, taken in seconds:
        by_group.setdefault(group, []).append(max(taken, _LEAST_S))
    limits: dict[str, float] = {}
    for group, times in by_group.items():
        if len(times) >= _FEWEST_TIMES:
            first, third = np.quantile(np.log(times), (0.25, 0.75))
            limits[group] = float(np.exp(first - 1.5 * (third - first)))
    return limits


def is_below(seconds: float, limit: float | None) -> bool:
    """Return whether a time is below a limit of `fast_limits`; None is no limit."""
    return limit is not None and max(seconds, _LEAST_S) < limit
