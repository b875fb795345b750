"""Judges a portion of the records of a file: read, typed, and compared with what is there. Any process can do so."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.dialects.sqlite_bulk import BulkRows, bulk_rows
from db.enums import ImportKind
from workbench.services.foundation.context import Context
from workbench.services.importing.judging.appeals import judged_appeals
from workbench.services.importing.judging.columns import KEYS, TABLES
from workbench.services.importing.judging.judge import Judge
from workbench.services.importing.judging.judgement import DocumentToCopy, Fate, Judgement
from workbench.services.reading.kinds import RowValue
from workbench.services.reading.problems import BadRecord, Row
from workbench.services.reading.row_reader import RowReader
from workbench.services.reading.table import Broken, RawRecord

DIGEST_BYTES = 16

Record = RawRecord | Broken | BadRecord
"""A record as it is in the file, or one that is refused already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJudge:
    """What judges the records of one file; documents are beside it in `folder`.

    `is_of_several_kinds` says that rows of other kinds follow, which may belong to the applications of this file.
    """

    context: Context
    judge: Judge
    rows: RowReader
    folder: Path
    is_of_several_kinds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecords:
    """What becomes of some records, in their order.

    `digests` are those of the keys of the good ones, and `values` what these are, except of applications. `rows` are
    the rows of those that are created or updated.
    """

    entries: Sequence[Judgement | BadRecord]
    digests: bytes
    values: Sequence[RowValue]
    rows: BulkRows | None
    documents: Sequence[DocumentToCopy]


def judged_records(files: FileJudge, records: Sequence[Record]) -> JudgedRecords:
    """Return what becomes of some records of a file."""
    read = [record if isinstance(record, BadRecord) else files.rows.read(record) for record in records]
    values: list[Any] = [entry.value for entry in read if isinstance(entry, Row)]
    judged = iter(_judgements(files, values))
    kind = files.rows.kind
    entries: list[Judgement | BadRecord] = []
    digests: list[bytes] = []
    good: list[RowValue] = []
    made: list[Any] = []
    documents: list[DocumentToCopy] = []
    for record, entry in zip(records, read, strict=True):
        if isinstance(entry, BadRecord):
            entries.append(entry)
            continue
        judgement = next(judged)
        if judgement.fate is Fate.REFUSED and isinstance(record, RawRecord):
            entries.append(files.rows.refused(record, judgement.message, judgement.column))
            continue
        entries.append(judgement.without_columns())
        digests.append(digest(kind.value, *map(str, KEYS[kind](judgement.made))))
        if kind is not ImportKind.APPLICATIONS:
            good.append(entry.value)
        if kind is ImportKind.DOCUMENTS:
            # Also of a document that is known: its file is put back where the store has lost or damaged it.
            documents.append(DocumentToCopy(entry.value["path"], judgement.made["sha256"], entry.line))
        if judgement.fate is not Fate.UNCHANGED:
            made.append(judgement.made)
    return JudgedRecords(
        entries=entries,
        digests=b"".join(digests),
        values=good,
        rows=bulk_rows(TABLES[kind].name, made) if kind in TABLES else None,
        documents=documents,
    )


def _judgements(files: FileJudge, values: Sequence[Any]) -> Sequence[Judgement]:
    kind, judge = files.rows.kind, files.judge
    if kind is ImportKind.APPEALS:
        return judged_appeals(files.context, values, judge.imported_at, judge.reopened)
    with files.context.read() as session:
        judgements = judge.judged(kind, session, values, files.folder)
    if files.is_of_several_kinds and kind is ImportKind.APPLICATIONS:
        judge.expect(values, judgements)
    return judgements


def digest(*key: str) -> bytes:
    """Return a key in few bytes."""
    return hashlib.blake2b("\0".join(key).encode(), digest_size=DIGEST_BYTES).digest()
