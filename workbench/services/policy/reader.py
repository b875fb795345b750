"""Reads a policy file, which is one TOML document, into a frozen dataclass; unknown keys are errors."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Never

from pydantic import ConfigDict, TypeAdapter, ValidationError

from workbench.domain.findings.policy_checks import faults_of
from workbench.domain.policy.policy import Policy, Supplier
from workbench.errors import BadConfiguration
from workbench.i18n import _
from workbench.services.policy.error_text import advice_on, path_of
from workbench.services.policy.toml_lines import KeyPath, line_of


def parse_policy(text: str, name: str) -> Policy:
    """Return the policy in a file; errors call the file by `name`.

    Raises:
        BadConfiguration: If it is not TOML, or has an unknown key, an unknown fact or an invalid value. The message
            names the line and says what must be changed.
    """
    policy: Policy = _parsed(text, name, Policy)
    for fault in faults_of(policy):
        _refuse(text, name, fault.path, fault.advice)
    return policy


def parse_supplier(text: str, name: str) -> Supplier:
    """Return the supplier in a file that has the table [supplier] and nothing else.

    Raises:
        BadConfiguration: If it is something else; the sentence says where, and what must be changed.
    """
    file: _SupplierFile = _parsed(text, name, _SupplierFile)
    return file.supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class _SupplierFile:
    """A file with a supplier only."""

    supplier: Supplier


def _parsed(text: str, name: str, kind: type) -> Any:
    """Return the values in a TOML text as a dataclass."""
    try:
        values = _with_codes(tomllib.loads(text))
        # A TOML date or time becomes a value that is invalid for every key of a policy.
        document = json.dumps([values], default=lambda _date_or_time: [{}])
    # A number may have too many digits, and lists may be nested too deeply.
    except (ValueError, RecursionError) as error:
        raise BadConfiguration(_("{file} is not TOML: {error}. Correct it.").format(file=name, error=error)) from error
    try:
        [parsed] = _adapter(kind).validate_json(document)
    except ValidationError as error:
        # A misspelt key causes two errors, an unknown key and a missing key: report the unknown key.
        first = min(error.errors(), key=lambda found: found["type"] != "unexpected_keyword_argument")
        first["loc"] = first["loc"][1:]
        path = path_of(first, json.loads(document)[0])
        _refuse(text, name, path, advice_on(first, path, kind))
    return parsed


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


def _refuse(text: str, name: str, path: KeyPath, advice: str) -> Never:
    where = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
    message = _("{file}, line {line}: {where}: {advice}.")
    raise BadConfiguration(message.format(file=name, line=line_of(text, path), where=where, advice=advice))
