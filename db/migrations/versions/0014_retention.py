"""Legal holds, what retention erased, and the file that a call file becomes when calls are erased from it.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_INSTANT = sa.BigInteger


def upgrade() -> None:
    """Create the tables, and add the columns; adding a column rewrites no row."""
    op.add_column('case', sa.Column('erased_at', _INSTANT(), nullable=True))
    op.add_column('document', sa.Column('erased_at', _INSTANT(), nullable=True))
    op.add_column('import_batch', sa.Column('next_calls_bytes', sa.BigInteger(), nullable=True))
    op.add_column('import_batch', sa.Column('next_calls_sha256', sa.String(length=64), nullable=True))
    op.create_table(
        'legal_hold',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('placed_at', _INSTANT(), nullable=False),
        sa.Column('placed_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('ended_at', _INSTANT(), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=True),
        sa.Column('end_reason', sa.Text(), nullable=False),
    )
    is_open = sa.text('ended_at IS NULL')
    op.create_index(
        'ix_legal_hold_case', 'legal_hold', ['case_id'], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        'erasure',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('part', sa.String(length=16), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('erased_at', _INSTANT(), nullable=False),
        sa.Column('erased_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('pending', sa.Text(), nullable=False),
        sa.UniqueConstraint('case_id', 'part'),
    )
    is_pending = sa.text("pending <> ''")
    op.create_index(
        'ix_erasure_pending', 'erasure', ['id'], sqlite_where=is_pending, postgresql_where=is_pending
    )
