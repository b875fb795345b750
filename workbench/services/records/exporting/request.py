"""The request for an export and its result."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from db.enums import ExportKind
from workbench.errors import WrongUsage
from workbench.i18n import _


class ExportFormat(StrEnum):
    """The formats of exported files."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PARQUET = "parquet"


_FORMAT_BY_SUFFIX = {f".{chosen}": chosen for chosen in ExportFormat} | {".ndjson": ExportFormat.JSONL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """An export; without a `format`, the file name decides. `since` is the first local day to export.

    `is_folder` writes one letter per notice to the folder `output`, and `with_sms` a short message beside each letter.
    `reveal` writes personal values unmasked, which needs a `reason`.
    """

    what: ExportKind
    output: Path
    format: ExportFormat | None = None
    since: date | None = None
    reveal: bool = False
    is_folder: bool = False
    with_sms: bool = False
    reason: str = ""

    @property
    def chosen_format(self) -> ExportFormat:
        """The requested format, or else the format of the file name.

        Raises:
            WrongUsage: If the format of the file name is unknown, or not available for this export.
        """
        found = self.format or _FORMAT_BY_SUFFIX.get(self.output.suffix.lower())
        if found is None:
            message = _("The format of {file} is not clear from its name; add --format csv, xlsx or jsonl.")
            raise WrongUsage(message.format(file=self.output.name))
        if found is ExportFormat.PARQUET and self.what is not ExportKind.CALLS:
            raise WrongUsage(_("Only calls are exported as Parquet; choose csv, xlsx or jsonl."))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """The result of an export: the file that was written, and its number of rows; a folder has no format.

    `left_out` is the number of letters that no event of the log explains.
    """

    rows: int
    path: Path
    format: ExportFormat | None
    revealed: bool
    left_out: int = 0
