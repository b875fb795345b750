"""A connection to a PostgreSQL server that, if it is lost at a COMMIT, finds out whether that succeeded."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError

from db.dialects import server_address
from db.dialects.postgresql.pipeline import PipelinedConnection
from db.dialects.server_address import without_password
from db.errors import DatabaseRefused, Refusal

_OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "application_name": "workbench",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    # A host or a network that is gone is noticed within a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_OUTCOME_WAIT_S = 15.0
"""How long to wait for the outcome of a transaction, as while the server restarts."""

OF_TRANSACTION = "CAST(pg_current_xact_id() AS text), pg_stat_get_bgwriter_stat_reset_time()"
"""The columns by which a transaction is found later: its number, and a time that changes if the server crashes. Only
then the number may be used again."""

_OUTCOME = "SELECT pg_xact_status(CAST(%s AS xid8)), pg_stat_get_bgwriter_stat_reset_time()"


class ServerConnection(PipelinedConnection):
    """A connection that commits each statement outside transactions, and survives its loss at the end of one.

    Attributes:
        path: The file that stands for the database.
        transaction: The values of `OF_TRANSACTION` in the current transaction, None outside.
        version: The schema version that was read at the begin of the current transaction, None if it was not.
        has_begun: Whether it began a transaction, so that the server may have closed it since then.
    """

    path: Path
    transaction: tuple[str, Any] | None = None
    version: str | None = None
    has_begun = False

    @classmethod
    def of(cls, path: Path) -> Self:
        """Connect to the database for which a file stands.

        Raises:
            DatabaseRefused: If the server cannot be reached.
        """
        try:
            connection: Self = cls.connect(server_address.url_of(path), **_OPTIONS)
        except psycopg.OperationalError as error:
            raise refused(Refusal.UNREACHABLE, path, error) from error
        connection.path = path
        return connection

    def execute(self, *arguments: Any, **options: Any) -> Any:
        """Run a statement that does not go through SQLAlchemy, and wait for its rows.

        Raises:
            DBAPIError: If the connection is lost, or an earlier statement failed, as SQLAlchemy raises for its own
                statements.
        """
        with self._as_sqlalchemy(is_first=not self.has_sent):
            return super().execute(*arguments, **options)

    def run(self, statement: str, values: Any = ()) -> None:
        """Send a statement without rows that does not go through SQLAlchemy.

        Raises:
            DBAPIError: If its error, or that of an earlier statement, is there already.
        """
        with self._as_sqlalchemy(is_first=False):
            self.send(statement, values)

    def run_all(self) -> None:
        """Wait until everything that was sent has run; errors are raised as by `run`."""
        with self._as_sqlalchemy(is_first=False):
            self.settle()

    @contextmanager
    def _as_sqlalchemy(self, *, is_first: bool) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if is_first and not self.closed:
                raise
            raise DBAPIError.instance(None, None, error, psycopg.Error) from error

    def rollback(self) -> None:
        """Roll back; of a lost connection, the server does that."""
        try:
            super().rollback()
        except psycopg.Error:
            if not self.closed:
                raise

    def commit(self) -> None:
        """Commit; if the answer is lost, ask the server over another connection what became of the transaction.

        Raises:
            DatabaseRefused: If the server does not say for fifteen seconds whether it is committed, or crashed.
        """
        transaction, self.transaction = self.transaction, None
        try:
            super().commit()
        except psycopg.Error as error:
            if not self.closed or transaction is None or not _is_committed(self.path, transaction, error):
                raise


def _is_committed(path: Path, transaction: tuple[str, Any], cause: psycopg.Error) -> bool:
    number, same_run = transaction
    until = time.monotonic() + _OUTCOME_WAIT_S
    while time.monotonic() < until:
        with suppress(DatabaseRefused, psycopg.OperationalError, OperationalError):
            with closing(ServerConnection.of(path)) as connection:
                try:
                    outcome, run = connection.execute(_OUTCOME, (number,)).fetchone()
                except psycopg.errors.InvalidParameterValue:
                    # After a crash, the server does not know the number yet.
                    return False
            if outcome == "aborted":
                return False
            if outcome == "committed" and run == same_run:
                return True
            if outcome != "in progress":
                break
        time.sleep(0.1)
    raise refused(Refusal.UNCERTAIN, path, cause) from cause


def refused(refusal: Refusal, path: Path, error: BaseException | None) -> DatabaseRefused:
    """Return a refusal with the first line of the driver's message; the others are questions and hints."""
    message = (str(error).strip().splitlines() or [type(error).__name__])[0].strip().rstrip(".")
    return DatabaseRefused(refusal, without_password(server_address.url_of(path)), message)
