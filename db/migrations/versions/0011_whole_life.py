"""Appeals, contacts, ordered measures and campaigns, and what cases, decisions, items, notices and policies keep of them.

Revision ID: 0011
Revises: 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INSTANT = sa.BigInteger

_REFERENCES = (
    ('decision', 'corrects_id', 'decision'),
    ('rectification_item', 'waived_by_id', 'reviewer'),
    ('rectification_item', 'judged_by_id', 'reviewer'),
    ('notice', 'sent_by_id', 'reviewer'),
    ('policy_version', 'applied_by_id', 'reviewer'),
)


def upgrade() -> None:
    """Create the tables, and add the columns; adding a column rewrites no row."""
    for table, name, target in _REFERENCES:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {name} INTEGER REFERENCES {target} (id)')
    columns: tuple[tuple[str, sa.Column[Any]], ...] = (
        ('case', sa.Column('corrects_id', sa.Integer(), nullable=True)),
        ('decision', sa.Column('waived', sa.Text(), nullable=False, server_default='')),
        ('policy_version', sa.Column('is_for_open_cases', sa.Boolean(), nullable=False, server_default=sa.false())),
        ('policy_version', sa.Column('settled_at', _INSTANT(), nullable=True)),
        ('rectification_item', sa.Column('deadline_at', _INSTANT(), nullable=True)),
        ('rectification_item', sa.Column('waive_reason', sa.Text(), nullable=False, server_default='')),
        ('rectification_item', sa.Column('judged', sa.String(length=16), nullable=False, server_default='')),
        ('rectification_item', sa.Column('judged_at', _INSTANT(), nullable=True)),
        ('notice', sa.Column('appeal_until', sa.Date(), nullable=True)),
        ('notice', sa.Column('channel', sa.String(length=16), nullable=False, server_default='')),
        ('notice', sa.Column('failed_at', _INSTANT(), nullable=True)),
        ('notice', sa.Column('failure', sa.Text(), nullable=False, server_default='')),
        ('notice', sa.Column('attempts', sa.Integer(), nullable=False, server_default='0')),
        ('notice', sa.Column('handed_at', _INSTANT(), nullable=True)),
    )
    for table, column in columns:
        op.add_column(table, column)
    is_owed = sa.text('sent_at IS NULL AND cancelled_at IS NULL')
    op.create_index('ix_notice_owed', 'notice', ['release_at'], sqlite_where=is_owed, postgresql_where=is_owed)
    is_own = sa.text('batch_id IS NULL')
    op.create_index('ix_event_own', 'event', ['actor_id', 'seq'], sqlite_where=is_own, postgresql_where=is_own)
    _create_appeals()
    _create_contacts()
    _create_measure_orders()
    _create_campaigns()


def _create_appeals() -> None:
    op.create_table(
        'appeal',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('decision_id', sa.Integer(), sa.ForeignKey('decision.id'), nullable=True),
        sa.Column('state_before', sa.String(length=16), nullable=False),
        sa.Column('grounds', sa.Text(), nullable=False),
        sa.Column('received_at', _INSTANT(), nullable=False),
        sa.Column('filed_at', _INSTANT(), nullable=False),
        sa.Column('filed_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('due_at', _INSTANT(), nullable=False),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('outcome', sa.String(length=16), nullable=False),
        sa.Column('to_state', sa.String(length=16), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=True),
        sa.Column('decided_at', _INSTANT(), nullable=True),
        sa.Column('checker_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=True),
        sa.Column('checked_at', _INSTANT(), nullable=True),
        sa.Column('check_note', sa.Text(), nullable=False),
        sa.Column('release_at', _INSTANT(), nullable=True),
        sa.Column('waived', sa.Text(), nullable=False),
        sa.Column('version_after', sa.Integer(), nullable=False),
        sa.Column('before', sa.Text(), nullable=False),
    )
    is_open = sa.text("status IN ('open', 'staged')")
    op.create_index(
        'ix_appeal_open', 'appeal', ['case_id'], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _create_contacts() -> None:
    op.create_table(
        'contact',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('channel', sa.String(length=16), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('contacted_at', _INSTANT(), nullable=False),
        sa.Column('contacted_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
    )


def _create_measure_orders() -> None:
    # Verdicts given before this step get no orders, because nobody knows whether their measures were carried out. A bar
    # of such a verdict counts as carried out, so that a later pass still owes the restoring.
    op.create_table(
        'measure_order',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('decision_id', sa.Integer(), sa.ForeignKey('decision.id'), nullable=True),
        sa.Column('appeal_id', sa.Integer(), sa.ForeignKey('appeal.id'), nullable=True),
        sa.Column('msisdn', sa.String(length=32), nullable=False),
        sa.Column('measure', sa.String(length=16), nullable=False),
        sa.Column('ordered_at', _INSTANT(), nullable=False),
        sa.Column('release_at', _INSTANT(), nullable=False),
        sa.Column('due_at', _INSTANT(), nullable=False),
        sa.Column('exported_at', _INSTANT(), nullable=True),
        sa.Column('done_at', _INSTANT(), nullable=True),
        sa.Column('reported_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=True),
        sa.Column('failed_at', _INSTANT(), nullable=True),
        sa.Column('failure', sa.Text(), nullable=False),
        sa.Column('cancelled_at', _INSTANT(), nullable=True),
    )
    is_owed = sa.text('done_at IS NULL AND cancelled_at IS NULL')
    op.create_index(
        'ix_measure_order_owed', 'measure_order', ['due_at'], sqlite_where=is_owed, postgresql_where=is_owed
    )


def _create_campaigns() -> None:
    op.create_table(
        'campaign',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('filter', sa.Text(), nullable=False),
        sa.Column('rules', sa.Text(), nullable=False),
        sa.Column('policy_version_id', sa.Integer(), sa.ForeignKey('policy_version.id'), nullable=False),
        sa.Column('per_day', sa.Integer(), nullable=False),
        sa.Column('started_at', _INSTANT(), nullable=False),
        sa.Column('started_by_id', sa.Integer(), sa.ForeignKey('reviewer.id'), nullable=False),
        sa.Column('stopped_at', _INSTANT(), nullable=True),
    )
    op.create_table(
        'campaign_case',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('campaign_id', sa.Integer(), sa.ForeignKey('campaign.id'), nullable=False),
        sa.Column('case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=False, index=True),
        sa.Column('opens_on', sa.Date(), nullable=False),
        sa.Column('opened_case_id', sa.Integer(), sa.ForeignKey('case.id'), nullable=True),
        sa.Column('skipped_at', _INSTANT(), nullable=True),
        sa.UniqueConstraint('campaign_id', 'case_id'),
    )
