"""Facts and their types, so that a policy can only use comparisons that make sense."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from workbench.domain.policy.policy import FactValue

Facts = Mapping[str, FactValue]
"""The values of facts by name; None is unknown."""

FactGroup = dict[str, FactValue]
"""Some facts of a case, a card or a document. Others may share the group, so it must not be changed."""


class FactType(StrEnum):
    """The type of a known fact."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@lru_cache(maxsize=4096, typed=True)
def shared_group(names: tuple[str, ...], *values: FactValue) -> FactGroup:
    """Return the group with these facts, which all that have the same values share, so that it is checked only once."""
    return dict(zip(names, values, strict=True))


def groups_of(facts: Facts) -> Sequence[Facts]:
    """Return the groups of which facts were chained together."""
    return facts.maps if isinstance(facts, ChainMap) else (facts,)


NUMBER, FLAG, TEXT = FactType.NUMBER, FactType.FLAG, FactType.TEXT
