"""How parameters are written and which words they take, for the help and for what a wrong one is told."""

from enum import Enum
from typing import Any, get_args


def is_argument(param: Any) -> bool:
    """Say whether a parameter is told by its place."""
    return bool(param.param_type_name == "argument")


def name_of(param: Any) -> str:
    """Return a parameter as people call it: an option by its longest name, an argument by its placeholder."""
    return str(param.metavar or param.name.upper()) if is_argument(param) else max(param.opts, key=len)


def choices_of(param: Any) -> tuple[str, ...]:
    """Return the words that a parameter takes, or nothing if it takes any."""
    for kind in _kinds(param):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(word.value) for word in kind)
    return ()


def is_number(param: Any) -> bool:
    """Say whether a parameter is a whole number."""
    return int in _kinds(param)


def value_of(param: Any) -> str:
    """Return the placeholder for the value of an option."""
    return str(param.metavar or "|".join(choices_of(param)) or param.name.upper())


def _kinds(param: Any) -> tuple[Any, ...]:
    """Return the types in a parameter's annotation, out of lists and alternatives."""
    kinds: list[Any] = []
    waiting = [param.type_descriptor.annotation]
    while waiting:
        kind = waiting.pop()
        inner = get_args(kind)
        waiting.extend(inner)
        if not inner:
            kinds.append(kind)
    return tuple(kinds)
