"""Conditions on long lists of values: bound as one JSON text, since SQLite limits the values that a statement binds.

Another dialect must offer the same names.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_

_LIST = "list"

LISTED_IDS = "(SELECT value AS id FROM json_each(:list))"
"""A table of the ids that `wanted` binds, for statements in SQL."""


def is_in_list(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values, or columns one of the tuples, that `wanted` binds."""
    each = func.json_each(bindparam(_LIST)).table_valued("value")
    if len(columns) == 1:
        return columns[0].in_(select(each.c.value))
    parts = (func.json_extract(each.c.value, f"$[{index}]") for index in range(len(columns)))
    return tuple_(*columns).in_(select(*parts))


def list_parameter(values: Iterable[object]) -> dict[str, str]:
    """Return the parameter with the values or tuples that a statement asks for."""
    return {_LIST: json.dumps(list(values), ensure_ascii=False)}
