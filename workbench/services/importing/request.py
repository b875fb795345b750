"""What is asked of an import, and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from db.enums import ImportKind
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.reading.problems import RowProblem

Progress = Callable[[int, int], None]
"""Is told how many bytes are done, and of how many; those of each file count twice, when read and when written."""

MAX_ERRORS_TOLD = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """One import: files of one kind, or workbooks, that become one batch.

    `encoding` is that of text files; None finds it out. With `rejects` good rows go in and bad ones to that file.
    `agent` is the one of rows that name none. `as_new` opens a new case where the application's case is closed. With
    `only`, rows of other applications are refused.
    """

    kind: ImportKind
    paths: tuple[Path, ...]
    dry_run: bool = False
    encoding: str | None = None
    rejects: Path | None = None
    agent: str = ""
    as_new: bool = False
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A sheet that was read: in which file, as which kind, and how many records it has."""

    file: str
    sheet: str
    kind: ImportKind
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do: `batch` is None when nothing was written.

    `rows` counts every record, `rejected` those that were not taken in; `errors` are the first thousand of
    `error_count`. `unknown_callers` counts numbers in call files that are no card of ours. `unfiled` counts the appeals
    among the rejected ones that could not be filed after the publication, because their cases had changed since.
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

    def with_unfiled(self, problems: Sequence[RowProblem]) -> "ImportReport":
        """Return the report with the appeals that could not be filed, which were planned to be."""
        return replace(
            self,
            created=self.created - len(problems),
            rejected=self.rejected + len(problems),
            errors=(*self.errors, *problems)[:MAX_ERRORS_TOLD],
            error_count=self.error_count + len(problems),
            unfiled=len(problems),
        )


class ImportRefused(BadData):
    """Files with errors, of which nothing was written; `report` tells each one."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        first = str(report.errors[0]) if report.errors else ""
        if report.error_count > 1:
            first = _("{first} ({count} more)").format(first=first, count=report.error_count - 1)
        super().__init__(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One published import, as a list shows it."""

    id: int
    kind: ImportKind
    published_at: datetime
    by: str
    files: tuple[str, ...]
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneBatch:
    """What undoing an import took away."""

    id: int
    kind: ImportKind
    rows: int
    cases: int
