"""Requests of imports and their reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from db.enums import ImportKind
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.batches.publishing import COUNTS
from workbench.services.reading.problems import RowProblem

if TYPE_CHECKING:
    from workbench.services.reseller_sheets.sheet_map import SheetMap

ProgressCallback = Callable[[int, int], None]
"""Called with the number of bytes that are done and of all bytes; each file counts when read and when written."""

MAX_ERRORS_REPORTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """One import: files of one kind, or workbooks, that become one batch.

    `encoding` is that of text files; None detects it. With `rejects`, good rows are imported and bad ones written to
    that file. `agent` is for rows that name none. `as_new` opens a new case if the application's case is closed. With
    `only`, rows of other applications are refused. `layouts` say what the columns of a reseller's sheets mean.
    """

    kind: ImportKind
    paths: tuple[Path, ...]
    dry_run: bool = False
    encoding: str | None = None
    rejects: Path | None = None
    agent: str = ""
    as_new: bool = False
    only: tuple[str, str] | None = None
    layouts: "tuple[SheetMap, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A sheet of an imported workbook: its file, its kind, and the number of its records."""

    file: str
    sheet: str
    kind: ImportKind
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The result of an import, or of a dry run; `batch` is None if nothing was written.

    `rows` counts all records, `rejected` those that were not imported; `errors` are the first thousand of
    `error_count`. `unknown_callers` counts numbers in call files that are not on a card. `unfiled` counts the rejected
    appeals that could not be filed after the publication, because their cases had changed.
    """

    kind: ImportKind
    batch: int | None
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: tuple[RowProblem, ...]
    error_count: int
    encoding: str
    unknown_callers: int = 0
    sheets: tuple[SheetLine, ...] = ()
    unfiled: int = 0

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
    """Some rows are bad, and nothing was written; `report` has the errors, and counts nothing as created or updated."""

    def __init__(self, report: ImportReport) -> None:
        self.report = replace(report, created=0, updated=0)
        first = str(report.errors[0]) if report.errors else ""
        if report.error_count > 1:
            first = _("{first} ({count} more)").format(first=first, count=report.error_count - 1)
        super().__init__(first)
