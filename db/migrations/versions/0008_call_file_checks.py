"""The size and SHA-256 of each call file, in the row of its batch.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns; the next start fills them for the files that are there."""
    op.add_column("import_batch", sa.Column("calls_bytes", sa.BigInteger(), nullable=True))
    op.add_column("import_batch", sa.Column("calls_sha256", sa.String(length=64), nullable=True))
