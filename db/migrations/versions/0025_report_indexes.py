"""What the report reads of all events and decisions, in indexes.

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Create the indexes anew, with more columns."""
    op.drop_index("ix_event_case_id", "event")
    op.create_index("ix_event_case", "event", ["case_id", "seq", "at", "state", "is_clock_running", "is_refused"])
    op.drop_index("ix_decision_case", "decision")
    columns = ["case_id", "id", "status", "round", "verdict", "fail_kind", "decided_at", "checked_at"]
    op.create_index("ix_decision_case", "decision", columns)
