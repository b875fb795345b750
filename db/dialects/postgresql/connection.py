"""A connection to a PostgreSQL server that, if it is lost at a COMMIT, finds out whether that succeeded."""

import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy.exc import OperationalError

from db.dialects import server_address
from db.dialects.server_address import without_password
from db.errors import DatabaseRefused, Refusal

_OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "application_name": "workbench",
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


class ServerConnection(psycopg.Connection):  # type: ignore[misc]  # the driver need not be installed
    """A connection that commits each statement outside transactions, and survives its loss at the end of one.

    Attributes:
        path: The file that stands for the database.
        transaction: The values of `OF_TRANSACTION` in the current transaction, None outside.
        has_begun: Whether it began a transaction, so that the server may have closed it since then.
    """

    path: Path
    transaction: tuple[str, Any] | None = None
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
        """Run a statement that does not go through SQLAlchemy.

        Raises:
            OperationalError: If the connection is lost, as SQLAlchemy raises for its own statements.
        """
        try:
            return super().execute(*arguments, **options)
        except psycopg.Error as error:
            if self.closed:
                raise OperationalError(None, None, error) from error
            raise

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
