"""The rules for whose new block findings a decided case is to be opened again, and an index of these cases.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column and its index; adding a column rewrites no row."""
    op.add_column('case', sa.Column('reopen_for', sa.Text(), nullable=False, server_default=''))
    has_rules = sa.text("reopen_for <> ''")
    op.create_index('ix_case_reopen', 'case', ['id'], sqlite_where=has_rules, postgresql_where=has_rules)
