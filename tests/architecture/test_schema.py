"""A new database has the schema that the migration steps lead to."""

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime
from sqlmodel import SQLModel

import db.models  # noqa: F401 - registers the tables
from db import schema
from db.access import FileAccess
from db.dialects import sqlite

ROOT = Path(__file__).parents[2]


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


def test_a_new_database_has_the_schema_of_an_upgraded_one(tmp_path: Path) -> None:
    """`first_schema.sql` is how sqlite_master described a database of the first schema.

    Each table has a row, because SQLite refuses some steps only then.
    """
    kept, new = tmp_path / "kept.db", tmp_path / "new.db"
    sqlite.create_file(kept, FileAccess.PRIVATE)
    statements = (ROOT / "tests" / "db" / "first_schema.sql").read_text(encoding="utf-8")
    with closing(sqlite.connect(kept, "rw", None)) as connection:
        connection.executescript(
            f"{statements}; INSERT INTO alembic_version VALUES ('{schema.FIRST_VERSION:04d}');"
            f"PRAGMA application_id={sqlite.APPLICATION_ID}; PRAGMA user_version={schema.FIRST_VERSION}"
        )
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table != "alembic_version" and not table.startswith("search_term"):
                fill(connection, table)
        connection.commit()
    schema.open_database(kept).close()
    schema.create(new).close()

    assert parts_of(new) == parts_of(kept)
    with closing(sqlite.connect(new, "ro", None)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{schema.VERSION:04d}",)]


def test_the_last_step_has_the_number_of_the_schema() -> None:
    steps = sorted(path.name[:4] for path in (schema.MIGRATIONS / "versions").glob("[0-9]*.py"))

    assert steps == [f"{number:04d}" for number in range(schema.FIRST_VERSION, schema.VERSION + 1)]


def fill(connection: Any, table: str) -> None:
    """Insert a row of ones, to which its references fit."""
    names = [f'"{column[1]}"' for column in connection.execute(f'PRAGMA table_info("{table}")')]
    connection.execute(f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({", ".join("1" for _ in names)})')


def parts_of(path: Path) -> dict[str, object]:
    """Return columns, keys, indexes and triggers by name; the order of columns and their defaults may differ."""
    with closing(sqlite.connect(path, "ro", None)) as connection:

        def rows(pragma: str, name: str) -> list[tuple[Any, ...]]:
            return list(connection.execute(f'PRAGMA {pragma}("{name}")').fetchall())

        def index(name: str, *kind: object) -> tuple[object, ...]:
            named = "" if name.startswith("sqlite_autoindex") else name
            return named, kind, [column[2:] for column in rows("index_xinfo", name)]

        found: dict[str, object] = {}
        described = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        for kind, name, sql in described:
            found[name] = " ".join(sql.split())
            if kind == "table" and not name.startswith("search_term"):
                found[name] = {
                    "columns": sorted((row[1], row[2], row[3], row[5]) for row in rows("table_info", name)),
                    "references": sorted(row[2:] for row in rows("foreign_key_list", name)),
                    "indexes": sorted(index(row[1], *row[2:]) for row in rows("index_list", name)),
                }
        return found
