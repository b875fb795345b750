"""The placeholders of a policy's texts: {values}, and [parts in brackets] that are omitted if a value is unknown."""

import re
from collections.abc import Callable
from string import Formatter

PLACEHOLDERS = frozenset({"observed", "limit", "limits", "subject", "concerned", "days"})

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def placeholder_names(text: str) -> set[str]:
    """Return the names of the placeholders in a text.

    Raises:
        ValueError: If a brace is unmatched.
    """
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def without_optional_parts(text: str) -> str:
    """Return a text without its optional parts."""
    return replace_optional_parts(text, lambda _part: "")


def replace_optional_parts(text: str, replacement: Callable[[str], str]) -> str:
    """Return a text with each optional part replaced; the replacement gets the part without its brackets."""
    return _OPTIONAL.sub(lambda match: replacement(match[1]), text)
