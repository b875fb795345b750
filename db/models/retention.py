"""The legal holds that prevent erasure, what retention erased, and the reasons of exports."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.columns import free_text, instant_column, long_text, partial_index, short_text
from db.models.row import CasePartRow, NumberedRow


class LegalHoldRow(CasePartRow, table=True):
    """A legal hold: until it is ended, retention erases nothing of the case."""

    __tablename__ = "legal_hold"
    __table_args__ = (partial_index("ix_legal_hold_case", "case_id", where="ended_at IS NULL", unique=True),)

    reason: str = free_text()
    placed_at: datetime = instant_column()
    placed_by_id: int = Field(foreign_key="reviewer.id")
    ended_at: datetime | None = instant_column(nullable=True)
    ended_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    end_reason: str = free_text()


class ErasureRow(CasePartRow, table=True):
    """The erasure of a case, or of a part of it, by retention.

    Attributes:
        part: `case` for a whole case, or one of the parts that the policy names.
        pending: What is still to be erased from files, as JSON: documents by their SHA-256, and the calls of numbers by
            the keyed hashes of the numbers. Empty once that is done.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("case_id", "part"),
        partial_index("ix_erasure_pending", "id", where="pending <> ''"),
    )

    part: str = short_text(16)
    reason: str = long_text()
    erased_at: datetime = instant_column()
    erased_by_id: int = Field(foreign_key="reviewer.id")
    pending: str = long_text()


class ExportReasonRow(NumberedRow, table=True):
    """The reason of an export.

    Events cannot be erased, so the event of the export has only the number of this row, which retention deletes.
    """

    __tablename__ = "export_reason"

    reason: str = free_text()
    exported_at: datetime = instant_column()
    exported_by_id: int = Field(foreign_key="reviewer.id")
