"""Writes the planned rows of a batch, some in each transaction; they are invisible until the batch is published."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Table

from db.dialect import BulkRows, bulk_rows, insert_bulk
from db.enums import ImportKind
from db.queries.published import EVERYTHING, chunks, newest_visible_rows
from workbench.i18n import _
from workbench.services.case.known_people import BETWEEN_NUMBERS, Key
from workbench.services.files.document_files import changed_meanwhile
from workbench.services.files.reading.kinds import blank_row
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.rejects import RejectWriter
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import SUBMISSION
from workbench.services.intake.batches.publishing import files_of
from workbench.services.intake.importing.classifying.appeals import appeal_filings
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.columns import KEYS, TABLES, Columns
from workbench.services.intake.importing.classifying.records import digest
from workbench.services.intake.importing.plan import ImportPlan, PlannedPortion
from workbench.services.intake.importing.progress import ImportProgress

_MAX_ROWS = 5_000


@dataclass(slots=True, kw_only=True)
class BatchWriter:
    """Writes the rows of one batch as its plan says."""

    context: Context
    classifier: RowClassifier
    plan: ImportPlan
    batch_id: int
    progress: ImportProgress
    rejects: RejectWriter | None
    lookup_values: dict[ImportKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The values in the columns `CASE_LOOKUP_COLUMNS` of the written rows, by kind."""

    def write(self, readers: Sequence[Reader]) -> Iterator[tuple[Reader, PlannedPortion]]:
        """Write the good rows, and the bad ones to the file of rejects; yield each portion after it is written.

        Raises:
            FileProblem: If the file of a document is missing or has changed since the plan.
        """
        self.progress.begin(_("Writing the rows"))
        portions, files = iter(self.plan.portions), [one.file for one in files_of(readers)]
        portion = next(portions, None)
        for file_index, (reader, rows) in enumerate(zip(readers, self.plan.rows_of_files, strict=True)):
            if self.rejects is not None:
                self.rejects.switch_to(reader)
            written = 0
            while portion is not None and portion.file == file_index:
                self._write_portion(portion, reader, files.index(reader.file) + 1)
                written += len(portion.rows.rows) if portion.rows else 0
                self.progress.report(reader.pass_bytes * written // rows)
                yield reader, portion
                portion = next(portions, None)
            # Calls are written after the other rows; that step reports their progress.
            if reader.kind is not ImportKind.CALLS:
                self.progress.add_finished(reader.pass_bytes)
        self.classifier.documents.sync_folders()

    def _write_portion(self, portion: PlannedPortion, reader: Reader, file_no: int) -> None:
        if self.rejects is not None:
            for record in portion.rejected:
                self.rejects.write(record)
        if portion.appeals:
            self.insert([(SUBMISSION, appeal_filings(self.context, portion.appeals, self.classifier.imported_at))])
        if portion.rows is not None and portion.rows.rows:
            self._write_rows(portion, portion.rows, reader, file_no)
        # After the rows, because the sweep of an interrupted import finds its documents by their rows.
        for document in self.classifier.documents.publish(portion.documents, reader.folder):
            message, line = str(changed_meanwhile()), document.line if document.path else 0
            raise FileProblem(RowProblem(file=reader.name, sheet=reader.sheet, line=line, message=message))

    def _write_rows(self, portion: PlannedPortion, rows: BulkRows, reader: Reader, file_no: int) -> None:
        name = CASE_LOOKUP_COLUMNS.get(reader.kind)
        if name is not None:
            self.lookup_values[reader.kind].update(rows.column(name))
        if reader.kind is not ImportKind.APPLICATIONS:
            self._insert(rows)
        else:
            with_lines = [(*row, line) for row, line in zip(rows.rows, portion.lines, strict=True)]
            self._insert(replace(rows, names=(*rows.names, "line"), rows=with_lines), file_no=file_no)
            cards = self._cards_of(rows, has_updates=portion.has_updates)
            # An application only lists numbers, so the other columns of these cards are blank.
            self._insert(cards, **blank_row(ImportKind.CARDS))

    def insert(self, inserts: Iterable[tuple[Table, list[Columns]]]) -> None:
        """Write rows of this batch, at most 5,000 in one transaction."""
        for table, rows in inserts:
            self._insert(bulk_rows(table.name, rows))

    def _insert(self, rows: BulkRows, **common: Any) -> None:
        for chunk in chunks(rows.rows, _MAX_ROWS):
            with self.context.write(is_bulk=True) as session:
                insert_bulk(session, replace(rows, rows=chunk), batch_id=self.batch_id, **common)

    def _cards_of(self, applications: BulkRows, *, has_updates: bool) -> BulkRows:
        """Return a card for each number of the applications, without stored cards and cards that this import lists."""
        listed = zip(*map(applications.column, ("agent", "application_no", "msisdns")), strict=True)
        cards = [
            (agent, number, msisdn)
            for agent, number, msisdns in listed
            for msisdn in filter(None, msisdns.split(BETWEEN_NUMBERS))
        ]
        if has_updates:
            known = self._known_cards({(agent, number) for agent, number, _msisdn in cards})
            cards = [card for card in cards if card not in known]
        if self.plan.cards:
            cards = [card for card in cards if digest(*card) not in self.plan.cards]
        hashed = self.context.store.hashed
        names = ("agent", "application_no", "msisdn", "msisdn_hash")
        rows = [(agent, number, msisdn, hashed(msisdn)) for agent, number, msisdn in cards]
        return BulkRows(TABLES[ImportKind.CARDS].name, names, rows)

    def _known_cards(self, keys: set[Key]) -> set[tuple[object, ...]]:
        """Return the cards that some applications have already: agent, application and number."""
        table = TABLES[ImportKind.CARDS]
        columns = (table.c.agent, table.c.application_no)
        with self.context.read() as session:
            rows = newest_visible_rows(session, columns, keys, lambda row: row["id"], EVERYTHING)
        return set(map(KEYS[ImportKind.CARDS], rows))


CASE_LOOKUP_COLUMNS = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_no",
    ImportKind.COMPLAINTS: "msisdn_hash",
}
"""The columns that find the cases of rows without an application number, by kind."""
