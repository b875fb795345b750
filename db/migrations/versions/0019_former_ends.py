"""Adds the column for the ends of a suspension that were announced before `announced_to_at`.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column."""
    op.add_column('suspension', sa.Column('former_ends', sa.Text(), nullable=False, server_default='[]'))
