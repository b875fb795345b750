"""The index by which cases are found by their handlers' names.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_application_handler", "application", [sa.text("handler_name COLLATE NOCASE")])
