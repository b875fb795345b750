"""The reasons of exports, which the events contained; events of earlier versions keep theirs, since no event changes.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from db.dialects import sqlite

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        'export_reason',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('exported_at', sa.BigInteger(), nullable=False),
        sa.Column('exported_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
    )
    for guard in sqlite.number_guards('export_reason', 'id'):
        op.execute(guard)
