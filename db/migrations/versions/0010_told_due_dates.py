"""The date that each notice tells the applicant.

Revision ID: 0010
Revises: 0009
"""

import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

from db.columns import to_us

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column, and fill it from the texts of the notices about due dates."""
    op.add_column('notice', sa.Column('told_due_at', sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    notices = "SELECT id, body FROM notice WHERE kind IN ('receipt', 'delay', 'resumed')"
    rows = [{'id': number, 'told': _told_due_us(body)} for number, body in connection.execute(sa.text(notices))]
    if told := [row for row in rows if row['told'] is not None]:
        connection.execute(sa.text('UPDATE notice SET told_due_at = :told WHERE id = :id'), told)


_DUE_DAY = re.compile(r"^(?:.{,4}办结时限(?:不变)?：(.+?日)|[\w ]*[Dd]ue date.*: \w+, (\w+ \w+ \w+))", re.MULTILINE)


def _told_due_us(body: str) -> int | None:
    """Return the due date in a letter: closing time in China, because a letter gives only the day."""
    for zh, en in _DUE_DAY.findall(body):
        with suppress(ValueError):
            day = datetime.strptime(zh, '%Y年%m月%d日') if zh else datetime.strptime(en, '%d %B %Y')
            return to_us(day.replace(hour=18, tzinfo=timezone(timedelta(hours=8))))
    return None
