"""Converts a row of a file into the columns of its table, with hashes; the same columns are compared and written."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from db.enums import ImportKind
from db.models import ApplicationRow, CardRow, ComplaintRow, CreditRecordRow, DocumentRow, OptOutRow
from db.queries.published import ImportedRow, table_of
from workbench.services.case.evidence_reader import application_key, credit_key
from workbench.services.files.calls.hashing import callee_hash
from workbench.services.files.document_files import StoredFile
from workbench.services.files.reading.kinds import RowValue
from workbench.services.foundation.file_store import Store

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
"""The tables of the rows of each kind; calls are written to files of the store."""

_HASHES: Mapping[ImportKind, Mapping[str, str]] = {
    ImportKind.APPLICATIONS: {"handler_id_hash": "handler_id_no", "contact_phone_hash": "contact_phone"},
    ImportKind.CARDS: {"msisdn_hash": "msisdn"},
    ImportKind.COMPLAINTS: {"msisdn_hash": "msisdn"},
    ImportKind.CREDIT: {"subject_hash": "subject_no"},
}
"""The columns with keyed hashes, each with the column that is hashed."""


KEYS: Mapping[ImportKind, Callable[[Mapping[str, Any]], tuple[object, ...]]] = {
    ImportKind.APPLICATIONS: application_key,
    ImportKind.CARDS: itemgetter("agent", "application_no", "msisdn"),
    ImportKind.DOCUMENTS: itemgetter("agent", "application_no", "kind", "sha256"),
    ImportKind.OPTOUTS: itemgetter("callee_hash", "msisdn"),
    ImportKind.CREDIT: credit_key,
    ImportKind.COMPLAINTS: itemgetter("msisdn_hash", "received_at", "source"),
    ImportKind.APPEALS: application_key,
}
"""The functions that return the key of a row, by kind of import."""


def columns_of(kind: ImportKind, row: RowValue, store: Store) -> Columns:
    """Return the columns of a row that is not a document; a callee is replaced by its hash."""
    columns = {**row}
    for name, source in _HASHES.get(kind, {}).items():
        columns[name] = store.hashed(row[source])
    if kind is ImportKind.OPTOUTS:
        columns["callee_hash"] = callee_hash(store.hash_key, columns.pop("callee"))
    if kind is ImportKind.CREDIT:
        columns["list_name"] = columns.pop("list")
    return columns


def document_columns(row: RowValue, file: StoredFile) -> Columns:
    """Return the columns of a document whose file is, or will be, in the store."""
    columns = {**row, "sha256": file.sha256, "bytes_count": file.bytes_count, "media_type": file.media_type}
    del columns["path"]
    return columns


def is_equal(columns: Columns, row: ImportedRow, *, ignored: frozenset[str] = frozenset()) -> bool:
    """Say whether a published row has the same values, except in the ignored columns."""
    return all(row[name] == value for name, value in columns.items() if name not in ignored)
