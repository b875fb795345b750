"""The columns that a row of a file fills, hashes included: what is written is what is compared."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from db.enums import ImportKind
from db.models import ApplicationRow, CardRow, ComplaintRow, CreditRecordRow, DocumentRow, OptOutRow
from db.queries.published import ImportedRow, table_of
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, ComplaintFacts, CreditFacts
from workbench.domain.evidence.rows import CardRow as CardOfFile
from workbench.domain.evidence.rows import DocumentRow as DocumentOfFile
from workbench.domain.evidence.rows import OptOutRow as OptOutOfFile
from workbench.services.calls.hashing import callee_hash
from workbench.services.foundation.file_store import Store
from workbench.services.importing.documents import StoredFile

Columns = dict[str, Any]
"""The columns of one row, without its id and batch."""

TABLES: dict[ImportKind, Table] = {
    ImportKind.APPLICATIONS: table_of(ApplicationRow),
    ImportKind.CARDS: table_of(CardRow),
    ImportKind.DOCUMENTS: table_of(DocumentRow),
    ImportKind.OPTOUTS: table_of(OptOutRow),
    ImportKind.CREDIT: table_of(CreditRecordRow),
    ImportKind.COMPLAINTS: table_of(ComplaintRow),
}
"""Where the rows of each kind go; calls go into files of the store."""

_APPLICATION = tuple(field.name for field in fields(ApplicationFacts))
_CARD = tuple(field.name for field in fields(CardFacts))
_COMPLAINT = tuple(field.name for field in fields(ComplaintFacts))
_CREDIT = tuple(field.name for field in fields(CreditFacts) if field.name != "list")


def application_columns(facts: ApplicationFacts, store: Store) -> Columns:
    """Return the columns of an application."""
    columns = {name: getattr(facts, name) for name in _APPLICATION}
    columns["applicant_kind"] = facts.applicant_kind.value
    columns["language"] = facts.language.value
    for name in ("service_class", "handler_id_type", "legal_rep_id_type"):
        columns[name] = columns[name].value if columns[name] else ""
    columns["msisdns"] = ";".join(facts.msisdns)
    columns["handler_id_hash"] = store.hashed(facts.handler_id_no)
    columns["contact_phone_hash"] = store.hashed(facts.contact_phone)
    return columns


def card_columns(row: CardOfFile, store: Store) -> Columns:
    """Return the columns of a card."""
    columns = {name: getattr(row.card, name) for name in _CARD}
    columns["carrier"] = row.card.carrier.value if row.card.carrier else ""
    return {
        **columns,
        "agent": row.agent,
        "application_no": row.application_no,
        "msisdn_hash": store.hashed(row.card.msisdn),
    }


def document_columns(row: DocumentOfFile, file: StoredFile, imported_at: datetime) -> Columns:
    """Return the columns of a document whose file is, or will be, in the store."""
    return {
        "agent": row.agent,
        "application_no": row.application_no,
        "kind": row.kind.value,
        "sha256": file.sha256,
        "received_at": row.received_at or imported_at,
        "issued_on": row.issued_on,
        "valid_to": row.valid_to,
        "sealed": row.sealed,
        "quality": row.quality.value if row.quality else "",
        "bytes_count": file.bytes_count,
        "media_type": file.media_type,
    }


def complaint_columns(facts: ComplaintFacts, store: Store) -> Columns:
    """Return the columns of a complaint."""
    columns = {name: getattr(facts, name) for name in _COMPLAINT}
    return {**columns, "msisdn_hash": store.hashed(facts.msisdn)}


def credit_columns(facts: CreditFacts, store: Store) -> Columns:
    """Return the columns of a look-up of a list."""
    columns = {name: getattr(facts, name) for name in _CREDIT}
    columns["list_name"] = facts.list.value
    columns["match"] = facts.match.value
    columns["subject_hash"] = store.hashed(facts.subject_no)
    return columns


def opt_out_columns(row: OptOutOfFile, store: Store) -> Columns:
    """Return the columns of someone who wants no more calls; the number itself is not kept."""
    return {
        "callee_hash": callee_hash(store.hash_key, row.callee),
        "since": row.since,
        "msisdn": row.msisdn,
    }


def is_equal(columns: Columns, row: ImportedRow, *, besides: frozenset[str] = frozenset()) -> bool:
    """Say whether a row that is there already says the same, but for some columns."""
    return all(row[name] == value for name, value in columns.items() if name not in besides)
