"""The request for an export and its result."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from db.enums import ExportKind
from workbench.domain.filter.ordering import DEFAULT_LAYOUT, ListLayout
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
    """The request for an export."""

    what: ExportKind
    output: Path
    format: ExportFormat | None = None
    """None takes the format from the name of the file."""
    since: date | None = None
    """The first local day to export; None exports all days."""
    reveal: bool = False
    """Whether personal values are written unmasked, which needs a reason."""
    is_folder: bool = False
    """Whether `output` is a folder that gets a letter for each notice."""
    with_sms: bool = False
    """Whether the folder also gets a short message for each notice."""
    unsent: bool = False
    """Whether the notices that were sent are left out."""
    reason: str = ""
    filter_text: str = ""
    """The filter of the queue."""
    layout: ListLayout = DEFAULT_LAYOUT
    """The order and the columns of the queue."""

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
    """The result of an export: the file or folder that was written, and its number of rows."""

    rows: int
    path: Path
    format: ExportFormat | None
    """The format of the file; None for a folder."""
    revealed: bool
    left_out: int = 0
    """The number of letters that were left out because no event of the log explains them."""
    erased: int = 0
    """The number of letters that were left out because retention erased their texts."""
