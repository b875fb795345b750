"""Where an application stood in its file, and which documents a new case lacked; not known of earlier imports.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("application", sa.Column("file_no", sa.Integer(), nullable=True))
    op.add_column("application", sa.Column("line", sa.Integer(), nullable=True))
    op.add_column("case", sa.Column("arrived_without", sa.Text(), nullable=False, server_default=""))
