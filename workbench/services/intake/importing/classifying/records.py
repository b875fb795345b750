"""Reads and classifies a portion of the records of a file, in the main process or in a helper process."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from db.dialect import BulkRows, bulk_rows
from db.enums import ImportKind
from workbench.services.files.document_files import DocumentToCopy
from workbench.services.files.reading.kinds import RowValue
from workbench.services.files.reading.problems import BadRecord, ParsedRow
from workbench.services.files.reading.row_reader import RowReader
from workbench.services.files.reading.table import BrokenRecord, RawRecord
from workbench.services.foundation.context import Context
from workbench.services.intake.importing.classifying.appeals import classify_appeals
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.columns import KEYS, TABLES
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome

DIGEST_BYTES, CHECK_SUM_BYTES = 16, 4

Record = RawRecord | BrokenRecord | BadRecord
"""A record as it is in the file, or a record that is already refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClassifier:
    """What `classify_records` needs to read and classify the records of one file."""

    context: Context
    classifier: RowClassifier
    reader: RowReader
    folder: Path
    """The folder of the file, which also has the documents that the file names."""
    is_of_several_kinds: bool
    """Whether the import also has rows of other kinds, which may belong to the applications of this file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedRecords:
    """The outcomes of some records, in their order."""

    entries: Sequence[ClassifiedRow | BadRecord]
    digests: bytes
    """For each good record, the digest of its key, and the check sums of its applicant and of all its values."""
    values: Sequence[RowValue]
    """The values of the good records; empty for applications."""
    rows: BulkRows | None
    """The rows of the records that are created or updated; None if the kind has no table."""
    documents: Sequence[DocumentToCopy]


def classify_records(file: FileClassifier, records: Sequence[Record]) -> ClassifiedRecords:
    """Read and classify some records of a file."""
    read = [record if isinstance(record, BadRecord) else file.reader.read(record) for record in records]
    values: list[Any] = [entry.value for entry in read if isinstance(entry, ParsedRow)]
    classified = iter(_classified(file, values))
    kind = file.reader.kind
    entries: list[ClassifiedRow | BadRecord] = []
    digests: list[bytes] = []
    good: list[RowValue] = []
    to_write: list[Any] = []
    documents: list[DocumentToCopy] = []
    for record, entry in zip(records, read, strict=True):
        if isinstance(entry, BadRecord):
            entries.append(entry)
            continue
        row = next(classified)
        if row.outcome is RowOutcome.REFUSED and isinstance(record, RawRecord):
            entries.append(file.reader.refused(record, row.message, row.column))
            continue
        entries.append(row.without_columns())
        key = digest(kind.value, *map(str, KEYS[kind](row.columns)))
        applicant = (row.columns["applicant_name"], row.columns["uscc"]) if kind is ImportKind.APPLICATIONS else ()
        digests += (key, _check_sum(applicant), _check_sum(row.columns.values()))
        if kind is not ImportKind.APPLICATIONS:
            good.append(entry.value)
        if kind is ImportKind.DOCUMENTS:
            # Known documents too: their files are put back if the store has lost or damaged them.
            path, sha256 = entry.value["path"], row.columns["sha256"]
            documents.append(DocumentToCopy(path, sha256, row.modified_ns, entry.line))
        if row.outcome is not RowOutcome.UNCHANGED:
            to_write.append(row.columns)
    return ClassifiedRecords(
        entries=entries,
        digests=b"".join(digests),
        values=good,
        rows=bulk_rows(TABLES[kind].name, to_write) if kind in TABLES else None,
        documents=documents,
    )


def _classified(file: FileClassifier, values: Sequence[Any]) -> Sequence[ClassifiedRow]:
    kind, classifier = file.reader.kind, file.classifier
    if kind is ImportKind.APPEALS:
        return classify_appeals(file.context, values, classifier.imported_at, classifier.with_new_case)
    with file.context.read() as session:
        classified = classifier.classify(kind, session, values, file.folder)
    if file.is_of_several_kinds and kind is ImportKind.APPLICATIONS:
        classifier.note_applications(values, classified)
    return classified


def _check_sum(values: Iterable[object]) -> bytes:
    return crc32("\0".join(map(str, values)).encode()).to_bytes(CHECK_SUM_BYTES)


def digest(*key: str) -> bytes:
    """Return a short digest of a key."""
    return hashlib.blake2b("\0".join(key).encode(), digest_size=DIGEST_BYTES).digest()
