"""Reads the tables of a site's database without the program, in the SQL of SQLite."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from db.dialect import is_server
from db.dialects import server_address, sqlite
from workbench.services.foundation.file_store import Store

_OF_SEARCH = "search_term"
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


def connect(path: Path) -> Any:
    """Return a connection that reads a database; for a server, it reads a copy of the tables as they are now."""
    if not is_server(path):
        return _with_names(sqlite.connect(path, "ro", Store.unlocked(path).database_key))
    import psycopg

    copy = _with_names(sqlite.driver().connect(":memory:"))
    with psycopg.connect(server_address.url_of(path)) as server:
        for (table,) in server.execute(_TABLES).fetchall():
            found = server.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            names = [f'"{column.name}"' for column in found.description or ()]
            copy.execute(f'CREATE TABLE "{table}" ({", ".join(names)})')
            marks = ", ".join("?" * len(names))
            copy.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [tuple(map(_stored, row)) for row in found])
    return copy


def _with_names(connection: Any) -> Any:
    connection.row_factory = sqlite.driver().Row
    return connection


def _stored(value: object) -> object:
    """Return a value as SQLite stores it."""
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a connection as `connect` does, and close it when the block ends."""
    with closing(connect(path)) as connection:
        yield connection


def rows(path: Path) -> dict[str, list[Any]]:
    """Return the rows of each table, without those of the search index."""
    with opened(path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in names
            if not name.startswith(_OF_SEARCH)
        }
