"""Days of the calendar that an admin sets by hand.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table of days set by hand."""
    op.create_table(
        'calendar_override',
        sa.Column('on_date', sa.Date(), primary_key=True),
        sa.Column('is_working', sa.Boolean(), nullable=False),
        sa.Column('hours', sa.String(length=100), nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('set_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('set_at', sa.BigInteger(), nullable=False),
    )
