"""Substitutes of absent people, what people can review, and their duty outside the usual hours.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the columns and the table; the cases of past and present absences were handed over by hand."""
    op.execute("ALTER TABLE absence ADD COLUMN substitute_id INTEGER REFERENCES reviewer(id)")
    op.add_column('absence', sa.Column('is_handed_over', sa.Boolean(), nullable=False, server_default='1'))
    op.add_column('reviewer', sa.Column('skills', sa.Text(), nullable=False, server_default=''))
    op.create_table(
        'duty',
        sa.Column('reviewer_id', sa.Integer(), sa.ForeignKey('reviewer.id'), primary_key=True),
        sa.Column('on_date', sa.Date(), primary_key=True),
        sa.Column('minutes', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(200), nullable=False),
    )
