"""The first schema.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from db.dialects import sqlite

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables, and the triggers that guard the log."""
    op.create_table('calendar_day',
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('is_working', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('on_date')
    )
    op.create_table('event',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_login', sa.String(length=64), nullable=False),
    sa.Column('identity', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('is_clock_running', sa.Boolean(), nullable=True),
    sa.Column('is_refused', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq')
    )
    op.create_index(op.f('ix_event_case_id'), 'event', ['case_id'], unique=False)
    op.create_table('policy_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('applied_at', sa.BigInteger(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('reviewer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('max_held', sa.Integer(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('login')
    )
    op.create_table('setting',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['reviewer_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_absence_reviewer_id'), 'absence', ['reviewer_id'], unique=False)
    op.create_table('import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.Column('published_seq', sa.Integer(), nullable=True),
    sa.Column('applied_at', sa.BigInteger(), nullable=True),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('created_count', sa.Integer(), nullable=False),
    sa.Column('updated_count', sa.Integer(), nullable=False),
    sa.Column('unchanged_count', sa.Integer(), nullable=False),
    sa.Column('rejected_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['started_by_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('published_seq')
    )
    op.create_table('reviewer_role',
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['reviewer_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('reviewer_id', 'role')
    )
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('application_no', sa.String(length=64), nullable=False),
    sa.Column('submitted_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('first_reviewed_on', sa.Date(), nullable=True),
    sa.Column('card_type', sa.String(length=64), nullable=False),
    sa.Column('applicant_kind', sa.String(length=16), nullable=False),
    sa.Column('applicant_name', sa.String(length=200), nullable=False),
    sa.Column('uscc', sa.String(length=32), nullable=False),
    sa.Column('registered_capital_fen', sa.BigInteger(), nullable=True),
    sa.Column('licence_valid_to', sa.Date(), nullable=True),
    sa.Column('business_scope', sa.Text(), nullable=False),
    sa.Column('province', sa.String(length=64), nullable=False),
    sa.Column('legal_rep_name', sa.String(length=200), nullable=False),
    sa.Column('legal_rep_id_no', sa.String(length=64), nullable=False),
    sa.Column('handler_name', sa.String(length=200), nullable=False),
    sa.Column('handler_id_no', sa.String(length=64), nullable=False),
    sa.Column('handler_id_hash', sa.String(length=32), nullable=False),
    sa.Column('handler_id_issued_on', sa.Date(), nullable=True),
    sa.Column('handler_id_valid_to', sa.Date(), nullable=True),
    sa.Column('contact_phone', sa.String(length=64), nullable=False),
    sa.Column('contact_phone_hash', sa.String(length=32), nullable=False),
    sa.Column('industry', sa.String(length=64), nullable=False),
    sa.Column('stated_use', sa.Text(), nullable=False),
    sa.Column('call_script', sa.Text(), nullable=False),
    sa.Column('consent_source', sa.Text(), nullable=False),
    sa.Column('service_class', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('msisdns', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_application_batch', 'application', ['batch_id'], unique=False)
    op.create_index('ix_application_handler_hash', 'application', ['handler_id_hash'], unique=False)
    op.create_index('ix_application_key', 'application', ['agent', 'application_no', 'batch_id'], unique=False)
    op.create_index('ix_application_uscc', 'application', ['uscc'], unique=False)
    op.create_table('call_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('msisdn_hash', sa.String(length=32), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_call_day_batch', 'call_day', ['batch_id'], unique=False)
    op.create_index('ix_call_day_number', 'call_day', ['msisdn_hash', 'batch_id'], unique=False)
    op.create_table('call_hour',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('msisdn_hash', sa.String(length=32), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_call_hour_batch', 'call_hour', ['batch_id'], unique=False)
    op.create_index('ix_call_hour_number', 'call_hour', ['msisdn_hash', 'batch_id'], unique=False)
    op.create_table('call_window',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('application_no', sa.String(length=64), nullable=False),
    sa.Column('msisdn', sa.String(length=32), nullable=False),
    sa.Column('msisdn_hash', sa.String(length=32), nullable=False),
    sa.Column('window_from', sa.Date(), nullable=True),
    sa.Column('window_to', sa.Date(), nullable=True),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('calls_in', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('distinct_callees', sa.Integer(), nullable=False),
    sa.Column('total_duration_s', sa.BigInteger(), nullable=False),
    sa.Column('short_calls', sa.Integer(), nullable=False),
    sa.Column('peak_hour_calls', sa.Integer(), nullable=False),
    sa.Column('peak_day_calls', sa.Integer(), nullable=False),
    sa.Column('max_same_callee_day', sa.Integer(), nullable=False),
    sa.Column('max_same_callee_5min', sa.Integer(), nullable=False),
    sa.Column('max_same_callee_window', sa.Integer(), nullable=False),
    sa.Column('handsets', sa.Integer(), nullable=False),
    sa.Column('opt_out_calls', sa.Integer(), nullable=False),
    sa.Column('half_hours', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_call_window_application', 'call_window', ['agent', 'application_no', 'batch_id'], unique=False)
    op.create_index('ix_call_window_batch', 'call_window', ['batch_id'], unique=False)
    op.create_index('ix_call_window_number', 'call_window', ['msisdn_hash', 'batch_id'], unique=False)
    op.create_table('card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('application_no', sa.String(length=64), nullable=False),
    sa.Column('msisdn', sa.String(length=32), nullable=False),
    sa.Column('msisdn_hash', sa.String(length=32), nullable=False),
    sa.Column('iccid', sa.String(length=32), nullable=False),
    sa.Column('carrier', sa.String(length=16), nullable=False),
    sa.Column('brand', sa.String(length=64), nullable=False),
    sa.Column('activated_on', sa.Date(), nullable=True),
    sa.Column('daily_quota_calls', sa.Integer(), nullable=True),
    sa.Column('actual_user_name', sa.String(length=200), nullable=False),
    sa.Column('service_ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_card_batch', 'card', ['batch_id'], unique=False)
    op.create_index('ix_card_key', 'card', ['agent', 'application_no', 'msisdn', 'batch_id'], unique=False)
    op.create_index('ix_card_msisdn_hash', 'card', ['msisdn_hash'], unique=False)
    op.create_table('complaint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('msisdn', sa.String(length=32), nullable=False),
    sa.Column('msisdn_hash', sa.String(length=32), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_complaint_batch', 'complaint', ['batch_id'], unique=False)
    op.create_index('ix_complaint_key', 'complaint', ['msisdn_hash', 'received_at', 'source', 'batch_id'], unique=False)
    op.create_table('credit_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('subject_no', sa.String(length=64), nullable=False),
    sa.Column('subject_hash', sa.String(length=32), nullable=False),
    sa.Column('list_name', sa.String(length=16), nullable=False),
    sa.Column('match', sa.String(length=16), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('overdue_days', sa.Integer(), nullable=True),
    sa.Column('disputed', sa.Boolean(), nullable=False),
    sa.Column('reference', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_credit_record_batch', 'credit_record', ['batch_id'], unique=False)
    op.create_index('ix_credit_record_subject', 'credit_record', ['subject_hash', 'batch_id'], unique=False)
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('application_no', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('sealed', sa.Boolean(), nullable=True),
    sa.Column('quality', sa.String(length=16), nullable=False),
    sa.Column('bytes_count', sa.Integer(), nullable=True),
    sa.Column('media_type', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_document_batch', 'document', ['batch_id'], unique=False)
    op.create_index('ix_document_key', 'document', ['agent', 'application_no', 'kind', 'sha256', 'batch_id'], unique=False)
    op.create_table('import_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('encoding', sa.String(length=32), nullable=False),
    sa.Column('bytes_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_import_file_batch_id'), 'import_file', ['batch_id'], unique=False)
    op.create_index(op.f('ix_import_file_sha256'), 'import_file', ['sha256'], unique=False)
    op.create_table('opt_out',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('callee_hash', sa.String(length=32), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('msisdn', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_opt_out_batch', 'opt_out', ['batch_id'], unique=False)
    op.create_index('ix_opt_out_key', 'opt_out', ['callee_hash', 'msisdn', 'batch_id'], unique=False)
    op.create_table('case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('agent', sa.String(length=64), nullable=False),
    sa.Column('application_no', sa.String(length=64), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('applicant_name', sa.String(length=200), nullable=False),
    sa.Column('trigger', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('priority', sa.String(length=8), nullable=False),
    sa.Column('priority_rank', sa.Integer(), nullable=False),
    sa.Column('service_class', sa.String(length=16), nullable=False),
    sa.Column('risk', sa.String(length=8), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('complete_at', sa.BigInteger(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('is_due_provisional', sa.Boolean(), nullable=False),
    sa.Column('policy_version_id', sa.Integer(), nullable=False),
    sa.Column('findings_on', sa.Date(), nullable=True),
    sa.Column('block_count', sa.Integer(), nullable=False),
    sa.Column('warn_count', sa.Integer(), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('returned_to_id', sa.Integer(), nullable=True),
    sa.Column('held_by_id', sa.Integer(), nullable=True),
    sa.Column('held_until', sa.BigInteger(), nullable=True),
    sa.Column('aside_until', sa.BigInteger(), nullable=True),
    sa.Column('waits_for', sa.String(length=16), nullable=False),
    sa.Column('next_action_on', sa.Date(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('evidence_no', sa.Integer(), nullable=False),
    sa.Column('evidence_seq', sa.Integer(), nullable=False),
    sa.Column('is_listed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.ForeignKeyConstraint(['assignee_id'], ['reviewer.id'], ),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.ForeignKeyConstraint(['held_by_id'], ['reviewer.id'], ),
    sa.ForeignKeyConstraint(['policy_version_id'], ['policy_version.id'], ),
    sa.ForeignKeyConstraint(['returned_to_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_case_application', 'case', ['application_id'], unique=False)
    op.create_index('ix_case_assigned', 'case', ['assignee_id', 'due_at'], unique=False, sqlite_where=sa.text("assignee_id IS NOT NULL AND state IN ('queued', 'in_review')"), postgresql_where=sa.text("assignee_id IS NOT NULL AND state IN ('queued', 'in_review')"))
    op.create_index('ix_case_batch', 'case', ['batch_id'], unique=False)
    op.create_index('ix_case_expired', 'case', ['held_until'], unique=False, sqlite_where=sa.text("state = 'in_review'"), postgresql_where=sa.text("state = 'in_review'"))
    op.create_index('ix_case_held', 'case', ['held_by_id', 'held_until'], unique=False, sqlite_where=sa.text("state = 'in_review'"), postgresql_where=sa.text("state = 'in_review'"))
    op.create_index('ix_case_key', 'case', ['agent', 'application_no', 'id'], unique=False)
    op.create_index('ix_case_next', 'case', ['priority_rank', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'queued' AND is_listed = 1 AND assignee_id IS NULL"), postgresql_where=sa.text("state = 'queued' AND is_listed AND assignee_id IS NULL"))
    op.create_index('ix_case_state', 'case', ['state', 'due_at', 'is_listed', 'id'], unique=False)
    op.create_index('ix_case_unlisted', 'case', ['batch_id', 'id'], unique=False, sqlite_where=sa.text('is_listed = 0'), postgresql_where=sa.text('NOT is_listed'))
    op.create_table('checklist_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=32), nullable=False),
    sa.Column('answer', sa.String(length=8), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=False),
    sa.Column('answered_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['reviewer.id'], ),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('case_id', 'round', 'question')
    )
    op.create_index(op.f('ix_checklist_answer_case_id'), 'checklist_answer', ['case_id'], unique=False)
    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['reviewer.id'], ),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_comment_case_id'), 'comment', ['case_id'], unique=False)
    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('fail_kind', sa.String(length=8), nullable=False),
    sa.Column('measure', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('waits_for', sa.String(length=16), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('deadline_at', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('maker_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.BigInteger(), nullable=False),
    sa.Column('release_at', sa.BigInteger(), nullable=True),
    sa.Column('checker_id', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.BigInteger(), nullable=True),
    sa.Column('check_note', sa.Text(), nullable=False),
    sa.Column('undone_at', sa.BigInteger(), nullable=True),
    sa.Column('version_after', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['checker_id'], ['reviewer.id'], ),
    sa.ForeignKeyConstraint(['maker_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_decision_case', 'decision', ['case_id', 'id'], unique=False)
    op.create_index(op.f('ix_decision_decided_at'), 'decision', ['decided_at'], unique=False)
    op.create_table('finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('leg', sa.String(length=16), nullable=False),
    sa.Column('severity', sa.String(length=8), nullable=False),
    sa.Column('observed', sa.String(length=200), nullable=False),
    sa.Column('op', sa.String(length=4), nullable=False),
    sa.Column('limit_value', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_finding_case_id'), 'finding', ['case_id'], unique=False)
    op.create_table('skip',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('evidence_no', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('skipped_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['reviewer_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('case_id', 'reviewer_id')
    )
    op.create_table('submission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('applied_at', sa.BigInteger(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], ),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_submission_batch', 'submission', ['batch_id'], unique=False)
    op.create_index(op.f('ix_submission_case_id'), 'submission', ['case_id'], unique=False)
    op.create_table('verification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=False),
    sa.Column('verified_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['verified_by_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_verification_case_id'), 'verification', ['case_id'], unique=False)
    op.create_table('decision_reason',
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.PrimaryKeyConstraint('decision_id', 'position')
    )
    op.create_table('draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.ForeignKeyConstraint(['reviewer_id'], ['reviewer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('case_id', 'reviewer_id')
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('release_at', sa.BigInteger(), nullable=False),
    sa.Column('cancelled_at', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_notice_case_id'), 'notice', ['case_id'], unique=False)
    op.create_index(op.f('ix_notice_decision_id'), 'notice', ['decision_id'], unique=False)
    op.create_table('rectification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('deadline_at', sa.BigInteger(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('decision_id')
    )
    op.create_index(op.f('ix_rectification_case_id'), 'rectification', ['case_id'], unique=False)
    op.create_table('rectification_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rectification_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('satisfied_at', sa.BigInteger(), nullable=True),
    sa.Column('waived_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['rectification_id'], ['rectification.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_rectification_item_rectification_id'), 'rectification_item', ['rectification_id'], unique=False)
    for guard in sqlite.EVENT_GUARDS:
        op.execute(guard)


def downgrade() -> None:
    """Refuse; to downgrade, restore the backup that was made before the upgrade."""
    raise RuntimeError("restore the backup that was made before the upgrade")
