"""Converts a database back to the first schema or a later one, for tests of upgrades."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from db import schema
from db.access import FileAccess
from db.dialects import sqlite
from db.engine import Database

_OLD_COLUMNS = {"appeal_until": "appeal_until_on"}
"""Columns by the names that they had in an older schema."""


def downgrade(path: Path, to: str = "0001") -> None:
    """Convert a database to an older schema, keeping the rows of every table that it has."""
    newer = path.with_name(path.name + ".newer")
    path.rename(newer)
    _create(path, to)
    connection = sqlite.driver().connect(str(path))
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("ATTACH ? AS newer", (str(newer),))
    for (table,) in tables(connection):
        names = [row[1] for row in connection.execute(f'PRAGMA main.table_info("{table}")')]
        into, found = (
            ", ".join(f'"{name}"' for name in each) for each in (names, [_OLD_COLUMNS.get(n, n) for n in names])
        )
        connection.execute(f'INSERT INTO main."{table}" ({into}) SELECT {found} FROM newer."{table}"')
    connection.commit()
    connection.close()
    newer.unlink()


def _create(path: Path, to: str = "0001") -> None:
    sqlite.create_file(path, FileAccess.PRIVATE)
    database = Database(path)
    schema.upgrade(database, to)
    database.close()


@cache
def columns() -> dict[str, str]:
    """Return the columns that each table has in the first schema, as SQL lists them."""
    with TemporaryDirectory(prefix="first-") as folder:
        path = Path(folder) / "first.db"
        _create(path)
        connection = sqlite.driver().connect(str(path))
        try:
            return {
                table: ", ".join(f'"{row[1]}"' for row in connection.execute(f'PRAGMA table_info("{table}")'))
                for (table,) in tables(connection)
            }
        finally:
            connection.close()


def tables(connection: object) -> list[tuple[str]]:
    """Return the tables that hold user data."""
    found: list[tuple[str]] = connection.execute(  # type: ignore[attr-defined]  # the driver's connection, which has no types
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT IN ('alembic_version')"
        " AND name NOT LIKE 'search_term%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return found


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all user data, limited to the tables and columns of the first schema."""
    connection = sqlite.driver().connect(str(path))
    try:
        return {
            table: sorted(connection.execute(f'SELECT {names} FROM "{table}"').fetchall(), key=repr)
            for table, names in columns().items()
        }
    finally:
        connection.close()
