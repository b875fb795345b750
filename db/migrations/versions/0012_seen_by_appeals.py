"""What the person who decided an appeal saw; the last day to appeal is named as the local date that it is.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Rename the column, and add the other; neither rewrites a row.

    What was seen of appeals that were decided before this step is unknown.
    """
    op.execute('ALTER TABLE notice RENAME COLUMN appeal_until TO appeal_until_on')
    op.add_column('appeal', sa.Column('seen', sa.Text(), nullable=False, server_default='{}'))
