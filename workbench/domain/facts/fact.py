"""What a fact may be, so that a policy can only ask what makes sense of it."""

from enum import StrEnum


class FactSort(StrEnum):
    """What kind of value a fact has when it is known."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


NUMBER, FLAG, TEXT = FactSort.NUMBER, FactSort.FLAG, FactSort.TEXT
