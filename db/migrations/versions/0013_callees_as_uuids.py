"""New call files hold callees as 16 bytes, which an older program cannot read; this step makes it refuse the database.

Revision ID: 0013
Revises: 0012
"""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Change nothing but the version of the schema."""
