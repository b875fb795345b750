"""The request, the plan and the report of an import: a dry run prints the plan, and the import carries it out."""

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from db.dialect import BulkRows
from db.enums import ImportKind
from workbench.errors import BadData, StorageFailed
from workbench.i18n import _
from workbench.services.case.known_people import Key
from workbench.services.files.document_files import DocumentToCopy
from workbench.services.files.reading.problems import BadRecord, RowProblem
from workbench.services.intake.batches.affected_cases import ReceivedEvidence
from workbench.services.intake.batches.publishing import COUNTS
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome
from workbench.services.intake.importing.new_applications import Applicants
from workbench.services.review.rectifying.rectification import ReceivedDocument

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys
    from workbench.services.files.reseller_sheets.sheet_map import SheetMap


MAX_ERRORS_REPORTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """One import: files of one kind, or workbooks, that become one batch."""

    kind: ImportKind
    paths: tuple[Path, ...]
    dry_run: bool = False
    encoding: str | None = None
    """The encoding of text files; None detects it."""
    rejects: Path | None = None
    """The file for bad rows, so that the good rows are imported; without it, one bad row refuses the import."""
    agent: str = ""
    """The agent of rows that name none."""
    as_new: bool = False
    """Whether an application whose case is closed gets a new case."""
    only: tuple[str, str] | None = None
    """The only application whose rows are accepted; None accepts those of all applications."""
    layouts: "tuple[SheetMap, ...]" = ()
    """The meanings of the columns of a reseller's sheets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A sheet of an imported workbook, or a file of a folder: its kind, and the number of its records.

    A file of a folder is left out if it was imported already; `imported_as` then names its batch.
    """

    file: str
    sheet: str
    kind: ImportKind
    rows: int
    imported_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The result of an import, or of a dry run."""

    kind: ImportKind
    batch: int | None
    """The number of the batch; None if nothing was written."""
    rows: int
    """The number of all records."""
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: tuple[RowProblem, ...]
    """The first thousand errors."""
    error_count: int
    encoding: str
    unknown_callers: int = 0
    """The number of phone numbers in call files that are on no card."""
    sheets: tuple[SheetLine, ...] = ()
    documents: tuple[Mapping[str, str], ...] = ()
    """The list of the documents in a folder."""
    unknown_provinces: Sequence[tuple[int, str]] = ()
    """The lines of applications whose province is none of China's, with the province."""
    wrong_numbers: Sequence[tuple[int, str]] = ()
    """The lines of applications with a wrong ID number or USCC, each with its column."""
    changed: Sequence[tuple[str, str]] = ()
    """The numbers of the first thousand changed applications, each with its changed columns."""
    changed_count: int = 0
    new_agents: Sequence[str] = ()
    """The agents, among those of the file, that had no application."""
    unclear_agents: Sequence[tuple[int, str]] = ()
    """The lines of new applications that may have the wrong agent, or none by mistake, with their numbers."""
    left_out: Sequence[str] = ()
    """The files of a folder that no import reads."""
    findings: Mapping[str, int] = field(default_factory=dict)
    """The numbers of new cases that a rule blocks or warns about, by rule; empty in a dry run."""
    rule_titles: Mapping[str, str] = field(default_factory=dict)
    """The titles of those rules."""
    completed: Sequence[int] = ()
    """The existing cases that the import completed; empty in a dry run."""
    overdue: int = 0
    """The number of new and completed cases whose due date has passed already; 0 in a dry run."""
    unlinked: Mapping[str, int] = field(default_factory=dict)
    """The numbers of subjects and phone numbers that no application has, by kind of file; empty in a dry run."""
    unfiled: int = 0
    """The number of appeals, among the rejected records, that could not be filed because their cases had changed."""

    @property
    def not_written(self) -> int:
        """The number of records without errors that are not written because of errors in others."""
        return self.rows - self.created - self.updated - self.unchanged - self.rejected

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts of records by outcome."""
        return {name: getattr(self, name) for name in COUNTS}

    def with_unfiled(self, problems: Sequence[RowProblem]) -> "ImportReport":
        """Return the report after some appeals of the plan could not be filed."""
        return replace(
            self,
            created=self.created - len(problems),
            rejected=self.rejected + len(problems),
            errors=(*self.errors, *problems)[:MAX_ERRORS_REPORTED],
            error_count=self.error_count + len(problems),
            unfiled=len(problems),
        )


class ImportRefused(BadData):
    """An import is refused because some rows are bad; `report` has the errors, and 0 for created and updated rows."""

    def __init__(self, report: ImportReport) -> None:
        self.report = replace(report, created=0, updated=0)
        first = str(report.errors[0]) if report.errors else ""
        if report.error_count > 1:
            first = _("{first} ({count} more)").format(first=first, count=report.error_count - 1)
        super().__init__(first)


_MOST_BYTES_IN_MEMORY = 8 << 20


@dataclass(slots=True)
class ImportErrors:
    """The errors of an import: the first thousand in full, the others as a count."""

    reported: list[RowProblem] = field(default_factory=list)
    count: int = 0

    def add(self, problems: Iterable[RowProblem]) -> None:
        """Add problems in the order of the file."""
        for problem in problems:
            self.count += 1
            if len(self.reported) < MAX_ERRORS_REPORTED:
                self.reported.append(problem)


@dataclass(slots=True)
class PlannedPortion:
    """The planned rows of some records of a file, kept so that the file is read only once."""

    file: int
    """The index of the file among the files of the import."""
    rows: BulkRows | None = None
    lines: Sequence[int] = ()
    """The line of each row of an application."""
    appeals: Sequence[Any] = ()
    documents: Sequence[DocumentToCopy] = ()
    has_updates: bool = False
    """Whether some rows replace published rows."""
    rejected: list[BadRecord] = field(default_factory=list)


class Spill:
    """Keeps planned portions in their order: in memory while they are small, otherwise in a temporary file.

    For an encrypted store, `keys` are new keys that nobody else knows; the portions are sealed with them.
    """

    def __init__(self, folder: Path, keys: "DataKeys | None" = None) -> None:
        self._folder = folder
        self._keys = keys
        self._count = 0

    @cached_property
    def _file(self) -> IO[bytes]:
        return SpooledTemporaryFile(max_size=_MOST_BYTES_IN_MEMORY, dir=str(self._folder))

    def add(self, portion: PlannedPortion) -> None:
        """Add a portion.

        Raises:
            StorageFailed: If the disk cannot take it.
        """
        try:
            if self._keys is None:
                pickle.dump(portion, self._file, pickle.HIGHEST_PROTOCOL)
            else:
                sealed = self._keys.sealed(str(self._count), pickle.dumps(portion, pickle.HIGHEST_PROTOCOL))
                pickle.dump(sealed, self._file, pickle.HIGHEST_PROTOCOL)
                self._count += 1
        except OSError as error:
            message = _("The store cannot take {path} ({cause}); make room or check its rights.")
            raise StorageFailed(message.format(path=self._folder, cause=error.strerror)) from error

    def __iter__(self) -> Iterator[PlannedPortion]:
        """Yield the portions from the first one."""
        self._file.seek(0)
        with suppress(EOFError):
            for number in count():
                portion = pickle.load(self._file)  # noqa: S301 - only this process can open the file
                if self._keys is not None:
                    portion = pickle.loads(self._keys.unsealed(str(number), portion))  # noqa: S301 - sealed here
                yield portion

    def close(self) -> None:
        """Remove all portions; others may be added later."""
        if "_file" in self.__dict__:
            self._file.close()
            del self._file
            self._count = 0


@dataclass(slots=True)
class ImportPlan:
    """The plan of an import."""

    portions: Iterable[PlannedPortion] = ()
    rows_of_files: list[int] = field(default_factory=list)
    """The number of records of each file."""
    errors: ImportErrors = field(default_factory=ImportErrors)
    counts: list[int] = field(default_factory=lambda: [0] * len(RowOutcome))
    """The number of records with each `RowOutcome`."""
    affected: dict[int, ReceivedEvidence] = field(default_factory=dict)
    """The existing cases that get new evidence."""
    with_new_case: set[Key] = field(default_factory=set)
    """The applications that get a new case although they had one."""
    cards: set[bytes] = field(default_factory=set)
    """The digests of the keys of cards in card files, which the numbers listed in applications do not add again."""
    documents: list[ReceivedDocument] = field(default_factory=list)
    """The documents for the existing case, in an import for one application."""
    unknown_provinces: list[tuple[int, str]] = field(default_factory=list)
    """The lines of applications whose province is none of China's, so that no suspension of one applies; with it."""
    wrong_numbers: list[tuple[int, str]] = field(default_factory=list)
    """The lines of applications with a wrong ID number or USCC, each with its column."""
    changed: list[tuple[str, str]] = field(default_factory=list)
    """The numbers of the first thousand changed applications, each with its changed columns."""
    changed_count: int = 0
    agents: set[str] = field(default_factory=set)
    """The agents of the applications to write."""
    new_keys: dict[bool, list[tuple[int, str]]] = field(default_factory=lambda: {False: [], True: []})
    """The lines and numbers of the first thousand new applications that name no agent, and of those that name one."""
    applicants: Applicants | None = None
    """The applicants of the new applications; None if no case can be opened before the last row is written."""
    is_broken: bool = False
    """Whether a file cannot be read to its end."""

    @property
    def rows(self) -> int:
        """The number of records."""
        return sum(self.counts)

    def add(self, row: ClassifiedRow, kind: ImportKind) -> None:
        """Count an accepted row, and note the case that it affects."""
        self.counts[row.outcome] += 1
        if row.reopens is not None:
            self.with_new_case.add(row.reopens)
        if row.case_id is not None and row.received_at is not None:
            application_at = row.received_at if kind is ImportKind.APPLICATIONS else None
            case = ReceivedEvidence(row.received_at, kind, application_at)
            before = self.affected.get(row.case_id)
            if before is not None:
                newest = max(before, case, key=lambda one: one.received_at)
                case = replace(newest, application_at=application_at or before.application_at)
            self.affected[row.case_id] = case

    def add_affected(self, case_ids: Iterable[int], kind: ImportKind, received_at: datetime) -> None:
        """Note cases with new evidence about a number or a person, unless the applicant sent evidence too."""
        for case_id in case_ids:
            self.affected.setdefault(case_id, ReceivedEvidence(received_at, kind))
