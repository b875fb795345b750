"""What retention may not erase, and what it has erased."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.columns import free_text, instant, long_text, partial_index, word
from db.models.row import CasePartRow


class LegalHoldRow(CasePartRow, table=True):
    """A legal hold: until it is ended, retention erases nothing of the case."""

    __tablename__ = "legal_hold"
    __table_args__ = (partial_index("ix_legal_hold_case", "case_id", where="ended_at IS NULL", unique=True),)

    reason: str = free_text()
    placed_at: datetime = instant()
    placed_by_id: int = Field(foreign_key="reviewer.id")
    ended_at: datetime | None = instant(nullable=True)
    ended_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    end_reason: str = free_text()


class ErasureRow(CasePartRow, table=True):
    """What was erased of a case; `part` is case, for all of it, or one of the parts that the policy names.

    `pending` is JSON with the SHA-256 of documents and the keyed hashes of numbers whose files are still to be erased,
    empty once that is done.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("case_id", "part"),
        partial_index("ix_erasure_pending", "id", where="pending <> ''"),
    )

    part: str = word(16)
    reason: str = long_text()
    erased_at: datetime = instant()
    erased_by_id: int = Field(foreign_key="reviewer.id")
    pending: str = long_text()
