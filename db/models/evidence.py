"""Imported evidence. Rows never change; for each key, the row of the latest published batch counts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Index, Text, text
from sqlmodel import Field

from db.columns import erased_column, erased_short_text, free_text, instant_column, personal_text, short_text
from db.models.row import ApplicationPartRow, BatchPartRow


class ApplicationRow(ApplicationPartRow, table=True):
    """One version of an application; a later batch adds a row for each change.

    Attributes:
        file_no: Which file of its batch it came from, counted from 1; null if an earlier version imported it.
        line: The line of that file where it starts, or the row of the sheet.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_key", "agent", "application_no", "batch_id"),
        Index("ix_application_batch", "batch_id"),
        Index("ix_application_uscc", "uscc"),
        # Searches for names ignore case.
        Index("ix_application_handler", text("handler_name COLLATE NOCASE")),
        Index("ix_application_handler_hash", "handler_id_hash"),
        Index("ix_application_phone", "contact_phone_hash"),
        Index("ix_application_province", "province"),
        Index("ix_application_kind", "applicant_kind"),
    )

    submitted_at: datetime = instant_column()
    received_at: datetime = instant_column()
    first_reviewed_on: date | None = None
    card_type: str = short_text(64)
    applicant_kind: str = short_text(16)
    applicant_name: str = erased_short_text(200)
    uscc: str = erased_short_text(32)
    registered_capital_fen: int | None = erased_column(BigInteger)
    licence_valid_to: date | None = erased_column(Date)
    business_scope: str = free_text()
    province: str = short_text(64)
    legal_rep_name: str = personal_text("name")
    legal_rep_id_no: str = personal_text("id_no", length=64)
    legal_rep_id_type: str = short_text(32)
    handler_name: str = personal_text("name")
    handler_id_no: str = personal_text("id_no", length=64)
    handler_id_hash: str = erased_short_text(32)
    handler_id_type: str = short_text(32)
    handler_id_issued_on: date | None = erased_column(Date)
    handler_id_valid_to: date | None = erased_column(Date)
    contact_phone: str = personal_text("msisdn", length=64)
    contact_phone_hash: str = erased_short_text(32)
    industry: str = short_text(64)
    stated_use: str = free_text()
    call_script: str = free_text()
    consent_source: str = free_text()
    service_class: str = short_text(16)
    language: str = short_text(8)
    msisdns: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "msisdns"}))
    file_no: int | None = None
    line: int | None = None


class CardRow(ApplicationPartRow, table=True):
    """One SIM of an application, as of one batch."""

    __tablename__ = "card"
    __table_args__ = (
        Index("ix_card_key", "agent", "application_no", "msisdn", "batch_id"),
        Index("ix_card_batch", "batch_id"),
        Index("ix_card_msisdn_hash", "msisdn_hash"),
    )

    msisdn: str = personal_text("msisdn", length=32)
    msisdn_hash: str = erased_short_text(32)
    iccid: str = erased_short_text(32)
    carrier: str = short_text(16)
    brand: str = short_text(64)
    activated_on: date | None = None
    daily_quota_calls: int | None = None
    actual_user_name: str = personal_text("name")
    service_ended_on: date | None = None


class DocumentRow(ApplicationPartRow, table=True):
    """One document. Its file is in the store under its SHA-256 unless retention erased it, at `erased_at`."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_key", "agent", "application_no", "kind", "sha256", "batch_id"),
        Index("ix_document_batch", "batch_id"),
    )

    kind: str = short_text(32)
    sha256: str = short_text(64)
    received_at: datetime = instant_column()
    issued_on: date | None = erased_column(Date)
    valid_to: date | None = erased_column(Date)
    sealed: bool | None = None
    quality: str = short_text(16)
    bytes_count: int | None = None
    media_type: str = short_text(64)
    erased_at: datetime | None = instant_column(nullable=True)


class ComplaintRow(BatchPartRow, table=True):
    """One complaint about one number."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_key", "msisdn_hash", "received_at", "source", "batch_id"),
        Index("ix_complaint_batch", "batch_id"),
    )

    msisdn: str = personal_text("msisdn", length=32)
    msisdn_hash: str = short_text(32)
    received_at: datetime = instant_column()
    source: str = short_text(200)
    verified: bool = False
    summary: str = Field(default="", sa_column=Column(Text, nullable=False, info={"personal": "text"}))


class CreditRecordRow(BatchPartRow, table=True):
    """The result of one check of one credit list for one USCC or ID number."""

    __tablename__ = "credit_record"
    __table_args__ = (
        Index("ix_credit_record_subject", "subject_hash", "batch_id"),
        Index("ix_credit_record_batch", "batch_id"),
    )

    subject_no: str = personal_text("id_no", length=64)
    subject_hash: str = short_text(32)
    list_name: str = short_text(16)
    match: str = short_text(16)
    listed_on: date | None = None
    checked_on: date | None = None
    amount_fen: int | None = Field(default=None, sa_column=Column(BigInteger))
    overdue_days: int | None = None
    disputed: bool = False
    reference: str = short_text(200)
