"""The migrations create the schema that the models declare."""

from pathlib import Path

from sqlalchemy import DateTime, inspect
from sqlmodel import SQLModel

import db.models  # noqa: F401 - registers the tables
from db import schema


def test_no_table_has_a_datetime_column() -> None:
    offending = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime)
    ]

    assert offending == []


def test_no_model_imports_the_dialect_of_another_database() -> None:
    indexes = [index for table in SQLModel.metadata.tables.values() for index in table.indexes]

    assert {option for index in indexes for option in index.dialect_kwargs} == {"sqlite_where"}


def test_the_migrations_create_the_schema_of_the_models(tmp_path: Path) -> None:
    database = schema.create(tmp_path / "new.db")
    found = inspect(database.reader)

    made = {table: {column["name"] for column in found.get_columns(table)} for table in found.get_table_names()}
    made.pop("alembic_version")
    # The search terms are a virtual table; SQLite creates its internal tables.
    searched = {table for table in made if table.startswith("search_term")}
    made = {table: columns for table, columns in made.items() if table not in searched}
    declared = {table.name: set(table.columns.keys()) for table in SQLModel.metadata.tables.values()}
    indexes = {index["name"] for table in made for index in found.get_indexes(table)}
    wanted = {index.name for table in SQLModel.metadata.tables.values() for index in table.indexes}
    database.close()

    assert made == declared
    assert wanted <= indexes
    assert "search_term" in searched
