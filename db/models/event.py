"""The append-only, hash-chained log."""

from datetime import datetime

from sqlmodel import Field

from db.columns import instant, long_text, partial_index, word
from db.models.row import Row


class EventRow(Row, table=True):
    """One act. `case_id` has no foreign key, so that a batch can be undone and old data deleted.

    `identity` is how the actor was identified: the identity mode and the OS user id, such as `os:1000`.
    `hash` is the SHA-256 of `prev_hash` and the canonical JSON of all other columns.
    """

    __tablename__ = "event"
    __table_args__ = (partial_index("ix_event_own", "actor_id", "seq", where="batch_id IS NULL"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = instant()
    actor_id: int | None = None
    actor_login: str = word(64)
    identity: str = word(64)
    action: str = word(32)
    case_id: int | None = Field(default=None, index=True)
    batch_id: int | None = None
    state: str = word(16)
    is_clock_running: bool | None = None
    is_refused: bool = False
    body: str = long_text("{}")
    prev_hash: str = word(64)
    hash: str = word(64)
