"""The second pass over the files: rows into the database, a chunk at a time, unseen until the batch is published."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Table

from db.enums import ImportKind
from db.queries.bulk_insert import insert_rows
from db.queries.published import EVERYTHING, newest_of_many
from workbench.domain.evidence.evidence import CardFacts
from workbench.domain.evidence.rows import AppealFiling, CardRow, DocumentRow
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import pause
from workbench.services.importing.appeals import filings_of
from workbench.services.importing.columns import TABLES, Columns, card_columns, document_columns
from workbench.services.importing.documents import BadDocument, copied, found_beside, stored
from workbench.services.importing.judging import Judge
from workbench.services.importing.plan import Fate, FilePlan, Plan
from workbench.services.importing.planning import as_bad_record, card_digest, portions
from workbench.services.importing.progress import Meter
from workbench.services.importing.touching import SUBMISSION
from workbench.services.reading.problems import BadRecord, FileProblem, Row, RowProblem
from workbench.services.reading.reader import Reader
from workbench.services.reading.rejects import RejectWriter

CHUNK_ROWS = 2_000
"""So many records are written in one transaction; with their cards they stay below 5,000 rows in the usual file."""

_MAX_ROWS = 5_000

Takes = Callable[[Any], None]
"""Takes a row that does not go into a table."""


@dataclass(slots=True, kw_only=True)
class Writing:
    """Writes the rows of one batch as its plan says."""

    context: Context
    judge: Judge
    plan: Plan
    batch_id: int
    meter: Meter
    rejects: RejectWriter | None
    take_call: Takes | None = None
    concerned: dict[ImportKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What rows that belong to no application are about: hashes of numbers or callees, or subjects as they are."""

    def write(self, readers: Sequence[Reader]) -> None:
        """Write the good rows, and the bad ones to their own file.

        Raises:
            FileProblem: If a file is no longer what was planned.
        """
        for position, (reader, file) in enumerate(zip(readers, self.plan.files, strict=True)):
            if position and self.rejects is not None:
                self.rejects.follow(reader)
            index = 0
            for portion in portions(reader, CHUNK_ROWS):
                if index + len(portion) > len(file.fates):
                    raise changed(reader)
                self._chunk(portion, index, file, reader)
                index += len(portion)
                self.meter.at(reader)
            if index != len(file.fates):
                raise changed(reader)
            self.meter.finished(reader)

    def _chunk(self, portion: Sequence[Row | BadRecord], first: int, file: FilePlan, reader: Reader) -> None:
        made: list[Columns] = []
        updated: set[tuple[str, str]] = set()
        wanted: list[tuple[int, Row]] = []
        for index, record in enumerate(portion, start=first):
            fate = file.fates[index]
            if isinstance(record, BadRecord) or fate == Fate.REFUSED:
                self._reject(record, index, file, reader)
            elif fate == Fate.UNCHANGED:
                self._keep(record, file.sha256_of(index), reader)
            else:
                wanted.append((index, record))
                if fate == Fate.UPDATED and reader.kind is ImportKind.APPLICATIONS:
                    updated.add((record.value.agent, record.value.application_no))  # type: ignore[union-attr]  # an application by its kind
        if reader.kind is ImportKind.CALLS and self.take_call is not None:
            for _position, record in wanted:
                self.take_call(record.value)
            return
        if reader.kind is ImportKind.APPEALS:
            filings = [record.value for _index, record in wanted if isinstance(record.value, AppealFiling)]
            self.insert([(SUBMISSION, filings_of(self.context, filings, self.judge.imported_at))])
            return
        for index, record in wanted:
            made.append(self._columns(record, index, file, reader))
        inserts = [(TABLES[reader.kind], made)]
        if reader.kind is ImportKind.APPLICATIONS:
            inserts.append((TABLES[ImportKind.CARDS], self._cards_of(made, updated)))
        self.insert(inserts)

    def insert(self, inserts: Iterable[tuple[Table, list[Columns]]]) -> None:
        """Write rows of this batch, at most 5,000 in one transaction."""
        for table, rows in inserts:
            for start in range(0, len(rows), _MAX_ROWS):
                with self.context.write() as session:
                    insert_rows(session, table, rows[start : start + _MAX_ROWS], batch_id=self.batch_id)
                pause()

    def _columns(self, record: Row, index: int, file: FilePlan, reader: Reader) -> Columns:
        value = record.value
        if isinstance(value, DocumentRow):
            return self._document(value, file.sha256_of(index), record, reader)
        columns = self.judge.columns_of(reader.kind, value)
        name = ABOUT.get(reader.kind)
        if name is not None:
            self.concerned[reader.kind].add(columns[name])
        return columns

    def _keep(self, record: Row, sha256: str, reader: Reader) -> None:
        """Put the file of a document that is known back where the store has lost or damaged it."""
        if isinstance(record.value, DocumentRow):
            self._copy(record.value, sha256, record, reader)

    def _copy(self, row: DocumentRow, sha256: str, record: Row, reader: Reader) -> None:
        """Put a document's file into the store, where its row brings one."""
        try:
            if row.path:
                copied(found_beside(reader.path.parent, row.path), sha256, self.context.store)
        except BadDocument as problem:
            place = RowProblem(file=reader.path.name, sheet=reader.sheet, line=record.line, message=str(problem))
            raise FileProblem(place) from None

    def _document(self, row: DocumentRow, sha256: str, record: Row, reader: Reader) -> Columns:
        """Put a document's file into the store and return its columns."""
        self._copy(row, sha256, record, reader)
        file = stored(sha256, self.context.store)
        if file is None:
            raise changed(reader)
        return document_columns(row, file, self.judge.imported_at)

    def _cards_of(self, applications: Sequence[Columns], updated: set[tuple[str, str]]) -> list[Columns]:
        """Return cards for the numbers of applications that have none yet, and get none with this import."""
        table = TABLES[ImportKind.CARDS]
        known: set[tuple[str, str, str]] = set()
        if updated:
            with self.context.read() as session:
                rows = newest_of_many(
                    session, (table.c.agent, table.c.application_no), updated, lambda row: row["id"], EVERYTHING
                )
                known = {(row["agent"], row["application_no"], row["msisdn"]) for row in rows}
        return [
            card_columns(
                CardRow(agent=row["agent"], application_no=row["application_no"], card=CardFacts(msisdn=msisdn)),
                self.context.store,
            )
            for row in applications
            for msisdn in filter(None, row["msisdns"].split(";"))
            if (row["agent"], row["application_no"], msisdn) not in known
            and not (self.plan.cards and card_digest(row["agent"], row["application_no"], msisdn) in self.plan.cards)
        ]

    def _reject(self, record: Row | BadRecord, index: int, file: FilePlan, reader: Reader) -> None:
        if self.rejects is None:
            return
        if isinstance(record, Row):
            cells = tuple(record.raw.get(name, "") for name in reader.columns)
            text = json.dumps(dict(record.raw), ensure_ascii=False) if reader.format == "jsonl" else ""
            record = replace(as_bad_record(record, file.refusals[index], reader, text), cells=cells)
        self.rejects.write(record)


ABOUT = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_no",
    ImportKind.COMPLAINTS: "msisdn_hash",
}
"""What leads from a row that belongs to no application to the cases that it concerns."""


def changed(reader: Reader) -> FileProblem:
    """Return the problem of a file that is no longer what was planned."""
    message = _("The file changed while it was read; import it again when it is complete.")
    return FileProblem(RowProblem(file=reader.path.name, message=message))
