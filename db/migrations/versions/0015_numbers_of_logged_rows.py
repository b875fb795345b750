"""Rows whose changes the log notes have a number above 0, also those that something other than the program inserts.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

from db.dialects import sqlite

revision = "0015"
down_revision = "0014"

_TABLES = (
    *("absence", "appeal", "campaign", "decision", "erasure", "event", "import_batch", "legal_hold", "measure_order"),
    *("notice", "policy_version", "rectification", "rectification_item", "reviewer", "suspension"),
)


def upgrade() -> None:
    """Create the triggers; a row that is there already and has such a number stays, and the log does not explain it."""
    for table in _TABLES:
        for guard in sqlite.number_guards(table, "seq" if table == "event" else "id"):
            op.execute(guard)
