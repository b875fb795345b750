"""The append-only, hash-chained log."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from db.columns import instant_column, long_text, partial_index, short_text
from db.models.row import Row


class EventRow(Row, table=True):
    """One act.

    Attributes:
        identity: The identity mode and the OS user id of the actor, such as `os:1000`.
        case_id: The case. It is no foreign key, so that a batch can be undone and old data deleted.
        hash: The SHA-256 of `prev_hash` and the canonical JSON of all other columns.
    """

    __tablename__ = "event"
    # The report reads the steps of all cases in the index.
    __table_args__ = (
        Index("ix_event_case", "case_id", "seq", "at", "state", "is_clock_running", "is_refused"),
        partial_index("ix_event_own", "actor_id", "seq", where="batch_id IS NULL"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = instant_column()
    actor_id: int | None = None
    actor_login: str = short_text(64)
    identity: str = short_text(64)
    action: str = short_text(32)
    case_id: int | None = None
    batch_id: int | None = None
    state: str = short_text(16)
    is_clock_running: bool | None = None
    is_refused: bool = False
    body: str = long_text("{}")
    prev_hash: str = short_text(64)
    hash: str = short_text(64)
