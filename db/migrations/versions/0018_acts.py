"""The journal of acts that can be undone.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        'act',
        sa.Column('seq', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), nullable=False, index=True),
        sa.Column('until_at', sa.BigInteger(), nullable=True, index=True),
        sa.Column('rows', sa.Text(), nullable=False),
    )
