"""Facts and their types, so that a policy can only use comparisons that make sense."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import cast

from workbench.domain.policy.policy import FactValue

Facts = Mapping[str, FactValue]
"""The values of facts by name; None is unknown."""


class FactType(StrEnum):
    """The type of a known fact."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@lru_cache(maxsize=4096, typed=True)
def interned_group(names: tuple[str, ...], *values: FactValue) -> Facts:
    """Return a group of facts. Equal groups are one object, so that rules check each group once."""
    return dict(zip(names, values, strict=True))


def chained(*groups: Facts) -> Facts:
    """Return the facts of several groups. If several groups have a fact, the first group counts."""
    return ChainMap(*cast("Sequence[dict[str, FactValue]]", groups))


def groups_of(facts: Facts) -> Sequence[Facts]:
    """Return the groups that were chained, or all facts as one group."""
    return facts.maps if isinstance(facts, ChainMap) else (facts,)


NUMBER, FLAG, TEXT = FactType.NUMBER, FactType.FLAG, FactType.TEXT
