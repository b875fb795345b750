"""Writing without fsync, for a temporary file that is discarded if it is not completed."""

from typing import Any

from sqlalchemy import Engine, event


def disable_fsync(engine: Engine) -> None:
    """Let every new connection of an engine write without fsync.

    A power failure may leave a broken file, so use it only for a file that gets its name once it is complete and
    synced.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
