"""Imports. A batch is invisible until it is published."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from db.columns import instant_column, short_text
from db.models.row import NumberedRow


class ImportBatchRow(NumberedRow, table=True):
    """One import command.

    Attributes:
        published_seq: A number that grows with each publication, so that evidence can be read as of any publication.
        applied_at: When the batch had been applied to every existing case that it affects.
        calls_bytes: The size of its call file, null without one.
        calls_sha256: The digest of its call file, null without one.
        next_calls_bytes: The size of the replacement, while retention replaces the call file to erase calls.
        next_calls_sha256: The digest of the replacement.
    """

    __tablename__ = "import_batch"

    kind: str = short_text(16)
    started_at: datetime = instant_column()
    started_by_id: int = Field(foreign_key="reviewer.id")
    published_at: datetime | None = instant_column(nullable=True)
    published_seq: int | None = Field(default=None, unique=True)
    applied_at: datetime | None = instant_column(nullable=True)
    row_count: int = 0
    created_count: int = 0
    updated_count: int = 0
    unchanged_count: int = 0
    rejected_count: int = 0
    calls_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    calls_sha256: str | None = Field(default=None, max_length=64)
    next_calls_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    next_calls_sha256: str | None = Field(default=None, max_length=64)


class ImportFileRow(NumberedRow, table=True):
    """One file of a batch. A file with the bytes of an earlier one is refused."""

    __tablename__ = "import_file"

    batch_id: int = Field(foreign_key="import_batch.id", index=True)
    name: str = short_text(255)
    sha256: str = short_text(64, index=True)
    encoding: str = short_text(32)
    bytes_count: int = 0
