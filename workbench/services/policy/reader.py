"""Reads a policy file, which is one TOML document, into a frozen dataclass; unknown keys are errors."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from workbench.domain.findings.policy_checks import PolicyFault, policy_faults
from workbench.domain.policy.policy import Policy, Supplier
from workbench.errors import BadConfiguration
from workbench.i18n import _, ngettext
from workbench.policies import default_policy_text
from workbench.services.policy.error_text import faults_in
from workbench.settings.toml_lines import KeyPath, line_of, place_of

_Table = TypeVar("_Table")

_MAX_ERRORS = 50
_LEAST_DIGITS = 5
_REPAIRS = 3
"""How often a policy is repaired: a repair can lead to another fault, such as a missing key after a misspelt one."""


def parse_policy(text: str, name: str) -> Policy:
    """Return the policy in a file; errors call the file by `name`.

    Raises:
        BadConfiguration: If it is not TOML, or has unknown keys, unknown facts or invalid values. The message has a
            sentence for each error, which names the line and says what must be changed.
    """
    values = _values_in(text, name)
    policy: Policy | None
    policy, faults = _validate(values, Policy)
    repaired = policy or _without_faults(values)
    if repaired is not None:
        # A fault inside a value that is already reported is left out.
        reported = {fault.path for fault in faults}
        faults += [fault for fault in policy_faults(repaired) if reported.isdisjoint(_prefixes(fault.path))]
    if policy is None or faults:
        raise _refusal(text, name, faults)
    return policy


def parse_supplier(text: str, name: str) -> Supplier:
    """Return the supplier in a file that has the table [supplier] and nothing else.

    Raises:
        BadConfiguration: If it has anything else; the message says where, and what must be changed.
    """
    return parse_table(text, name, _SupplierFile, more_faults=_phone_faults).supplier


def phone_problem(phone: str) -> str | None:
    """Return why a text cannot be the phone number of the supplier, or None if it can."""
    return None if sum(map(str.isdigit, phone)) >= _LEAST_DIGITS else _("is no phone number; give at least 5 digits")


def _phone_faults(file: "_SupplierFile") -> Iterator[PolicyFault]:
    if (problem := phone_problem(file.supplier.phone)) is not None:
        yield PolicyFault(("supplier", "phone"), problem)


def parse_table(
    text: str,
    name: str,
    kind: type[_Table],
    expand: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    more_faults: Callable[[_Table], Iterable[PolicyFault]] = lambda _table: (),
) -> _Table:
    """Return the dataclass `kind` that is in a TOML file.

    Args:
        text: The content of the file.
        name: What errors call the file.
        kind: The dataclass.
        expand: Replaces the short forms that a file may use, and returns the values.
        more_faults: Returns the faults of values that have the right types.

    Raises:
        BadConfiguration: If the file has anything else; the message says where, and what must be changed.
    """
    table: _Table | None
    table, faults = _validate(expand(_values_in(text, name)), kind)
    if table is not None:
        faults = [*more_faults(table)]
    if table is None or faults:
        raise _refusal(text, name, faults)
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class _SupplierFile:
    """A file with a supplier only."""

    supplier: Supplier


def _values_in(text: str, name: str) -> dict[str, Any]:
    """Return the values in a TOML text."""
    try:
        values = _with_codes(tomllib.loads(text))
        # A policy has no dates and times: JSON replaces them with a value that is invalid for every key.
        [plain] = json.loads(json.dumps([values], default=lambda _date_or_time: [{}]))
    except tomllib.TOMLDecodeError as error:
        line, column = place_of(error, text)
        message = _("{file}, line {line}, column {column}: this is not TOML; correct it.")
        raise BadConfiguration(message.format(file=name, line=line, column=column)) from error
    except (ValueError, RecursionError) as error:
        message = _("{file} has a number with too many digits, or lists that are nested too deep; correct it.")
        raise BadConfiguration(message.format(file=name)) from error
    return plain  # type: ignore[no-any-return]


def _validate(values: Any, kind: type) -> tuple[Any, list[PolicyFault]]:
    """Return values as a dataclass, or None and what is wrong with them."""
    try:
        [parsed] = _adapter(kind).validate_json(json.dumps([values]))
    except ValidationError as error:
        return None, list(faults_in(error, values, kind))
    return parsed, []


def _without_faults(values: dict[str, Any]) -> Policy | None:
    """Return the policy with default values in place of its faults, so that the rest can be checked too.

    None if faults remain.
    """
    repaired = deepcopy(values)
    for _attempt in range(_REPAIRS):
        policy, faults = _validate(repaired, Policy)
        if policy is not None:
            return policy  # type: ignore[no-any-return]
        for fault in faults:
            _restore_default(repaired, _default_values(), fault.path)
    return None


def _restore_default(values: Any, defaults: Any, path: KeyPath) -> None:
    """Set the default value at a path.

    A key without a default is removed. A list is replaced as a whole if its faulty item has no default.
    """
    key, *rest = path
    if isinstance(defaults, dict) and key not in defaults:
        values.pop(key, None)
    elif not rest or not _is_repairable(defaults[key], rest[0]):
        values[key] = defaults[key]
    else:
        _restore_default(values[key], defaults[key], tuple(rest))


def _is_repairable(defaults: Any, key: str | int) -> bool:
    """Say whether one entry of a value can be repaired alone: any key of a table, but only default items of a list."""
    return isinstance(defaults, dict) or (isinstance(defaults, list) and key in range(len(defaults)))


@cache
def _default_values() -> Any:
    return _with_codes(tomllib.loads(default_policy_text()))


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    # Pydantic accepts a config for a tuple that contains a dataclass, but not for the dataclass. In strict mode, JSON
    # lists become tuples and texts become enum members, but a text never becomes a number.
    return TypeAdapter(tuple[kind], config=ConfigDict(extra="forbid", strict=True))  # type: ignore[valid-type]


def _with_codes(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with a `code` in each rule and reason, which is the name of its table."""
    for key in ("rules", "reasons"):
        if isinstance(tables := values.get(key), dict):
            coded = {code: {"code": code, **table} for code, table in tables.items() if isinstance(table, dict)}
            values = {**values, key: tables | coded}
    return values


def _prefixes(path: KeyPath) -> Iterable[KeyPath]:
    return (path[: length + 1] for length in range(len(path)))


def _refusal(text: str, name: str, faults: Iterable[PolicyFault]) -> BadConfiguration:
    """Return the error with a sentence for each fault, in the order of the file."""
    message = _("{file}, line {line}: {where}: {advice}.")
    line_of_sentence = {}
    for path, advice in faults:
        where = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
        line = line_of(text, path)
        line_of_sentence[message.format(file=name, line=line, where=where, advice=advice)] = line
    sentences = sorted(line_of_sentence, key=line_of_sentence.__getitem__)
    if rest := sentences[_MAX_ERRORS:]:
        more = ngettext("… and {count} more error.", "… and {count} more errors.", len(rest))
        sentences = [*sentences[:_MAX_ERRORS], more.format(count=len(rest))]
    return BadConfiguration("\n".join(sentences))
