"""Writing without waiting for the disk, for a file that is nobody's yet and is thrown away if it is not finished."""

from typing import Any

from sqlalchemy import Engine, event


def without_syncing(engine: Engine) -> None:
    """Let every connection that an engine opens from now on write without waiting for the disk.

    A power cut may then leave a broken file: only for one that gets its name when it is complete and on the disk.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
