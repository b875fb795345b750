"""Converts an error of Pydantic to the path of a key in the policy file, with advice on how to correct its value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic_core import ErrorDetails, ValidationError

from workbench.domain.findings.policy_checks import PolicyFault
from workbench.i18n import N_, _
from workbench.settings.toml_lines import KeyPath, known_path

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
"""The advice on each type of error that Pydantic reports; on numbers, by the type of the number."""

_UNKNOWN = "unexpected_keyword_argument"
_UNIONS = frozenset({UnionType, Union})
_NUMBERS = frozenset({"int_type", "float_type", "greater_than_equal", "less_than_equal"})


def faults_in(error: ValidationError, values: Any, root: type) -> list[PolicyFault]:
    """Return the faults of values that should form the dataclass `root`, one fault for each key."""
    found: dict[KeyPath, PolicyFault] = {}
    # Unknown keys are reported first. If one is a misspelling, the missing key is not a separate error.
    for raw in sorted(error.errors(), key=lambda each: each["type"] != _UNKNOWN):
        # The values are the only item of a tuple.
        each: ErrorDetails = {**raw, "loc": raw["loc"][1:]}
        path = _path_of(each, values)
        if not (path in found or (each["type"] == "missing" and _is_misspelt(path, found))):
            found[path] = PolicyFault(path, _advice_on(each, path, root))
    # If entries of a list are wrong, the list is also too short; only the entries are reported.
    return [
        fault
        for path, fault in found.items()
        if not any(path != other and path == other[: len(path)] for other in found)
    ]


def _is_misspelt(path: KeyPath, reported: Iterable[KeyPath]) -> bool:
    """Say whether a missing key is there under another spelling: as an unknown key of the same table."""
    beside = [str(other[-1]) for other in reported if other[:-1] == path[:-1]]
    return bool(get_close_matches(str(path[-1]), beside, n=1))


def _path_of(error: ErrorDetails, values: Any) -> KeyPath:
    """Return the path of the value or the missing key that an error is about."""
    # Pydantic's `loc` may end with entries that are not in the file: the type of a union that Pydantic tried, or
    # "[key]" for an error in a key. These are dropped.
    path = known_path(values, error["loc"])
    is_missing_key = error["type"] == "missing" and isinstance(error["loc"][-1], str)
    return (*path, error["loc"][-1]) if is_missing_key else path


def _advice_on(error: ErrorDetails, path: KeyPath, root: type) -> str:
    """Return how to correct an error at a path in the dataclass `root`, without a full stop."""
    if error["type"] == _UNKNOWN:
        return _advice_on_unknown_key(str(path[-1]), _plain(_type_at(root, path[:-1])))
    values = {**error.get("ctx", {}), "value": error["input"]}
    # Pydantic joins the allowed words in English: 'pass', 'fail' or 'pending'.
    values["known"] = ", ".join(word for word in re.findall(r"'([^']*)'", values.get("expected", "")) if word)
    kind = _kind_of(error, path)
    if kind in _NUMBERS:
        number, bounds = get_args(_type_at(root, path))
        values |= {"least": bounds.ge, "most": bounds.le}
        kind = number.__name__
    return _(_ADVICE[kind]).format(**values) if kind in _ADVICE else error["msg"]


def _kind_of(error: ErrorDetails, path: KeyPath) -> str:
    """Return the type of an error.

    It is "missing_item" if a list item is missing, and "union" if the value fits no type of a union.
    """
    last = error["loc"][-1]
    if error["type"] == "missing":
        return "missing_item" if isinstance(last, int) else "missing"
    return "union" if last != "[key]" and len(path) < len(error["loc"]) else error["type"]


def _advice_on_unknown_key(key: str, table: type) -> str:
    allowed = [field.name for field in fields(table)]
    near = get_close_matches(key, allowed, n=1)
    if near:
        return _("unknown key; perhaps “{near}” is meant").format(near=near[0])
    return _("unknown key; remove it or use one of: {known}").format(known=", ".join(sorted(allowed)))


def _type_at(root: Any, path: KeyPath) -> Any:
    """Return the type, with its constraints, at a path in a tree of dataclasses, mappings and tuples."""
    for key in path:
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
