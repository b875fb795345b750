"""Guesses what the columns and rows of a sheet mean: by their names, then by their values."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, DocumentKind, ImportKind
from workbench.i18n import _, comma_joined
from workbench.services.files.reading.headers import MAX_COLUMNS, column_names, normalised_name
from workbench.services.files.reading.kinds import DAY, INSTANT_OR_DAY, MONEY, VALID_TO, kind_spec
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.row_parser import accepts
from workbench.services.files.reading.sheets.names import kind_of_sheet
from workbench.services.files.reading.sheets.workbook import SheetRow
from workbench.services.files.reading.table import Cell
from workbench.services.files.reseller_sheets.by_values import applicant_kind_in, guess_column, order_of, unit_to_decide
from workbench.services.files.reseller_sheets.cells import (
    Cells,
    MergedCellFiller,
    compact,
    has_few_cells,
    total_word_in,
)
from workbench.services.files.reseller_sheets.header import column_letters
from workbench.services.files.reseller_sheets.mapped_source import sheets_in
from workbench.services.files.reseller_sheets.proposal import (
    MeaningSource,
    Proposal,
    ProposedColumn,
    SheetHead,
    sheet_head,
)
from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED, column_types_of
from workbench.services.files.reseller_sheets.words import (
    Clarity,
    is_ignorable,
    meaning_of,
    sheet_words,
    unit_in,
    without_count,
)

_FEWEST_KNOWN = 3
"""The number of recognised columns that a sheet needs for its kind to be clear."""

_LEAST_SIMILARITY = 0.75
"""How alike a name must be to a known name, from 0 to 1."""

_KEY, _NUMBERS, _PHONE = "application_no", "msisdns", "contact_phone"
_NAME = "姓名"
"""The word for the name of a person; alone, it does not say of whom."""

_DATES = (DAY, VALID_TO, INSTANT_OR_DAY)
_APPLICATIONS = ImportKind.APPLICATIONS
_NARROW_SHEET = 3
"""The number of columns up to which a text that is alone in its row may be a record."""

_NOTE_LENGTH = 20
"""The number of characters at the start of a note that mark it in the map."""


class Proposer:
    """Fills in a proposal for a map from one sheet."""

    def __init__(self, proposal: Proposal, sheet: SheetHead) -> None:
        self._proposal = proposal
        self._kind = proposal.kind
        names, parts = sheet.header.names(), sheet.header.parts
        merged = MergedCellFiller([merge for merge in sheet.merges if merge.last_line > sheet.header.last_line], names)
        below = [row for row in sheet.rows if row.line > sheet.header.last_line]
        filled = [merged.fill_row(row) for row in below]
        columns = sorted(set(names) | {column for row in below for column in row.cells})[:MAX_COLUMNS]
        proposal.columns = [
            ProposedColumn(column, names.get(column, column_letters(column)), parts.get(column, ()))
            for column in columns
        ]
        self._leave_repeated_names_open()
        self._by_names()
        self._records = self._without_sums_and_notes(below, filled)
        self._take_values()

    def fill(self) -> None:
        """Fill in the meanings that names did not give, the conversions of values, and which rows belong together."""
        self._by_values()
        self._by_similar_names()
        for column in self._proposal.columns:
            if not column.means and column.values and not (column.parts and is_ignorable(column.parts, self._kind)):
                column.means = UNDECIDED
            add_conversions(self._proposal, column)
        # A column without a name and values is left out.
        self._proposal.columns = [column for column in self._proposal.columns if column.parts or column.values]
        if self._is_continued():
            self._proposal.rows = replace(self._proposal.rows, continued=True)
        self._proposal.rows = replace(self._proposal.rows, fill_down=self._filled_down())
        if frozenset({"applicant_kind"}) in self._proposal.missing():
            self._proposal.constants["applicant_kind"] = UNDECIDED
        if "agent" in self._proposal.meanings:
            self._proposal.agent = ""

    def _leave_repeated_names_open(self) -> None:
        """Ask about columns with the same name, such as 姓名 twice or 姓名1 and 姓名2.

        Nothing says which person each of them is about. Columns of phone numbers may repeat.

        Counts are ignored in names with a known meaning. In another name, the count may belong to the name.
        """
        named: dict[tuple[str, ...], list[ProposedColumn]] = {}
        for column in self._proposal.columns:
            if column.parts and not is_ignorable(column.parts, self._kind):
                is_known = _NAME in column.parts[-1] or meaning_of(column.parts, self._kind)[0]
                parts = map(without_count, column.parts) if is_known else column.parts
                named.setdefault(tuple(map(normalised_name, parts)), []).append(column)
        for columns in named.values():
            if len(columns) > 1 and meaning_of(columns[0].parts, self._kind)[0] not in {_NUMBERS, _PHONE}:
                for column in columns:
                    column.means = UNDECIDED

    def _by_names(self) -> None:
        """Assign meanings by name, the clearest names first, because two columns must not have the same meaning."""
        for clarity in Clarity:
            for column in self._proposal.columns:
                if not column.means and column.parts:
                    column.means = self._free_meaning(column, clarity)
                    if column.means:
                        column.source = MeaningSource.NAME if clarity is Clarity.NAME else MeaningSource.WORD

    def _free_meaning(self, column: ProposedColumn, clarity: Clarity) -> str:
        """Return the meaning of a column by its name; '' if it has another clarity or the meaning is taken.

        If an unclear name such as 号码 gives a meaning that is taken, the column has the phone of the applicant.
        """
        meaning, clarity_of_name = meaning_of(column.parts, self._kind)
        taken = self._proposal.meanings
        if not meaning or clarity_of_name is not clarity:
            return ""
        if meaning not in taken or self._has_more_numbers(column, meaning):
            return meaning
        is_phone = clarity is Clarity.UNCLEAR and self._kind is _APPLICATIONS and _PHONE not in taken
        return _PHONE if is_phone else ""

    def _has_more_numbers(self, column: ProposedColumn, means: str) -> bool:
        """Say whether a column continues the numbers in another column, as 号码2 continues 号码1."""
        if means != _NUMBERS or self._kind is not _APPLICATIONS:
            return False
        others = (other for other in self._proposal.columns if other.means == _NUMBERS)
        return any(without_count(other.name) == without_count(column.name) for other in others)

    def _by_values(self) -> None:
        for column in self._proposal.columns:
            if not column.means and not (column.parts and is_ignorable(column.parts, self._kind)):
                found = guess_column(column.values, self._kind, self._proposal.meanings)
                if found:
                    column.means, column.source = found, MeaningSource.VALUES

    def _by_similar_names(self) -> None:
        known = column_names(self._kind).meanings
        for column in self._proposal.columns:
            if not column.means and column.parts and not is_ignorable(column.parts, self._kind):
                for spelling in get_close_matches(normalised_name(column.parts[-1]), list(known), 1, _LEAST_SIMILARITY):
                    if known[spelling] and known[spelling] not in self._proposal.meanings:
                        column.means, column.source = known[spelling], MeaningSource.SIMILAR

    def _without_sums_and_notes(self, below: Sequence[SheetRow], filled: Sequence[Cells]) -> list[Cells]:
        """Return the rows that may be records, and put the words that mark the other rows into the proposal."""
        words = sheet_words()["words"]
        totals = {compact(word): word for word in words["totals"]}
        notes = {compact(word): word for word in words["notes"]}
        key, columns = self._column_of(_KEY), len(self._proposal.columns)
        names = {column.column: compact(column.parts[-1]) for column in self._proposal.columns if column.parts}
        imported = {column.column for column in self._proposal.columns if column.means}
        found_totals: dict[str, None] = {}
        found_notes: dict[str, None] = {}
        records = []
        for row, cells in zip(below, filled, strict=True):
            texts = {column: compact(cell) for column, cell in row.cells.items()}
            first = next(iter(texts.values()))
            total = total_word_in(texts, totals, key, imported)
            note = next((word for text, word in notes.items() if first.startswith(text)), None)
            # A text that is alone in a row of a wide sheet is a note too; a sum in it would differ in the next sheet.
            if note is None and len(cells) == 1 and columns > _NARROW_SHEET and not first.isascii():
                note = next((word for text, word in totals.items() if first.startswith(text)), first[:_NOTE_LENGTH])
            may_be_note = has_few_cells(len(texts), columns) and texts.get(key, "") in {"", first}
            if total is not None:
                found_totals[totals[total]] = None
            elif note is not None and may_be_note:
                found_notes[note] = None
            elif texts != names:
                records.append(cells)
        self._proposal.rows = replace(self._proposal.rows, totals=tuple(found_totals), notes=tuple(found_notes))
        return records

    def _take_values(self) -> None:
        """Give each column its values, without marks for empty cells."""
        marks, seen = frozenset(sheet_words()["words"]["empty"]), set[str]()
        for column in self._proposal.columns:
            texts = [str(cells.get(column.column, "")).strip() for cells in self._records]
            seen |= marks.intersection(texts)
            column.values = [text for text in texts if text and text not in marks]
        self._proposal.rows = replace(self._proposal.rows, empty=tuple(sorted(seen)))

    def _column_of(self, means: str) -> int:
        return next((column.column for column in self._proposal.columns if column.means == means), -1)

    def _is_continued(self) -> bool:
        """Say whether applications have several rows: a row repeats or leaves out the values of the row above."""
        key, numbers = self._column_of(_KEY), self._column_of(_NUMBERS)
        if self._kind is not _APPLICATIONS or key < 0 or numbers < 0:
            return False
        others = [column.column for column in self._proposal.columns if column.means not in {"", _NUMBERS, UNDECIDED}]
        return any(
            _text(below, numbers) and all(_text(below, column) in {"", _text(above, column)} for column in others)
            for above, below in pairwise(self._records)
        )

    def _filled_down(self) -> tuple[str, ...]:
        """Return the column of the application number if a later row of the same application leaves it empty.

        Sheets of applications are left out: `_is_continued` is about them.
        """
        key = self._column_of(_KEY)
        if self._kind is _APPLICATIONS or key < 0:
            return ()
        others = {column.column for column in self._proposal.columns if column.means not in {"", UNDECIDED}}
        is_left_out = any(not _text(cells, key) and others & set(cells) for cells in self._records[1:])
        [name] = [column.name for column in self._proposal.columns if column.column == key]
        return (name,) if is_left_out else ()


def _text(cells: Mapping[int, Cell], column: int) -> str:
    return str(cells.get(column, "")).strip()


def add_conversions(proposal: Proposal, column: ProposedColumn) -> None:
    """Add the conversions that the values of a column need: a unit, an order of dates, or words for codes."""
    column_type = column_types_of(proposal.kind).get(column.means)
    if column_type is None:
        return
    if column_type is MONEY:
        column.unit = unit_in(column.name) or unit_to_decide(column.values)
    elif column_type in _DATES:
        column.order = order_of(column.values)
    elif column_type.codes is not None:
        column_spec = proposal.spec.columns[column.means]
        unknown = dict.fromkeys(value for value in column.values if not accepts(column_spec, value))
        column.words = dict.fromkeys(unknown, UNDECIDED)
        if column_type.codes is ApplicantKind:
            column.words = {word: applicant_kind_in(word) or UNDECIDED for word in unknown}


def propose(
    name: str,
    kinds: Mapping[ImportKind, Set[str]],
    path: Path,
    encoding: str | None,
    agent: str,
    document_names: Mapping[str, DocumentKind] = MappingProxyType({}),
) -> list[Proposal]:
    """Propose a map for each of the `kinds` that a file has; each has the columns of its kept proposal.

    The kind of a sheet is the one that recognises most of its columns. The map of a kind is for the sheet with the most
    recognised columns, and for all sheets with the same columns. `document_names` are the names of the policy.

    Raises:
        BadData: If it is not a regular file.
        FileProblem: If it has no rows or no header, or its kind is not clear.
        WrongUsage: If it is neither CSV nor a workbook.
    """
    sheets = list(sheets_in(path, encoding))
    if not sheets:
        message = _("The sheet is empty; it needs a header and rows.")
        raise FileProblem(RowProblem(file=path.name, message=message))
    heads_by_sheet = ([head for kind in kinds if (head := sheet_head(*sheet, kind, kinds[kind]))] for sheet in sheets)
    heads = [max(of_sheet, key=attrgetter("recognised")) for of_sheet in heads_by_sheet if of_sheet]
    if not heads:
        message = _("No line is a header; add one with the names of the columns above the rows.")
        raise FileProblem(RowProblem(file=path.name, message=message))
    proposals = []
    for kind in kinds:
        of_kind = [head for head in heads if head.kind is kind]
        if len(kinds) > 1:
            of_kind = [head for head in of_kind if head.recognised >= _FEWEST_KNOWN]
        if of_kind:
            best = max(of_kind, key=lambda head: (head.kept, head.recognised, kind_of_sheet(head.name) is kind))
            names = set(best.header.names().values())
            alike = tuple(head.name.strip() for head in of_kind if set(head.header.names().values()) == names)
            spec = kind_spec(kind, ZoneInfo("UTC"), document_names=document_names)
            proposal = Proposal(name, kind, path.name, alike if len(sheets) > 1 else (), agent or name, spec)
            proposal.doubt = best.doubt
            Proposer(proposal, best).fill()
            proposals.append(proposal)
    if not proposals:
        message = _("No sheet has the columns of {kinds}; import it as one of them, with --map.")
        kinds_shown = comma_joined(kind.value for kind in kinds)
        raise FileProblem(RowProblem(file=path.name, message=message.format(kinds=kinds_shown)))
    return proposals
