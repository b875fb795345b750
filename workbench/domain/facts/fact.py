"""The types of facts, so that a policy can only use comparisons that make sense."""

from enum import StrEnum


class FactType(StrEnum):
    """The type of a known fact."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


NUMBER, FLAG, TEXT = FactType.NUMBER, FactType.FLAG, FactType.TEXT
