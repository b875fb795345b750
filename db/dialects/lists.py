"""Conditions on long lists of values.

A list is bound as one JSON text, since SQLite limits the number of values that a statement binds.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_, type_coerce

_LIST = "list"

LISTED_IDS = "(SELECT value AS id FROM json_each(:list))"
"""A table of the ids in the bound list, for statements in SQL."""


def is_in_list(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Return the condition that one column has one of the listed values, or that several have one of the tuples."""
    listed = func.json_each(bindparam(_LIST)).table_valued("value")
    if len(columns) == 1:
        return columns[0].in_(select(type_coerce(listed.c.value, columns[0].type)))
    parts = (
        type_coerce(func.json_extract(listed.c.value, f"$[{index}]"), column.type)
        for index, column in enumerate(columns)
    )
    return tuple_(*columns).in_(select(*parts))


def list_parameter(values: Iterable[object]) -> dict[str, str]:
    """Return the parameter that binds a list of values or tuples to a statement with `is_in_list`."""
    return {_LIST: json.dumps(list(values), ensure_ascii=False)}
