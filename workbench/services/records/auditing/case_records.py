"""Reads the rows of one case from every table that belongs to it, by the declared columns."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, String, Table, select
from sqlmodel import Session, SQLModel

from db import models
from db.columns import personal_columns
from db.models import DraftRow, EventRow, ReviewerRow
from db.queries.published import CASE, table_of
from workbench.domain.text.mask import MaskKind
from workbench.domain.text.redaction import Redaction
from workbench.services.case.known_people import masked_values

Records = dict[str, list[dict[str, Any]]]
"""Rows as JSON values, by the name of their table."""

_MODELS: dict[Table, type[SQLModel]] = {
    table_of(model): model
    for model in vars(models).values()
    # Only its author sees a draft.
    if isinstance(model, type) and issubclass(model, SQLModel) and model is not DraftRow
}
_TABLES = [table for table in SQLModel.metadata.sorted_tables if table in _MODELS]
_PERSONAL = {name: kind for model in _MODELS.values() for name, kind in personal_columns(model).items()}
_SHORTEST_TEXT = 200
"""The length of the shortest column that may hold a sentence; shorter ones hold codes, numbers and hashes."""


def rows_of_case(session: Session, case_id: int) -> dict[Table, list[Mapping[str, Any]]]:
    """Return the rows of a case: its own, those with its `case_id`, and those that refer to one of these."""
    found: dict[Table, list[Mapping[str, Any]]] = {}
    for table in _TABLES:
        condition = _is_of_case(table, case_id, found)
        if condition is not None:
            rows = session.execute(select(table).where(condition).order_by(*table.primary_key.columns)).mappings()
            found[table] = [dict(row) for row in rows]
    return found


def _is_of_case(
    table: Table, case_id: int, found: Mapping[Table, Iterable[Mapping[str, Any]]]
) -> ColumnElement[bool] | None:
    """Return the condition that a row of a table belongs to a case, None if the table has no such rows."""
    if table is CASE:
        return CASE.c.id == case_id
    if "case_id" in table.c:
        return table.c.case_id == case_id
    for key in table.foreign_keys:
        parent = key.column.table
        if parent in found and parent is not CASE:
            return key.parent.in_([row[key.column.name] for row in found[parent]])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWriter:
    """Converts rows to JSON values: local times with their offset, logins instead of ids, and masked people.

    `redaction` masks people inside texts; None leaves everything in clear.
    """

    zone: ZoneInfo
    logins: Mapping[int, str]
    redaction: Redaction | None

    def records(self, rows_by_table: Mapping[Table, Iterable[Mapping[str, Any]]]) -> Records:
        """Return the rows of each table that has some."""
        written = {
            table.name: [dict(self._entry(table.c[name], value) for name, value in row.items()) for row in rows]
            for table, rows in rows_by_table.items()
        }
        return {name: rows for name, rows in written.items() if rows}

    def _entry(self, column: Column[Any], value: Any) -> tuple[str, Any]:
        name = column.name
        if any(key.column.table.name == ReviewerRow.__tablename__ for key in column.foreign_keys):
            return name.removesuffix("_id"), value and self.logins.get(value)
        model = _MODELS[column.table]
        if model.model_fields[name].default in {"{}", "[]"} and value:
            value = json.loads(value)
        # Events have no personal values, and must stay as they were hashed.
        is_code = isinstance(column.type, String) and (column.type.length or _SHORTEST_TEXT) < _SHORTEST_TEXT
        may_name_people = model is not EventRow and (not is_code or name in _PERSONAL)
        return name, self._value(name, value, self.redaction if may_name_people else None)

    def _value(self, name: str, value: Any, redaction: Redaction | None) -> Any:
        if isinstance(value, Mapping):
            return {key: self._value(key, inner, redaction) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._value(name, inner, redaction) for inner in value]
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        return masked_value(name, value, redaction) if isinstance(value, str) and redaction is not None else value


def masked_value(name: str, text: str, redaction: Redaction) -> str:
    """Return the text of a column with people masked, by the mask that the column declares."""
    kind = _PERSONAL.get(name, "text")
    # A finding may name documents where another one names a number.
    is_text = kind == "text" or (kind == MaskKind.MSISDN and not text.isdecimal())
    return redaction.mask_in(text) if is_text else masked_values(kind, [text])[0]
