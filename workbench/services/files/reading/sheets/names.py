"""Finds the kinds of sheets by their names."""

from db.enums import ImportKind
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.services.files.reading.headers import columns_file, meanings_by_spelling, nearest_names, normalised_name
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.workbook import SheetPart, SheetRow, Workbook

IMPORT_ORDER = (
    ImportKind.APPLICATIONS,
    ImportKind.CARDS,
    ImportKind.DOCUMENTS,
    ImportKind.OPTOUTS,
    ImportKind.CREDIT,
    ImportKind.COMPLAINTS,
    ImportKind.CALLS,
    ImportKind.APPEALS,
)
"""The order in which kinds are imported: rows that others refer to come first."""

_NO_SHEETS = (N_("workbook"), N_("folder"), N_("calendar"))
"""The names of the kinds that are not sheets, so that they get translations."""


def kind_of_sheet(name: str) -> ImportKind | None:
    """Return the kind of a sheet by its English or Chinese name, or None."""
    kind = meanings_by_spelling(columns_file()["sheets"]).get(normalised_name(name))
    return None if kind is None else ImportKind(kind)


def kind_name(kind: ImportKind) -> str:
    """Return the name of a kind in the current language; for a kind of sheet it is the usual name of the sheet."""
    names = columns_file()["sheets"].get(kind.value)
    return str(names["zh"]) if names and current_language() == "zh" else _(kind.value)


def sheet_name_for(kind: ImportKind, name: str) -> str:
    """Return a name that an import recognises: the given one if it is known, else the usual one of the kind."""
    spelling = normalised_name(name)
    return spelling if kind_of_sheet(spelling) is kind else kind_name(kind)


def sheet_of(workbook: Workbook, kind: ImportKind) -> SheetPart:
    """Return the sheet with the name of a kind, or else the first visible one that is not empty."""
    for sheet in workbook.sheets:
        if kind_of_sheet(sheet.name) is kind:
            return sheet
    visible = [sheet for sheet in workbook.sheets if not sheet.is_hidden] or list(workbook.sheets)
    return next((sheet for sheet in visible if _has_rows(workbook, sheet)), visible[0])


def sheets_by_kind(workbook: Workbook) -> list[tuple[ImportKind, SheetPart]]:
    """Return the sheets that have rows, with their kinds; empty sheets and hidden ones with unknown names are skipped.

    Raises:
        FileProblem: If a visible sheet does not have the name of a kind, or there is no sheet to import.
    """
    chosen: list[tuple[ImportKind, SheetPart]] = []
    problems: list[RowProblem] = []
    for sheet in workbook.sheets:
        kind = kind_of_sheet(sheet.name)
        if (kind is None and sheet.is_hidden) or not _has_rows(workbook, sheet):
            continue
        if kind is None:
            problems.append(RowProblem(file=workbook.path.name, sheet=sheet.name, message=_unknown(sheet.name)))
        else:
            chosen.append((kind, sheet))
    if not chosen and not problems:
        names = comma_joined(map(kind_name, IMPORT_ORDER))
        raise workbook.refused(_("No sheet of the workbook has rows; name its sheets {names}.").format(names=names))
    if problems:
        raise FileProblem(*problems)
    return chosen


def _has_rows(workbook: Workbook, sheet: SheetPart) -> bool:
    """Return whether a sheet has a filled cell."""
    return any(isinstance(row, SheetRow) for row in workbook.rows(sheet))


def _unknown(name: str) -> str:
    """Return the message for a sheet with an unknown name."""
    near = [kind_name(ImportKind(kind)) for kind in nearest_names(name, meanings_by_spelling(columns_file()["sheets"]))]
    if near:
        return _("The sheet “{name}” is not known; did you mean {near}?").format(name=name, near=_(" or ").join(near))
    message = _("The sheet “{name}” is not known; name it like one of {names}, or remove it.")
    return message.format(name=name, names=comma_joined(map(kind_name, IMPORT_ORDER)))
