"""The notices about suspensions and delays that applicants got.

Revision ID: 0006
Revises: 0005
"""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from db.columns import to_us

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables of notices, and fill them from the log and from the notices sent before."""
    op.create_table(
        'suspension_notice',
        sa.Column('suspension_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False, index=True),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('told_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case.id']),
        sa.ForeignKeyConstraint(['suspension_id'], ['suspension.id']),
        sa.PrimaryKeyConstraint('suspension_id', 'case_id', 'kind'),
    )
    op.create_table(
        'delay_notice',
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), primary_key=True),
        sa.Column('due_at', sa.BigInteger(), primary_key=True),
        sa.Column('told_at', sa.BigInteger(), nullable=False),
    )
    op.add_column('suspension', sa.Column('announced_to_at', sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    _fill_announced_ends(connection)
    for statement in _FILL:
        connection.execute(sa.text(statement))


def _fill_announced_ends(connection: sa.Connection) -> None:
    """Set `announced_to_at` of each suspension to the end that it had before it was resumed, according to the log."""
    connection.execute(sa.text('UPDATE suspension SET announced_to_at = to_at'))
    ends: dict[int, str | None] = {}
    acts = "SELECT action, body FROM event WHERE action IN ('suspend', 'resume') AND NOT is_refused ORDER BY seq"
    for action, text in connection.execute(sa.text(acts)).all():
        body = json.loads(text)
        number, until = body['suspension'], ends.get(body['suspension'])
        if action == 'resume':
            end = {'end': to_us(datetime.fromisoformat(until)) if until else None, 'id': number}
            connection.execute(sa.text('UPDATE suspension SET announced_to_at = :end WHERE id = :id'), end)
        ends[number] = body.get('until')


_MENTIONED = """WITH mentioned AS (
    SELECT e.seq, e.at, CAST(s.key AS INTEGER) AS suspension_id, c.value AS case_id
    FROM event e, json_each(e.body, '$.{name}') s, json_each(s.value) c
    WHERE e.action = 'due-moved' AND EXISTS (SELECT 1 FROM "case" WHERE id = c.value)
)"""
"""Each suspension and case listed under the events' key `{name}`; cases deleted since are left out."""

_INSERT = "INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at)"

_FILL = (
    f"{_MENTIONED.format(name='told')} {_INSERT} SELECT suspension_id, case_id, 'started', min(at) FROM mentioned GROUP BY 1, 2",
    # `held`: the notice that a suspension holds the case up.
    f"{_MENTIONED.format(name='held_up')} {_INSERT} SELECT suspension_id, case_id, 'held', min(at) FROM mentioned GROUP BY 1, 2",
    # An end that changed later needs another notice, so only notices after the last change count.
    f"""{_MENTIONED.format(name='told')} {_INSERT}
    SELECT suspension_id, case_id, 'ended', min(at) FROM mentioned
    WHERE seq > (SELECT max(r.seq) FROM event r WHERE r.action = 'resume' AND NOT r.is_refused
                 AND json_extract(r.body, '$.suspension') = suspension_id)
    GROUP BY 1, 2""",
    # The notice that work resumed covers every suspension that had ended by then.
    f"""{_INSERT}
    SELECT s.id, n.case_id, 'ended', min(n.created_at)
    FROM suspension s
    JOIN suspension_notice told ON told.suspension_id = s.id
    JOIN notice n ON n.case_id = told.case_id AND n.kind = 'resumed' AND n.created_at >= s.to_at
    WHERE s.to_at = s.announced_to_at
    GROUP BY 1, 2""",
    # While the end of a suspension is unknown, every notice about a due date mentions the
    # suspension, so it counts as the notice that it started.
    f"""{_INSERT}
    SELECT s.id, c.id, 'started', min(n.created_at)
    FROM suspension s
    JOIN notice n ON n.created_at >= s.entered_at AND n.created_at < s.resumed_at
    JOIN "case" c ON c.id = n.case_id AND c.due_at > s.from_at
    WHERE s.to_at IS NOT NULL AND s.announced_to_at IS NULL AND n.kind IN ('receipt', 'delay', 'resumed')
    GROUP BY 1, 2
    ON CONFLICT DO NOTHING""",
    """INSERT INTO delay_notice (case_id, due_at, told_at)
    SELECT c.id, json_extract(e.body, '$.due_us'), min(e.at)
    FROM event e JOIN "case" c ON c.id = e.case_id
    WHERE e.action = 'delay-told'
    GROUP BY 1, 2""",
)
