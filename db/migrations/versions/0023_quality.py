"""The quality review: samples, second opinions, and who was right.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from db.dialects.sqlite import number_guards

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "quality_sample",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=False),
    )
    op.create_table(
        "sampled_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False, index=True),
        sa.Column("sample_id", sa.Integer(), sa.ForeignKey("quality_sample.id"), nullable=False),
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("decision.id"), nullable=False, index=True),
        sa.Column("stratum", sa.String(200), nullable=False),
        sa.Column("is_golden", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("sample_id", "decision_id"),
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False, index=True),
        sa.Column("sampled_id", sa.Integer(), sa.ForeignKey("sampled_decision.id"), nullable=False, unique=True),
        sa.Column("reviewer_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("fail_kind", sa.String(8), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "adjudication",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False, index=True),
        sa.Column("sampled_id", sa.Integer(), sa.ForeignKey("sampled_decision.id"), nullable=False, unique=True),
        sa.Column("reviewer_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=False),
        sa.Column("adjudicated_at", sa.BigInteger(), nullable=False),
        sa.Column("stands", sa.String(8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "golden_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False, index=True),
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("decision.id"), nullable=False, unique=True),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("fail_kind", sa.String(8), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), sa.ForeignKey("reviewer.id"), nullable=False),
    )
    is_open = sa.text("given_at IS NULL")
    op.create_index("ix_opinion_open", "opinion", ["reviewer_id"], unique=True, sqlite_where=is_open)
    for table in ("quality_sample", "sampled_decision", "opinion", "adjudication", "golden_answer"):
        for guard in number_guards(table):
            op.execute(guard)
