"""The table of suspensions, and the columns that cache the clock of a case.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table and add the columns; adding a column rewrites no row."""
    op.create_table(
        'suspension',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('from_at', sa.BigInteger(), nullable=False),
        sa.Column('to_at', sa.BigInteger(), nullable=True),
        sa.Column('province', sa.String(length=32), nullable=True),
        sa.Column('agent', sa.String(length=64), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('entered_at', sa.BigInteger(), nullable=False),
        sa.Column('entered_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('resumed_at', sa.BigInteger(), nullable=True),
        sa.Column('settled_at', sa.BigInteger(), nullable=True),
    )
    op.add_column('case', sa.Column('suspended_from', sa.BigInteger(), nullable=True))
    op.add_column('case', sa.Column('is_class_set', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('case', sa.Column('is_priority_set', sa.Boolean(), nullable=False, server_default=sa.false()))
