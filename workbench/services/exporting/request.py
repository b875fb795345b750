"""What is asked of an export, and what came of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from workbench.errors import WrongUsage
from workbench.i18n import _


class ExportKind(StrEnum):
    """What can be exported."""

    APPLICATIONS = "applications"
    DECISIONS = "decisions"
    NOTICES = "notices"
    EVENTS = "events"


class ExportFormat(StrEnum):
    """The formats of exported files."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


_SUFFIXES = {
    ".csv": ExportFormat.CSV,
    ".xlsx": ExportFormat.XLSX,
    ".jsonl": ExportFormat.JSONL,
    ".ndjson": ExportFormat.JSONL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """An export; `format` None takes that of the file's name, `since` is a local day.

    `reveal` writes personal values whole, which needs a `reason`.
    """

    what: ExportKind
    output: Path
    format: ExportFormat | None = None
    since: date | None = None
    reveal: bool = False
    reason: str = ""

    @property
    def chosen_format(self) -> ExportFormat:
        """The format that was asked for, else that of the file's name.

        Raises:
            WrongUsage: If neither says one.
        """
        found = self.format or _SUFFIXES.get(self.output.suffix.lower())
        if found is None:
            raise WrongUsage(
                _("The format of {file} is not clear from its name; add --format csv, xlsx or jsonl.").format(
                    file=self.output.name
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """How many rows were written, and where."""

    rows: int
    path: Path
    format: ExportFormat
    revealed: bool
