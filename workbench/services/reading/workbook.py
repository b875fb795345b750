"""An XLSX workbook: its sheets by name, and what the cells of all of them share."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from workbench.i18n import _
from workbench.services.reading.number_formats import PLAIN, Shape, shape_of
from workbench.services.reading.package import Package
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.shared_strings import SharedStrings, TooManyTexts
from workbench.services.reading.sheet_rows import Merged, OutOfOrder, SheetRow, sheet_rows
from workbench.services.reading.xml_parts import BadXml, elements, local, root_of

MAX_CHARACTERS = 512 << 20
"""The most text of one sheet: as much as of a CSV file, however many cells share one text."""

_MAIN = "officeDocument"
_SHEET = "worksheet"
_STRINGS = "sharedStrings"
_STYLES = "styles"


@dataclass(frozen=True, slots=True)
class _Relation:
    """A part that another one needs: what for, by which id, and where it lies."""

    kind: str
    identity: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """One sheet: its name, its part in the package, and whether people see it."""

    name: str
    part: str
    is_hidden: bool


class Workbook:
    """An open workbook.

    Raises:
        NotFound: If there is no such file.
        FileProblem: If it is no workbook that can be read; a BadData too if it is no regular file.
        StorageFailed: If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.package = Package(path)
        self.path = path
        try:
            main = self._part(_MAIN, self._relations(""))
            self._needed = self._relations(main)
            root = self._tree(main)
            self._is_1904 = _counts_from_1904(root)
            self.sheets = self._sheets(root)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self.package.close()

    def rows(self, sheet: SheetPart) -> Iterator[SheetRow | Merged]:
        """Yield the rows of a sheet that have a filled cell, then the merged cells.

        Raises:
            FileProblem: If the workbook is damaged, rows or cells are not in their order, or the file has changed
                since it was opened.
        """
        shared = 0
        try:
            for row in sheet_rows(self.package.chunks(sheet.part), self):
                if isinstance(row, SheetRow):
                    shared += sum(len(cell) for cell in row.cells.values() if isinstance(cell, str))
                    if shared > MAX_CHARACTERS:
                        raise self._too_much_text()
                yield row
        except OutOfOrder as error:
            raise FileProblem(self._disorder(sheet, error.line)) from error
        except (BadXml, ValueError, IndexError) as error:
            raise self.package.damaged() from error
        self.package.refuse_change()

    def text(self, number: int) -> str:
        """Return one of the texts that cells share."""
        return self._strings[number]

    def shape(self, style: str | None) -> Shape:
        """Return what a style of cells shows of a number."""
        return PLAIN if style is None else self._shapes.get(style, PLAIN)

    @property
    def is_1904(self) -> bool:
        """Say whether days are counted from 1904."""
        return self._is_1904

    @cached_property
    def _strings(self) -> SharedStrings:
        try:
            return SharedStrings(self.package.chunks(self._part(_STRINGS, self._needed)))
        except TooManyTexts:
            raise self._too_much_text() from None

    @cached_property
    def _shapes(self) -> Mapping[str, Shape]:
        """What the styles of cells show, by their numbers as cells name them."""
        if not any(relation.kind == _STYLES for relation in self._needed):
            return {}
        codes: dict[int, str] = {}
        shapes: dict[str, Shape] = {}
        chunks = self.package.chunks(self._part(_STYLES, self._needed))
        for parent, element in elements(chunks, 2, until=frozenset({"cellStyles", "dxfs"})):
            if parent == "numFmts":
                codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            elif parent == "cellXfs":
                number = int(element.get("numFmtId", "0"))
                shapes[str(len(shapes))] = shape_of(number, codes.get(number))
        return shapes

    def _relations(self, part: str) -> tuple[_Relation, ...]:
        """Return what a part needs; '' is the package itself."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        relations = []
        for element in self._tree(listed):
            if element.get("TargetMode") == "External":
                continue
            # An absolute target begins at the package; only names of its own parts are ever looked up.
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/")
            kind = element.get("Type", "").rpartition("/")[2]
            relations.append(_Relation(kind, element.get("Id", ""), target))
        return tuple(relations)

    def _part(self, kind: str, relations: tuple[_Relation, ...]) -> str:
        """Return the part that is needed for something."""
        for relation in relations:
            if relation.kind == kind:
                return relation.part
        raise self.package.damaged()

    def _tree(self, part: str) -> Element:
        """Return a small part as a whole."""
        try:
            return root_of(self.package.chunks(part))
        except BadXml as error:
            raise self.package.damaged() from error

    def _sheets(self, root: Element) -> tuple[SheetPart, ...]:
        """Return the sheets that have cells, in the order of their tabs."""
        by_identity = {relation.identity: relation.part for relation in self._needed if relation.kind == _SHEET}
        found = [
            SheetPart(
                name=sheet.get("name", ""),
                part=by_identity[identity],
                is_hidden=sheet.get("state", "visible") != "visible",
            )
            for child in root
            if local(child.tag) == "sheets"
            for sheet in child
            if (identity := _identity(sheet)) in by_identity
        ]
        if not found or not all(self.package.has(sheet.part) for sheet in found):
            raise self.package.damaged()
        return tuple(found)

    def problem(self, message: str) -> FileProblem:
        """Return a problem of the whole file."""
        return self.package.refused(message)

    def _disorder(self, sheet: SheetPart, line: int) -> RowProblem:
        message = _(
            "The rows or cells of the sheet are not in their order here; save it again in a spreadsheet program."
        )
        return RowProblem(file=self.path.name, sheet=sheet.name, line=line, message=message)

    def _too_much_text(self) -> FileProblem:
        return self.problem(_("The workbook holds too much text; split it, or save its sheets as CSV."))


def _counts_from_1904(root: Element) -> bool:
    """Say whether a workbook counts days from 1904, as those of old Macintoshes do."""
    return any(child.get("date1904") in {"1", "true"} for child in root if local(child.tag) == "workbookPr")


def _identity(sheet: Element) -> str:
    """Return by which id the workbook knows the part of a sheet; the prefix of the attribute is free."""
    return next((value for name, value in sheet.items() if name.endswith(":id")), "")
