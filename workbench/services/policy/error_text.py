"""What Pydantic refuses, as a place in the file and a sentence of ours."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic_core import ErrorDetails

from workbench.i18n import N_, _
from workbench.services.policy.toml_lines import Path, known_path

_TEXT = N_("must be a text that is not empty")
_LIST = N_("must be a list")
_TABLE = N_("must be a table")
_ONE_OF = N_("“{value}” must be one of: {known}")
_TIME = N_('“{value}” must be a time such as "08:30"')
_SPAN = N_('must be two times, such as ["08:00", "21:00"]')

_ADVICE: Mapping[str, str] = {
    "missing": N_("missing; add it"),
    "missing_item": _SPAN,
    "too_long": _SPAN,
    "named_tuple_type": _SPAN,
    "extra_forbidden": _SPAN,
    "time_type": _TIME,
    "time_parsing": _TIME,
    "string_type": _TEXT,
    "string_too_short": _TEXT,
    "predicate_failed": _TEXT,
    "string_too_long": N_("must not be longer than {max_length} characters"),
    "bool_type": N_("must be true or false"),
    "int": N_("must be a whole number from {least} to {most}"),
    "float": N_("must be a number from {least} to {most}"),
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "union": N_("must be a number, a text, or true or false"),
    "too_short": N_("must not be empty"),
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "dataclass_type": _TABLE,
}
"""Our sentence for each type of error that Pydantic finds; for numbers, by the type of the number."""

_UNIONS = frozenset({UnionType, Union})
_NUMBERS = frozenset({"int_type", "float_type", "greater_than_equal", "less_than_equal"})


def place_of(error: ErrorDetails, values: Any) -> Path:
    """Return the keys that lead to what an error is about."""
    # Beyond the value itself, Pydantic may name what it tried: a type of a union, or the key instead of the value.
    place = known_path(values, error["loc"])
    is_missing_key = error["type"] == "missing" and isinstance(error["loc"][-1], str)
    return (*place, error["loc"][-1]) if is_missing_key else place


def advice_on(error: ErrorDetails, place: Path, root: type) -> str:
    """Return how to correct an error at a place of a dataclass, without a full stop."""
    if error["type"] == "unexpected_keyword_argument":
        return _advice_on_unknown_key(str(place[-1]), _plain(_type_at(root, place[:-1])))
    values = {**error.get("ctx", {}), "value": error["input"]}
    # Pydantic joins the allowed words in English: 'pass', 'fail' or 'pending'.
    values["known"] = ", ".join(word for word in re.findall(r"'([^']*)'", values.get("expected", "")) if word)
    kind = _kind_of(error, place)
    if kind in _NUMBERS:
        number, bounds = get_args(_type_at(root, place))
        values |= {"least": bounds.ge, "most": bounds.le}
        kind = number.__name__
    return _(_ADVICE[kind]).format(**values) if kind in _ADVICE else error["msg"]


def _kind_of(error: ErrorDetails, place: Path) -> str:
    """Return the type of an error, or what its location tells more exactly: a missing item, or no type of a union."""
    last = error["loc"][-1]
    if error["type"] == "missing":
        return "missing_item" if isinstance(last, int) else "missing"
    return "union" if last != "[key]" and len(place) < len(error["loc"]) else error["type"]


def _advice_on_unknown_key(key: str, table: type) -> str:
    known = [field.name for field in fields(table)]
    near = get_close_matches(key, known, n=1)
    if near:
        return _("unknown key; perhaps “{near}” is meant").format(near=near[0])
    return _("unknown key; remove it or use one of: {known}").format(known=", ".join(sorted(known)))


def _type_at(root: Any, place: Path) -> Any:
    """Return the type, with its constraints, of a place in a tree of dataclasses, mappings and tuples."""
    for key in place:
        root = _plain(root)
        if is_dataclass(root):
            root = get_type_hints(root, include_extras=True)[str(key)]
        else:
            *_keys, root = (kind for kind in get_args(root) if kind is not Ellipsis)
    return get_args(root)[0] if get_origin(root) in _UNIONS else root


def _plain(kind: Any) -> Any:
    """Return a type without its constraints and without None."""
    while get_origin(kind) in {Annotated, *_UNIONS}:
        kind = get_args(kind)[0]
    return kind
