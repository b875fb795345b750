"""Indexes for lists of cases in the order of `next`, and for searches by a part of a name or a number.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from db.dialects import sqlite_search

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the indexes and the full-text index, and index all cases."""
    op.create_index('ix_case_order', 'case', ['state', 'priority_rank', 'due_at', 'id', 'batch_id', 'risk', 'service_class', 'round', 'assignee_id'], unique=False)
    op.execute('CREATE INDEX ix_case_number ON "case" (application_no COLLATE NOCASE)')
    op.create_index('ix_case_assignee', 'case', ['assignee_id'], unique=False, sqlite_where=sa.text('assignee_id IS NOT NULL'), postgresql_where=sa.text('assignee_id IS NOT NULL'))
    op.create_index('ix_finding_rule', 'finding', ['rule', 'case_id'], unique=False)
    op.create_index('ix_application_province', 'application', ['province'], unique=False)
    op.create_index('ix_application_kind', 'application', ['applicant_kind'], unique=False)
    op.create_index('ix_application_phone', 'application', ['contact_phone_hash'], unique=False)
    op.execute(sqlite_search.CREATE)
    sqlite_search.fill(op.get_bind())
