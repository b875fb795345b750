"""Reads and classifies a portion of the records of a file; any process can do it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from db.dialect import BulkRows, bulk_rows
from db.enums import ImportKind
from workbench.services.files.reading.kinds import RowValue
from workbench.services.files.reading.problems import BadRecord, ParsedRow
from workbench.services.files.reading.row_reader import RowReader
from workbench.services.files.reading.table import BrokenRecord, RawRecord
from workbench.services.foundation.context import Context
from workbench.services.intake.importing.classifying.appeals import classify_appeals
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.columns import KEYS, TABLES
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, DocumentToCopy, RowOutcome

DIGEST_BYTES, CHECK_SUM_BYTES = 16, 4

Record = RawRecord | BrokenRecord | BadRecord
"""A record as it is in the file, or one that is refused already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClassifier:
    """Classifies the records of one file; documents are beside it in `folder`.

    `is_of_several_kinds` says that rows of other kinds follow, which may belong to the applications of this file.
    """

    context: Context
    classifier: RowClassifier
    rows: RowReader
    folder: Path
    is_of_several_kinds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedRecords:
    """The outcomes of some records, in their order.

    `digests` has for each good one the digest of its key and the check sums of its applicant and of all its values.
    `values` is what these are, except of applications. `rows` are the rows of those that are created or updated.
    """

    entries: Sequence[ClassifiedRow | BadRecord]
    digests: bytes
    values: Sequence[RowValue]
    rows: BulkRows | None
    documents: Sequence[DocumentToCopy]


def classify_records(files: FileClassifier, records: Sequence[Record]) -> ClassifiedRecords:
    """Read and classify some records of a file."""
    read = [record if isinstance(record, BadRecord) else files.rows.read(record) for record in records]
    values: list[Any] = [entry.value for entry in read if isinstance(entry, ParsedRow)]
    classified = iter(_classified(files, values))
    kind = files.rows.kind
    entries: list[ClassifiedRow | BadRecord] = []
    digests: list[bytes] = []
    good: list[RowValue] = []
    made: list[Any] = []
    documents: list[DocumentToCopy] = []
    for record, entry in zip(records, read, strict=True):
        if isinstance(entry, BadRecord):
            entries.append(entry)
            continue
        row = next(classified)
        if row.outcome is RowOutcome.REFUSED and isinstance(record, RawRecord):
            entries.append(files.rows.refused(record, row.message, row.column))
            continue
        entries.append(row.without_columns())
        key = digest(kind.value, *map(str, KEYS[kind](row.made)))
        applicant = (row.made["applicant_name"], row.made["uscc"]) if kind is ImportKind.APPLICATIONS else ()
        digests += (key, _check_sum(applicant), _check_sum(row.made.values()))
        if kind is not ImportKind.APPLICATIONS:
            good.append(entry.value)
        if kind is ImportKind.DOCUMENTS:
            # Also of a document that is known: its file is put back where the store has lost or damaged it.
            documents.append(DocumentToCopy(entry.value["path"], row.made["sha256"], entry.line))
        if row.outcome is not RowOutcome.UNCHANGED:
            made.append(row.made)
    return ClassifiedRecords(
        entries=entries,
        digests=b"".join(digests),
        values=good,
        rows=bulk_rows(TABLES[kind].name, made) if kind in TABLES else None,
        documents=documents,
    )


def _classified(files: FileClassifier, values: Sequence[Any]) -> Sequence[ClassifiedRow]:
    kind, classifier = files.rows.kind, files.classifier
    if kind is ImportKind.APPEALS:
        return classify_appeals(files.context, values, classifier.imported_at, classifier.reopened)
    with files.context.read() as session:
        classified = classifier.classify(kind, session, values, files.folder)
    if files.is_of_several_kinds and kind is ImportKind.APPLICATIONS:
        classifier.expect(values, classified)
    return classified


def _check_sum(values: Iterable[object]) -> bytes:
    return crc32("\0".join(map(str, values)).encode()).to_bytes(CHECK_SUM_BYTES)


def digest(*key: str) -> bytes:
    """Return a key in few bytes."""
    return hashlib.blake2b("\0".join(key).encode(), digest_size=DIGEST_BYTES).digest()
