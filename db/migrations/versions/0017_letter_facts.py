"""What each letter was rendered from; letters that were written before this step keep their texts.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column, which rewrites no row."""
    op.add_column('notice', sa.Column('facts', sa.Text(), nullable=False, server_default='{}'))
