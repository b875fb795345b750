"""Proposes a map for sheets that nobody has described yet; a person confirms it before it is used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from db.enums import DocumentKind, ImportKind
from workbench.i18n import _, comma_joined
from workbench.services.reading.kinds import KindSpec, kind_spec
from workbench.services.reading.opened import OpenedText
from workbench.services.reading.problems import FileProblem, RowProblem
from workbench.services.reading.sheets.names import kind_of_sheet
from workbench.services.reading.sheets.workbook import MergedCells, SheetRow, Workbook
from workbench.services.reseller_sheets.conversions import Order
from workbench.services.reseller_sheets.grid import HEAD_ROWS, rows_and_merges, text_rows
from workbench.services.reseller_sheets.header import Header, headers_in
from workbench.services.reseller_sheets.mapped_source import is_workbook
from workbench.services.reseller_sheets.sheet_map import RowRules
from workbench.services.reseller_sheets.words import meaning_of

_MOST_ROWS = 2_000
"""The most rows of a sheet that are examined."""

_ENOUGH = 3
"""The number of recognised columns that a sheet needs for its kind to be clear."""

_Sheet = tuple[str, Sequence[SheetRow], Sequence[MergedCells]]
"""The name of a sheet, its first rows, and its merged cells."""


class MeaningSource(StrEnum):
    """The source of the meaning of a column: its name, a usual word, its values, a similar name, or a person."""

    NAME = "name"
    WORD = "word"
    VALUES = "values"
    SIMILAR = "similar"
    PERSON = "person"
    NOTHING = "nothing"


@dataclass(slots=True)
class ProposedColumn:
    """A column of a sheet: its index, name and values, its probable meaning, and the source of the meaning.

    `parts` are its names from the top level of the header to the lowest. `means` is '' if it is not imported, and
    UNDECIDED if a person has to decide. `unit`, `order` and `words` are as in the map.
    """

    column: int
    name: str
    parts: Sequence[str]
    values: Sequence[str] = ()
    means: str = ""
    source: MeaningSource = MeaningSource.NOTHING
    unit: str | None = None
    order: Order | None = None
    words: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Proposal:
    """A map that nobody has confirmed yet, and the file that it is proposed for; `spec` is that of its kind."""

    name: str
    kind: ImportKind
    file: str
    sheets: tuple[str, ...]
    agent: str
    spec: KindSpec
    columns: list[ProposedColumn] = field(default_factory=list)
    rows: RowRules = field(default_factory=RowRules)
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def meanings(self) -> set[str]:
        """The meanings of the columns of the sheet, and the columns with one value for all rows."""
        return {column.means for column in self.columns} | set(self.constants)

    def missing(self) -> list[frozenset[str]]:
        """Return the sets of required columns of which none is there."""
        there = self.meanings
        return [choices for choices in self.spec.required if choices.isdisjoint(there)]


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet, its merged cells, and its header; `recognised` counts the columns that a kind has."""

    name: str
    kind: ImportKind
    rows: Sequence[SheetRow]
    merges: Sequence[MergedCells]
    header: Header
    recognised: int


def sheet_head(name: str, rows: Sequence[SheetRow], merges: Sequence[MergedCells], kind: ImportKind) -> SheetHead:
    """Return a sheet with the header that has the most recognised columns.

    If no column is recognised, the header is the first row that fills the most columns.
    """

    def recognised(header: Header) -> int:
        return len({meaning_of(parts, kind)[0] for parts in header.parts.values()} - {""})

    candidates = list(headers_in(rows[:HEAD_ROWS], merges))
    best = max(candidates, key=lambda header: (recognised(header), header.has_hints))
    if not recognised(best):
        best = max(candidates, key=lambda header: len(header.parts))
    return SheetHead(name, kind, rows, merges, best, recognised(best))


def propose(
    name: str,
    kinds: Sequence[ImportKind],
    path: Path,
    encoding: str | None,
    agent: str,
    document_names: Mapping[str, DocumentKind] = MappingProxyType({}),
) -> list[Proposal]:
    """Propose a map for each of some kinds that a file has; `document_names` is as in `kind_spec`.

    The kind of a sheet is the one that recognises most of its columns. The map of a kind is for the sheet with the most
    recognised columns, and for all sheets with the same columns.

    Raises:
        FileProblem: If the file has no rows, or if its kind is not clear; also a BadData if it cannot be read.
        WrongUsage: If it is neither CSV nor a workbook.
    """
    from workbench.services.reseller_sheets.proposing import Proposer

    sheets = list(_sheets_in(path, encoding))
    if not sheets:
        message = _("The sheet is empty; it needs a header and rows.")
        raise FileProblem(RowProblem(file=path.name, message=message))
    heads = [max((sheet_head(*sheet, kind) for kind in kinds), key=attrgetter("recognised")) for sheet in sheets]
    proposals = []
    for kind in kinds:
        of_kind = [head for head in heads if head.kind is kind and (len(kinds) == 1 or head.recognised >= _ENOUGH)]
        if of_kind:
            best = max(of_kind, key=lambda head: (head.recognised, kind_of_sheet(head.name) is kind))
            names = set(best.header.names().values())
            alike = tuple(head.name.strip() for head in of_kind if set(head.header.names().values()) == names)
            spec = kind_spec(kind, ZoneInfo("UTC"), document_names=document_names)
            proposal = Proposal(name, kind, path.name, alike if len(sheets) > 1 else (), agent or name, spec)
            Proposer(proposal, best).fill()
            proposals.append(proposal)
    if not proposals:
        message = _("No sheet has the columns of {kinds}; import it as one of them, with --map.")
        kinds_shown = comma_joined(kind.value for kind in kinds)
        raise FileProblem(RowProblem(file=path.name, message=message.format(kinds=kinds_shown)))
    return proposals


def _sheets_in(path: Path, encoding: str | None) -> Iterator[_Sheet]:
    """Yield the visible sheets that have rows."""
    if not is_workbook(path):
        opened = OpenedText(path, encoding)
        try:
            with opened.text() as text:
                rows = list(islice(text_rows(text, path.name), _MOST_ROWS))
        finally:
            opened.close()
        if rows:
            yield "", rows, ()
        return
    workbook = Workbook(path)
    try:
        for part in workbook.sheets:
            if not part.is_hidden:
                rows, merges = rows_and_merges(workbook.rows(part), _MOST_ROWS)
                if rows:
                    yield part.name, rows, merges
    finally:
        workbook.close()
