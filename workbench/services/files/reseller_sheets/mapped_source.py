"""Sources of files that are read with a map: their tables have the columns of the map, and may join several rows."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from workbench.errors import WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.files.reading.opened import OpenedText, is_archive
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.sheets.names import kind_name, kind_of_sheet, sheet_of
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetPart, SheetRow, Workbook
from workbench.services.files.reading.sources import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, SheetSource, TextSource
from workbench.services.files.reading.table import Knows
from workbench.services.files.reseller_sheets.grid import rows_and_merges, text_rows
from workbench.services.files.reseller_sheets.mapped_table import MappedTable
from workbench.services.files.reseller_sheets.sheet_map import SheetMap

_MOST_ROWS = 2_000
"""The most rows of a sheet that are examined."""

_Sheet = tuple[str, Sequence[SheetRow], Sequence[MergedCells]]
"""The name of a sheet, its first rows, and its merged cells."""


class MappedText(TextSource):
    """The source of a CSV file that is read with a map."""

    def __init__(self, path: Path, encoding: str | None, layout: SheetMap) -> None:
        super().__init__(path, encoding)
        self.layout: SheetMap = layout
        self.place = RowProblem(file=path.name, message="")

    @contextmanager
    def table(self, knows: Knows) -> Iterator[MappedTable]:  # noqa: ARG002 - the map knows the names
        """Open the records from the start; only one pass at a time.

        Raises:
            FileProblem: If the file does not fit the map, or has changed since it was opened.
        """
        with self.text() as text:
            yield MappedTable(text_rows(text, self.path.name), (), self.place, self.layout)


class MappedSheet(SheetSource):
    """The source of a sheet that is read with a map."""

    def __init__(self, workbook: Workbook, part: SheetPart, layout: SheetMap) -> None:
        super().__init__(workbook, part)
        self.layout: SheetMap = layout
        self.place = RowProblem(file=self.path.name, sheet=self.sheet, message="")

    @property
    def visible_sheets(self) -> list[str]:
        """The names of the visible sheets of the workbook that have rows."""
        return [
            part.name
            for part in self._workbook.sheets
            if not part.is_hidden and any(isinstance(item, SheetRow) for item in self._workbook.rows(part))
        ]

    @cached_property
    def _merges(self) -> tuple[MergedCells, ...]:
        """The merged cells, which the file of a sheet has after its rows."""
        return tuple(item for item in self._workbook.rows(self._part) if isinstance(item, MergedCells))

    @contextmanager
    def table(self, knows: Knows) -> Iterator[MappedTable]:  # noqa: ARG002 - the map knows the names
        """Open the records from the start; only one pass at a time.

        Raises:
            FileProblem: If the sheet does not fit the map or the workbook is damaged.
        """
        merges = self._merges
        rows = (item for item in self._workbook.rows(self._part) if isinstance(item, SheetRow))
        try:
            yield MappedTable(rows, merges, self.place, self.layout)
        except FileProblem as problem:
            placed = (replace(one, sheet=one.sheet or self.sheet) for one in problem.problems)
            raise FileProblem(*placed) from problem


def mapped_readers(
    path: Path,
    layouts: Sequence[SheetMap],
    *,
    zone: ZoneInfo,
    encoding: str | None = None,
    agent: str = "",
    now: datetime | None = None,
) -> list[Reader]:
    """Open a file and return its readers: one for a CSV file, or one for each sheet that the maps name.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is not a regular file.
        FileProblem: If it does not fit a map.
        WrongUsage: If it is neither CSV nor a workbook, or a map is of another agent.
        StorageFailed: If it cannot be read.
    """
    for layout in layouts:
        if agent and layout.content.agent and agent != layout.content.agent:
            message = _("The map {name} is of {agent}; leave --agent out, or use another map.")
            raise WrongUsage(message.format(name=layout.name, agent=layout.content.agent))
    sources = sources_of(path, layouts, encoding)
    try:
        return [
            Reader(source, source.layout.content.kind, zone, agent or source.layout.content.agent, now)
            for source in sources
        ]
    except BaseException:
        sources[0].close()
        raise


def sources_of(path: Path, layouts: Sequence[SheetMap], encoding: str | None) -> list[MappedText] | list[MappedSheet]:
    """Return the sources of a file's records; the sheets of a workbook share it.

    Raises:
        WrongUsage: If it is no workbook and has several layouts, or is JSON Lines, which needs no map.
    """
    if not is_workbook(path):
        if len(layouts) > 1:
            message = _("{file} is no workbook; import it as one kind, such as applications.")
            raise WrongUsage(message.format(file=path.name))
        return [MappedText(path, encoding, layouts[0])]
    workbook = Workbook(path)
    try:
        return [MappedSheet(workbook, part, layout) for part, layout in _chosen_sheets(workbook, layouts)]
    except BaseException:
        workbook.close()
        raise


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook; otherwise it is CSV.

    Raises:
        WrongUsage: If it is JSON Lines, which has column names in each record and needs no map.
    """
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES:
        return True
    if suffix in TEXT_SUFFIXES:
        if "json" in suffix:
            raise WrongUsage(_("A map is for CSV and XLSX files; {file} is neither.").format(file=path.name))
        return False
    return is_archive(path)


def _chosen_sheets(workbook: Workbook, layouts: Sequence[SheetMap]) -> list[tuple[SheetPart, SheetMap]]:
    """Return the visible sheets of each map: those that match its names or patterns, else the one of its kind.

    A file of rejected rows has sheets with the names of kinds. A single map without names is for the sheet that is read
    by default.

    Raises:
        FileProblem: If there is no such sheet.
    """
    visible = [sheet for sheet in workbook.sheets if not sheet.is_hidden]
    chosen: list[tuple[SheetPart, SheetMap]] = []
    for layout in layouts:
        kind, patterns = layout.content.kind, layout.content.sheets
        named = [sheet for sheet in visible if any(fnmatchcase(sheet.name.strip(), pattern) for pattern in patterns)]
        found = named or [sheet for sheet in visible if kind_of_sheet(sheet.name) is kind]
        if not found and not patterns and len(layouts) == 1:
            found = [sheet_of(workbook, kind)]
        chosen += ((sheet, layout) for sheet in found)
    if not chosen:
        message = _("No sheet is named {names}, as the map says; the sheets are {sheets}.")
        names_by_map = [layout.content.sheets or (kind_name(layout.content.kind),) for layout in layouts]
        names = comma_joined(name for names in names_by_map for name in names)
        sheets = comma_joined(sheet.name for sheet in visible)
        raise workbook.refused(message.format(names=names, sheets=sheets))
    return chosen


def sheets_in(path: Path, encoding: str | None) -> Iterator[_Sheet]:
    """Yield the visible sheets that have rows."""
    if not is_workbook(path):
        with closing(OpenedText(path, encoding)) as opened, opened.text() as text:
            rows = list(islice(text_rows(text, path.name), _MOST_ROWS))
        if rows:
            yield "", rows, ()
        return
    with closing(Workbook(path)) as workbook:
        for part in workbook.sheets:
            if not part.is_hidden:
                rows, merges = rows_and_merges(workbook.rows(part), _MOST_ROWS)
                if rows:
                    yield part.name, rows, merges
