"""Writes what was planned: rows into the database, a chunk at a time, unseen until the batch is published."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table

from db.dialects.sqlite_bulk import insert_rows
from db.enums import ImportKind
from db.queries.published import EVERYTHING, newest_of_many
from workbench.domain.evidence.evidence import CardFacts
from workbench.domain.evidence.rows import CardRow
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.foundation.pacing import pause
from workbench.services.importing.appeals import filings_of
from workbench.services.importing.columns import TABLES, Columns, card_columns
from workbench.services.importing.documents import BadDocument, copied, found_beside, stored
from workbench.services.importing.judging import Judge
from workbench.services.importing.plan import DocumentToCopy, Plan, Portion
from workbench.services.importing.planning import card_digest
from workbench.services.importing.progress import Meter
from workbench.services.importing.touching import SUBMISSION
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.reader import Reader
from workbench.services.reading.rejects import RejectWriter

_MAX_ROWS = 5_000


@dataclass(slots=True, kw_only=True)
class Writing:
    """Writes the rows of one batch as its plan says."""

    context: Context
    judge: Judge
    plan: Plan
    batch_id: int
    meter: Meter
    rejects: RejectWriter | None
    concerned: dict[ImportKind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What rows that belong to no application are about: hashes of numbers or callees, or subjects as they are."""

    def write(self, readers: Sequence[Reader]) -> None:
        """Write the good rows, and the bad ones to their own file.

        Raises:
            FileProblem: If a document is no longer what was planned.
        """
        portions = iter(self.plan.portions)
        portion = next(portions, None)
        for place, (reader, rows) in enumerate(zip(readers, self.plan.rows_of_files, strict=True)):
            if self.rejects is not None:
                self.rejects.follow(reader)
            written = 0
            while portion is not None and portion.file == place:
                self._portion(portion, reader)
                written += len(portion.made)
                self.meter.at(reader.pass_bytes * written // rows)
                portion = next(portions, None)
            self.meter.finished(reader)

    def _portion(self, portion: Portion, reader: Reader) -> None:
        if self.rejects is not None:
            for record in portion.rejected:
                self.rejects.write(record)
        for document in portion.documents:
            self._copy(document, reader)
        if reader.kind is ImportKind.APPEALS:
            self.insert([(SUBMISSION, filings_of(self.context, portion.made, self.judge.imported_at))])
        elif portion.made:
            name = ABOUT.get(reader.kind)
            if name is not None:
                self.concerned[reader.kind].update(columns[name] for columns in portion.made)
            inserts = [(TABLES[reader.kind], portion.made)]
            if reader.kind is ImportKind.APPLICATIONS:
                inserts.append((TABLES[ImportKind.CARDS], self._cards_of(portion)))
            self.insert(inserts)

    def insert(self, inserts: Iterable[tuple[Table, list[Columns]]]) -> None:
        """Write rows of this batch, at most 5,000 in one transaction."""
        for table, rows in inserts:
            for start in range(0, len(rows), _MAX_ROWS):
                with self.context.write(is_bulk=True) as session:
                    insert_rows(session, table.name, rows[start : start + _MAX_ROWS], batch_id=self.batch_id)
                pause()

    def _copy(self, document: DocumentToCopy, reader: Reader) -> None:
        """Put a document's file into the store, where its row brings one."""
        message = ""
        try:
            if document.path:
                copied(found_beside(reader.path.parent, document.path), document.sha256, self.context.store)
            elif stored(document.sha256, self.context.store) is None:
                message = _("The file changed while it was read; import it again when it is complete.")
        except BadDocument as problem:
            message = str(problem)
        if message:
            line = document.line if document.path else 0
            raise FileProblem(RowProblem(file=reader.path.name, sheet=reader.sheet, line=line, message=message))

    def _cards_of(self, portion: Portion) -> list[Columns]:
        """Return cards for the numbers of applications that have none yet, and get none with this import."""
        table = TABLES[ImportKind.CARDS]
        known: set[tuple[str, str, str]] = set()
        if portion.updated:
            with self.context.read() as session:
                rows = newest_of_many(
                    session, (table.c.agent, table.c.application_no), portion.updated, lambda row: row["id"], EVERYTHING
                )
                known = {(row["agent"], row["application_no"], row["msisdn"]) for row in rows}
        return [
            card_columns(
                CardRow(agent=row["agent"], application_no=row["application_no"], card=CardFacts(msisdn=msisdn)),
                self.context.store,
            )
            for row in portion.made
            for msisdn in filter(None, row["msisdns"].split(";"))
            if (row["agent"], row["application_no"], msisdn) not in known
            and not (self.plan.cards and card_digest(row["agent"], row["application_no"], msisdn) in self.plan.cards)
        ]


ABOUT = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_no",
    ImportKind.COMPLAINTS: "msisdn_hash",
}
"""What leads from a row that belongs to no application to the cases that it concerns."""
