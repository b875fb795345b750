"""Plans an import: reads its files, classifies every record, and keeps the rows to write and all errors."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

from db.dialect import BulkRows
from db.enums import IdType, ImportKind
from workbench.domain.values.id_documents import id_number_valid
from workbench.domain.values.identifiers import uscc_valid
from workbench.domain.values.provinces import province_key
from workbench.i18n import _
from workbench.services.files.reading.problems import BadRecord, FileProblem, RowProblem
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.table import RawRecord
from workbench.services.foundation.context import Context
from workbench.services.foundation.workers import HelperProcess, distribute
from workbench.services.intake.importing.call_intake import CallIntake
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.columns import KEYS
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome
from workbench.services.intake.importing.classifying.records import (
    ClassifiedRecords,
    FileClassifier,
    Record,
    classify_records,
    digest,
)
from workbench.services.intake.importing.classifying.repeated_keys import Place, RepeatedKeys
from workbench.services.intake.importing.new_applications import Applicants
from workbench.services.intake.importing.plan import MAX_ERRORS_REPORTED, ImportPlan, PlannedPortion, Spill
from workbench.services.intake.importing.progress import ImportProgress
from workbench.services.review.rectifying.rectification import ReceivedDocument

ROWS_AT_ONCE = 3_000
"""The most records of one portion, which one transaction writes; they usually have fewer than 5,000 cards."""


class ImportPlanner:
    """Plans an import; a helper process, if there is one, classifies a part of the records."""

    def __init__(
        self,
        context: Context,
        classifier: RowClassifier,
        progress: ImportProgress,
        calls: CallIntake,
        spill: Spill,
        helper: HelperProcess | None,
    ) -> None:
        self._context = context
        self._classifier = classifier
        self._progress = progress
        self._calls = calls
        self._spill = spill
        self._helper = helper
        self._problems: Sequence[RowProblem] = ()
        self._begin()
        self._keys = RepeatedKeys()
        self._repeated: Mapping[Place, str] = {}
        self._is_of_several_kinds = False

    def plan_of(self, readers: Sequence[Reader], problems: Sequence[RowProblem] = ()) -> ImportPlan:
        """Return the plan of an import of some files; with problems of other files, it is refused as broken.

        If keys are repeated, the files are read a second time, and the repeated rows are refused.
        """
        self._problems = problems
        self._read(readers)
        self._repeated = self._keys.repeated()
        if self._repeated:
            self._spill.close()
            self._classifier.arriving.clear()
            self._classifier.with_new_case.clear()
            self._progress.begin(_("Reading the files again"))
            self._begin()
            self._read(readers)
        if self._plan.applicants is not None:
            self._plan.applicants.find_repeated()
        if self._plan.counts[RowOutcome.UPDATED]:
            # A later row may change the applicant of an application, whose cards then count for that applicant.
            self._plan.applicants = None
        return self._plan

    def _begin(self) -> None:
        """Begin an empty plan; in an import without a helper process, all cases wait for the last row."""
        applicants = Applicants() if self._helper is not None else None
        self._plan = ImportPlan(
            portions=self._spill, with_new_case=self._classifier.with_new_case, applicants=applicants
        )

    def _read(self, readers: Sequence[Reader]) -> None:
        self._plan.errors.add(self._problems)
        self._plan.is_broken = bool(self._problems)
        self._is_of_several_kinds = len(Counter(reader.kind for reader in readers)) > 1
        for file_index, reader in enumerate(readers):
            self._plan.rows_of_files.append(0)
            self._plan.errors.add(reader.unlisted)
            self._plan.is_broken |= bool(reader.unlisted)
            try:
                if reader.kind is ImportKind.CALLS:
                    self._take_calls(file_index, reader)
                else:
                    self._take_records(file_index, reader)
            except FileProblem as problem:
                self._plan.errors.add(problem.problems)
                self._plan.is_broken = True
            finally:
                self._progress.add_finished(reader.pass_bytes)

    def _take_calls(self, file_index: int, reader: Reader) -> None:
        """Stage the calls of a file; duplicates of published calls are found at the publication."""
        portion = PlannedPortion(file_index)

        def refuse(record: BadRecord) -> None:
            self._refuse(record, portion)
            if len(portion.rejected) == ROWS_AT_ONCE:
                self._spill.add(portion)
                portion.rejected.clear()

        created, problem = self._calls.take(file_index, reader, refuse, self._progress.report)
        if portion.rejected:
            self._spill.add(portion)
        self._plan.rows_of_files[file_index] += created
        self._plan.counts[RowOutcome.CREATED] += created
        if problem is not None:
            raise problem

    def _take_records(self, file_index: int, reader: Reader) -> None:
        portions = _Portions(file_index, reader, self._repeated)
        file_classifier = FileClassifier(
            context=self._context,
            classifier=self._classifier,
            reader=reader.row_reader,
            folder=reader.folder,
            is_of_several_kinds=self._is_of_several_kinds,
        )
        for classified in distribute(classify_records, file_classifier, portions, self._helper):
            self._take(portions.read.popleft(), classified, file_index, reader)
            self._progress.report(reader.bytes_read)
        if portions.problem is not None:
            raise portions.problem

    def _take(self, records: Sequence[Record], classified: ClassifiedRecords, file_index: int, reader: Reader) -> None:
        portion = PlannedPortion(file_index, rows=classified.rows, documents=classified.documents)
        if reader.kind is ImportKind.APPEALS:
            portion.appeals = classified.values
        accepted, lines = [], []
        for record, entry in zip(records, classified.entries, strict=True):
            if isinstance(entry, BadRecord):
                self._refuse(entry, portion)
            else:
                accepted.append(entry)
                lines.append(record.line)
                self._plan.add(entry, reader.kind)
        self._keys.add(file_index, lines, classified.digests)
        portion.has_updates = any(row.outcome is RowOutcome.UPDATED for row in accepted)
        if reader.kind is ImportKind.CARDS and self._is_of_several_kinds:
            self._plan.cards.update(digest(*map(str, KEYS[ImportKind.CARDS](value))) for value in classified.values)
        if reader.kind is ImportKind.DOCUMENTS and self._classifier.only is not None:
            self._plan.documents += [
                ReceivedDocument(value["kind"], row.received_at)
                for value, row in zip(classified.values, accepted, strict=True)
                if row.received_at is not None
            ]
        if self._plan.applicants is not None and classified.rows is not None and classified.rows.rows:
            self._plan.applicants.add(classified.rows)
        if reader.kind is ImportKind.APPLICATIONS and classified.rows is not None and classified.rows.rows:
            portion.lines = self._note_applications(classified.rows, lines, accepted, reader)
        self._plan.rows_of_files[file_index] += len(accepted)
        self._spill.add(portion)

    def _note_applications(
        self, rows: BulkRows, lines: Sequence[int], accepted: Sequence[ClassifiedRow], reader: Reader
    ) -> list[int]:
        """Note what the report says of the applications that are created or updated, and return their lines."""
        written = [
            (line, row) for line, row in zip(lines, accepted, strict=True) if row.outcome != RowOutcome.UNCHANGED
        ]
        provinces = zip((line for line, _row in written), rows.column("province"), strict=True)
        self._plan.unknown_provinces += (one for one in provinces if one[1] and not province_key(one[1]))
        self._note_wrong_numbers(rows, [line for line, _row in written], reader)
        self._plan.agents.update(filter(None, rows.column("agent")))
        keys = zip(rows.column("agent"), rows.column("application_no"), strict=True)
        for (agent, number), (line, row) in zip(keys, written, strict=True):
            same = self._plan.new_keys[bool(agent)]
            if row.outcome is RowOutcome.CREATED and len(same) < MAX_ERRORS_REPORTED:
                same.append((line, number))
            if row.outcome is RowOutcome.UPDATED:
                self._plan.changed_count += 1
                if len(self._plan.changed) < MAX_ERRORS_REPORTED:
                    self._plan.changed.append((number, row.column))
        return [line for line, _row in written]

    def _note_wrong_numbers(self, rows: BulkRows, lines: Sequence[int], reader: Reader) -> None:
        """Note ID numbers and USCCs that are wrong, which the rules will find."""
        columns = {reader.row_reader.column_names.meaning(column): column for column in reader.columns}
        today = self._classifier.imported_at.date()
        for name in ("handler_id_no", "legal_rep_id_no"):
            kinds = (IdType(kind) if kind else None for kind in rows.column(name.replace("_no", "_type")))
            found = zip(lines, rows.column(name), kinds, strict=True)
            wrong = (line for line, text, kind in found if text and id_number_valid(text, kind, today) is False)
            self._plan.wrong_numbers += ((line, columns.get(name, name)) for line in wrong)
        usccs = zip(lines, rows.column("uscc"), strict=True)
        wrong = (line for line, text in usccs if text and not uscc_valid(text))
        self._plan.wrong_numbers += ((line, columns.get("uscc", "uscc")) for line in wrong)

    def _refuse(self, record: BadRecord, portion: PlannedPortion) -> None:
        """Count a bad record, and keep it for the file of rejects."""
        self._plan.rows_of_files[portion.file] += 1
        self._plan.counts[RowOutcome.REFUSED] += 1
        self._plan.errors.add(record.problems)
        portion.rejected.append(record)


class _Portions:
    """Yields the records of a file in portions; records with repeated keys are replaced by refused ones.

    If the rest of the file cannot be read, the records before the problem are yielded.
    """

    def __init__(self, file_index: int, reader: Reader, repeated: Mapping[Place, str]) -> None:
        self.read: deque[list[Record]] = deque()
        """The portions that were yielded, in their order; the consumer removes each from the left."""
        self.problem: FileProblem | None = None
        """The problem after which the file cannot be read; None if it was read to its end."""
        self._file_index = file_index
        self._reader = reader
        self._repeated = repeated

    def __iter__(self) -> Iterator[list[Record]]:
        portion: list[Record] = []
        try:
            with self._reader.table() as table:
                for record in table:
                    portion.append(record)
                    if len(portion) == ROWS_AT_ONCE:
                        yield self._checked(portion)
                        portion = []
        except FileProblem as problem:
            self.problem = problem
        if portion:
            yield self._checked(portion)

    def _checked(self, portion: list[Record]) -> list[Record]:
        if self._repeated:
            for index, record in enumerate(portion):
                why = self._repeated.get((self._file_index, record.line))
                if why is not None and isinstance(record, RawRecord):
                    portion[index] = self._reader.row_reader.refused(record, why)
        self.read.append(portion)
        return portion
