"""Imported evidence. Rows never change; for each key, the row of the latest published batch counts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Index, Text
from sqlmodel import Field

from db.columns import erased, erased_word, free_text, instant, personal, word
from db.models.row import ApplicationPartRow, BatchPartRow


class ApplicationRow(ApplicationPartRow, table=True):
    """One version of an application; a later batch adds a row for each change."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_key", "agent", "application_no", "batch_id"),
        Index("ix_application_batch", "batch_id"),
        Index("ix_application_uscc", "uscc"),
        Index("ix_application_handler_hash", "handler_id_hash"),
        Index("ix_application_phone", "contact_phone_hash"),
        Index("ix_application_province", "province"),
        Index("ix_application_kind", "applicant_kind"),
    )

    submitted_at: datetime = instant()
    received_at: datetime = instant()
    first_reviewed_on: date | None = None
    card_type: str = word(64)
    applicant_kind: str = word(16)
    applicant_name: str = erased_word(200)
    uscc: str = erased_word(32)
    registered_capital_fen: int | None = erased(BigInteger)
    licence_valid_to: date | None = erased(Date)
    business_scope: str = free_text()
    province: str = word(64)
    legal_rep_name: str = personal("name")
    legal_rep_id_no: str = personal("id_no", length=64)
    legal_rep_id_type: str = word(32)
    handler_name: str = personal("name")
    handler_id_no: str = personal("id_no", length=64)
    handler_id_hash: str = erased_word(32)
    handler_id_type: str = word(32)
    handler_id_issued_on: date | None = erased(Date)
    handler_id_valid_to: date | None = erased(Date)
    contact_phone: str = personal("msisdn", length=64)
    contact_phone_hash: str = erased_word(32)
    industry: str = word(64)
    stated_use: str = free_text()
    call_script: str = free_text()
    consent_source: str = free_text()
    service_class: str = word(16)
    language: str = word(8)
    msisdns: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "msisdns"}))


class CardRow(ApplicationPartRow, table=True):
    """One SIM of an application, as of one batch."""

    __tablename__ = "card"
    __table_args__ = (
        Index("ix_card_key", "agent", "application_no", "msisdn", "batch_id"),
        Index("ix_card_batch", "batch_id"),
        Index("ix_card_msisdn_hash", "msisdn_hash"),
    )

    msisdn: str = personal("msisdn", length=32)
    msisdn_hash: str = erased_word(32)
    iccid: str = erased_word(32)
    carrier: str = word(16)
    brand: str = word(64)
    activated_on: date | None = None
    daily_quota_calls: int | None = None
    actual_user_name: str = personal("name")
    service_ended_on: date | None = None


class DocumentRow(ApplicationPartRow, table=True):
    """One document. Its file is in the store under its SHA-256 unless retention erased it, at `erased_at`."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_key", "agent", "application_no", "kind", "sha256", "batch_id"),
        Index("ix_document_batch", "batch_id"),
    )

    kind: str = word(32)
    sha256: str = word(64)
    received_at: datetime = instant()
    issued_on: date | None = erased(Date)
    valid_to: date | None = erased(Date)
    sealed: bool | None = None
    quality: str = word(16)
    bytes_count: int | None = None
    media_type: str = word(64)
    erased_at: datetime | None = instant(nullable=True)


class ComplaintRow(BatchPartRow, table=True):
    """One complaint about one number."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_key", "msisdn_hash", "received_at", "source", "batch_id"),
        Index("ix_complaint_batch", "batch_id"),
    )

    msisdn: str = personal("msisdn", length=32)
    msisdn_hash: str = word(32)
    received_at: datetime = instant()
    source: str = word(200)
    verified: bool = False
    summary: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))


class CreditRecordRow(BatchPartRow, table=True):
    """The result of one check of one credit list for one USCC or ID number."""

    __tablename__ = "credit_record"
    __table_args__ = (
        Index("ix_credit_record_subject", "subject_hash", "batch_id"),
        Index("ix_credit_record_batch", "batch_id"),
    )

    subject_no: str = personal("id_no", length=64)
    subject_hash: str = word(32)
    list_name: str = word(16)
    match: str = word(16)
    listed_on: date | None = None
    checked_on: date | None = None
    amount_fen: int | None = Field(default=None, sa_column=Column(BigInteger))
    overdue_days: int | None = None
    disputed: bool = False
    reference: str = word(200)
