"""Lets the statements of a server's database share round trips; with a file, nothing waits."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import Session

Read = Callable[[], Any]
"""A function that only reads, and may run several times."""


def read_together(session: Session, *parts: Read, ahead: Iterable[Callable[[Session], Any]] = ()) -> list[Any]:
    """Return the results of functions that do not need one another's, in as few round trips as possible.

    A server also answers `ahead`: functions that keep in the session what the transaction will probably read later.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return [part() for part in parts]
    driver: Any = connection.connection.driver_connection
    results: list[Any] = driver.read_together([*parts, *(partial(read, session) for read in ahead)], keeps=bool(ahead))
    # A session forgets a row that nothing else holds.
    session.info["ahead"] = results[len(parts) :]
    return results[: len(parts)]


def next_number(session: Session, table: Table) -> int | None:
    """Return the number for a new row, so that nothing waits for its insert; None for a file, which chooses it then.

    The transaction has the lock of all writers, so no other one takes the number.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return None
    last = f"pg_sequence_last_value(CAST(pg_get_serial_sequence('{table.name}', 'id') AS regclass))"
    return int(connection.execute(text(f"SELECT coalesce({last}, 0) + 1")).scalar_one())


def row_count(result: Any) -> int:
    """Return how many rows an update or delete has changed; `rowcount` does not wait for the answer of a server."""
    if result.rowcount < 0:
        cursor = result.context.cursor
        if cursor.rowcount < 0:
            cursor.connection.run_all()
        return int(cursor.rowcount)
    return int(result.rowcount)
