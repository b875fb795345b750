"""Conversion of values to JSON: instants with the offset of the policy's zone, ISO dates, null for absent values."""

from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

from workbench.domain.case.case_id import format_batch, format_case, format_decision
from workbench.domain.evidence.evidence import LONG_TERM

_FEN_PER_YUAN = 100
_FORMATS = {"case": format_case, "decision": format_decision, "corrects": format_decision, "batch": format_batch}
"""How the numbers under some keys are written, such as C-000123 for a case."""


def to_json(value: Any, zone: tzinfo) -> Any:
    """Convert a value to JSON types; a dataclass becomes an object, an empty text becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name), zone) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [to_json(item, zone) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date):
        return "long-term" if value == LONG_TERM else value.isoformat()
    return None if value == "" else value


def json_record(value: Any, zone: tzinfo, *, without: Collection[str] = (), **keys: str) -> dict[str, Any]:
    """Return a dataclass as a JSON object; with `case="case_id"` it begins with that field, under the key `case`."""
    shown = json_attributes(value, (field.name for field in fields(value) if field.name not in without), zone)
    renamed = {key: shown.pop(name) for key, name in keys.items()}
    numbers = {key: _FORMATS[key](item) for key, item in renamed.items() if key in _FORMATS and item is not None}
    return {**renamed, **numbers, **shown}


def json_attributes(value: Any, names: Iterable[str], zone: tzinfo) -> dict[str, Any]:
    """Return some attributes of a value as JSON."""
    return {name: to_json(getattr(value, name), zone) for name in names}


def yuan(fen: int | None) -> float | None:
    """Convert an amount in fen to yuan, as an integer if it is whole."""
    if fen is None:
        return None
    return fen // _FEN_PER_YUAN if fen % _FEN_PER_YUAN == 0 else float(Decimal(fen) / _FEN_PER_YUAN)
