"""Inquiries to departments, and the departments of their verifiers.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from db.dialects.sqlite import number_guards

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create the table, and add the column."""
    op.add_column("reviewer", sa.Column("department", sa.String(32), nullable=False, server_default=""))
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False, index=True),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("remind_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("document_bytes", sa.Integer(), nullable=False),
        sa.Column("document_type", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=True),
    )
    is_open = sa.text("status = 'open'")
    op.create_index("ix_inquiry_open", "inquiry", ["case_id", "department"], unique=True, sqlite_where=is_open)
    op.create_index("ix_inquiry_document", "inquiry", ["document_sha256"], sqlite_where=sa.text("document_sha256 <> ''"))
    for guard in number_guards("inquiry"):
        op.execute(guard)
