"""The kinds of the identity documents of handlers and legal representatives, and the fact that a finding observes.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; an empty kind is inferred from the number, and an empty fact from the limit."""
    for name in ('legal_rep_id_type', 'handler_id_type'):
        op.add_column('application', sa.Column(name, sa.String(length=32), nullable=False, server_default=''))
    op.add_column('finding', sa.Column('observes', sa.String(length=64), nullable=False, server_default=''))
