"""An index of decisions by release time, so that undo reads only decisions that can still be undone.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the index; no row changes."""
    op.create_index("ix_decision_release", "decision", ["status", "release_at"])
