"""Who was told of which suspension and of which delay, taken over from the log.

Revision ID: 0005
Revises: 0004
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from db.columns import to_us

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of what applicants were told, and fill them from the log and the notices."""
    op.create_table(
        'suspension_notice',
        sa.Column('suspension_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('told_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case.id']),
        sa.ForeignKeyConstraint(['suspension_id'], ['suspension.id']),
        sa.PrimaryKeyConstraint('suspension_id', 'case_id', 'kind'),
    )
    op.create_index(op.f('ix_suspension_notice_case_id'), 'suspension_notice', ['case_id'], unique=False)
    op.create_table(
        'delay_notice',
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('told_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case.id']),
        sa.PrimaryKeyConstraint('case_id', 'due_at'),
    )
    op.add_column('suspension', sa.Column('announced_to_at', sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    _fill_suspensions(connection)
    _fill_delays(connection)


def _fill_suspensions(connection: sa.Connection) -> None:
    """Replay the log; an applicant who was told of an end is told once more of one that was set after that."""
    ends: dict[int, int | None] = {}
    announced: dict[int, int | None] = {}
    began_open: set[int] = set()
    told: dict[tuple[int, int, str], int] = {}
    for at, action, body in _events(connection, 'suspend', 'resume', 'due-moved'):
        number = body.get('suspension')
        if action == 'suspend' and 'until' not in body:
            began_open.add(number)
        if action == 'resume':
            announced[number] = ends.get(number)
            told = {key: told_at for key, told_at in told.items() if (key[0], key[2]) != (number, 'ended')}
        if action != 'due-moved':
            ends[number] = to_us(datetime.fromisoformat(body['until'])) if 'until' in body else None
        for suspension_id, case_id in _pairs(body, 'told'):
            told.setdefault((suspension_id, case_id, 'started'), at)
            if suspension_id in announced:
                told.setdefault((suspension_id, case_id, 'ended'), at)
        for suspension_id, case_id in _pairs(body, 'held_up'):
            told.setdefault((suspension_id, case_id, 'held'), at)
    rows = [{'suspension': key[0], 'case': key[1], 'kind': key[2], 'at': at} for key, at in told.items()]
    _execute(
        connection,
        """INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at)
        SELECT :suspension, id, :kind, :at FROM "case" WHERE id = :case""",
        rows,
    )
    connection.execute(sa.text('UPDATE suspension SET announced_to_at = to_at'))
    ended = [{'suspension': number, 'announced': end} for number, end in announced.items()]
    _execute(connection, 'UPDATE suspension SET announced_to_at = :announced WHERE id = :suspension', ended)
    _execute(connection, _READ_OF_IT, [{'suspension': number} for number in began_open])
    connection.execute(sa.text(_READ_OF_END))


_READ_OF_IT = """INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at)
    SELECT s.id, c.id, 'started', min(n.created_at)
    FROM suspension s
    JOIN notice n ON n.created_at >= s.entered_at AND n.created_at < s.resumed_at
    JOIN "case" c ON c.id = n.case_id AND c.due_at > s.from_at
    WHERE s.id = :suspension AND n.kind IN ('receipt', 'delay', 'resumed')
    GROUP BY s.id, c.id
    ON CONFLICT DO NOTHING"""
"""While an open suspension stops a clock every letter about the due date says so."""

_READ_OF_END = """INSERT INTO suspension_notice (suspension_id, case_id, kind, told_at)
    SELECT s.id, n.case_id, 'ended', min(n.created_at)
    FROM suspension s
    JOIN suspension_notice told ON told.suspension_id = s.id AND told.kind <> 'ended'
    JOIN notice n ON n.case_id = told.case_id AND n.kind = 'resumed' AND n.created_at >= s.to_at
    WHERE s.to_at = s.announced_to_at
    GROUP BY s.id, n.case_id
    ON CONFLICT DO NOTHING"""
"""A letter that work goes on tells of every suspension that was over by then."""


def _fill_delays(connection: sa.Connection) -> None:
    told = [
        {'case': case_id, 'due': body['due_us'], 'at': at}
        for at, case_id, body in _events(connection, 'delay-told', about='case_id')
    ]
    _execute(
        connection,
        """INSERT INTO delay_notice (case_id, due_at, told_at) SELECT id, :due, :at FROM "case" WHERE id = :case
        ON CONFLICT DO NOTHING""",
        told,
    )


def _events(connection: sa.Connection, *actions: str, about: str = 'action') -> Iterator[tuple[int, Any, Any]]:
    """Yield when some acts that were not refused happened, one column of each, and what the log says of it."""
    statement = sa.text(f'SELECT at, {about}, body FROM event WHERE action IN :actions AND NOT is_refused ORDER BY seq')
    found = connection.execute(statement.bindparams(sa.bindparam('actions', actions, expanding=True)))
    yield from ((at, said, json.loads(body)) for at, said, body in found)


def _pairs(body: Any, name: str) -> Iterator[tuple[int, int]]:
    """Yield each suspension and case that an event names."""
    for number, case_ids in body.get(name, {}).items():
        yield from ((int(number), case_id) for case_id in case_ids)


def _execute(connection: sa.Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.text(statement), rows)


def downgrade() -> None:
    """Never: a downgrade is the restore of a backup."""
    raise RuntimeError("restore the backup that was made before the upgrade")
