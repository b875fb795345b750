"""Lets all call engines of a test process share one DuckDB, because opening one takes as long as a short test."""

from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pytest

UNSHARED = duckdb.connect
"""The original `duckdb.connect`, for tests of how it is opened."""

_DEFAULTS = "RESET disabled_optimizers; SET force_mbedtls_unsafe = false; SET temp_file_encryption = false"

_numbers = count()


def share(patched: pytest.MonkeyPatch, folder: Path) -> None:
    """Give each connection a database of its own in a DuckDB with its settings, which spills into a folder."""
    opened: dict[str, Any] = {}

    def connected(database: str = ":memory:", config: dict[str, Any] | None = None) -> Any:
        if database != ":memory:" or config is None:
            return UNSHARED(database, config=config or {})
        shared = {**config, "temp_directory": str(folder)}
        if str(shared) not in opened:
            opened[str(shared)] = UNSHARED(":memory:", config=shared)
        connection = opened[str(shared)].cursor()
        # What an earlier engine set holds for the whole DuckDB.
        connection.execute(f"SET threads = {config['threads']}; {_DEFAULTS}")
        return _Connection(connection, f"own_{next(_numbers)}", is_new=True)

    patched.setattr(duckdb, "connect", connected)


class _Connection:
    """A connection that knows only the tables of its own database."""

    def __init__(self, connection: Any, name: str, *, is_new: bool = False) -> None:
        self._connection, self._name, self._is_owner = connection, name, is_new
        if is_new:
            connection.execute(f"ATTACH ':memory:' AS {name}")
        connection.execute(f"USE {name}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> "_Connection":
        """Return another connection to the same tables."""
        return _Connection(self._connection.cursor(), self._name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, and drop the tables of the first one."""
        self._connection.execute("USE memory")
        if self._is_owner:
            self._connection.execute(f"DETACH {self._name}")
        self._connection.close()
