"""Finds the files of a folder that is imported as a whole."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from db.enums import ImportKind
from workbench.errors import NotFound
from workbench.i18n import _, comma_joined
from workbench.services.files.reading.opened import PACKED_SUFFIXES
from workbench.services.files.reading.problems import RowProblem
from workbench.services.files.reading.sheets.names import IMPORT_ORDER, kind_name, kind_of_sheet
from workbench.services.files.reading.sources import PARQUET_SUFFIX, TEXT_SUFFIXES, WORKBOOK_SUFFIXES

_SUFFIXES = TEXT_SUFFIXES | WORKBOOK_SUFFIXES | PACKED_SUFFIXES | {PARQUET_SUFFIX}
DESKTOP_FILES = (".", "~$", "Thumbs.db", "desktop.ini")
"""How the names of the files begin that desktops and spreadsheet programs leave in a folder."""


def files_by_kind(folder: Path) -> tuple[list[tuple[Path, ImportKind]], list[RowProblem], list[str]]:
    """Return the files of a folder with their kinds, the problems of other files, and the names of those left out.

    Files that no import reads, such as a supplier's TOML, are left out. A data file whose name says no kind is a
    problem, because it may be misspelt. A workbook whose name says no kind has sheets of several kinds. Subfolders are
    skipped, because they hold the documents.

    Raises:
        NotFound: If there is no such folder.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if not path.is_dir())
    except OSError as error:
        message = _("There is no folder {folder} that can be read ({cause}); check the name.")
        raise NotFound(message.format(folder=folder, cause=error.strerror)) from error
    files, problems, left_out = list[tuple[Path, ImportKind]](), list[RowProblem](), list[str]()
    names = comma_joined(map(kind_name, IMPORT_ORDER))
    for path in paths:
        # A copy such as applications.csv.bak is no file to import.
        is_data = path.suffix.lower() in _SUFFIXES and not path.name.startswith(DESKTOP_FILES)
        kind = kind_of_sheet(path.name.partition(".")[0]) if is_data else None
        if kind is None and is_data and path.suffix.lower() in WORKBOOK_SUFFIXES:
            kind = ImportKind.WORKBOOK
        if kind is not None and not path.resolve().is_relative_to(folder.resolve()):
            message = _("The link leads out of the folder; put the file itself there.")
            problems.append(RowProblem(file=path.name, message=message))
        elif kind is not None:
            files.append((path, kind))
        elif not is_data:
            left_out.append(path.name)
        else:
            message = _("The name of the file says no kind; name it like one of {names}, or remove it.")
            problems.append(RowProblem(file=path.name, message=message.format(names=names)))
    if not files and not problems:
        message = _("The folder has no file to import; name its files like {names}.")
        problems.append(RowProblem(file=folder.resolve().name, message=message.format(names=names)))
    return files, problems, left_out


def stray_files(folders: Iterable[Path], kind: ImportKind) -> list[RowProblem]:
    """Return the problems of the files in folders that an import of a kind can neither read nor leave out."""
    return [problem for folder in folders if kind is ImportKind.FOLDER for problem in files_by_kind(folder)[1]]


def left_out_files(folder: Path, kind: ImportKind) -> Sequence[str]:
    """Return the names of the files in a folder that an import of a kind leaves out; no other import reads a folder."""
    if kind is ImportKind.FOLDER:
        return files_by_kind(folder)[2]
    is_listed = kind is ImportKind.DOCUMENTS and folder.is_dir()
    files = sorted(folder.rglob("*")) if is_listed else ()
    return [path.name for path in files if path.name.startswith(DESKTOP_FILES) and not path.is_dir()]
