"""The proposal of a map, which a person confirms before it is used, and the header that it is made from."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from db.enums import ImportKind
from workbench.errors import BadConfiguration
from workbench.i18n import _, comma_joined
from workbench.services.files.reading.headers import normalised_name
from workbench.services.files.reading.kinds import KindSpec
from workbench.services.files.reading.sheets.workbook import MergedCells, SheetRow
from workbench.services.files.reseller_sheets.by_values import is_value
from workbench.services.files.reseller_sheets.conversions import ColumnRule, Order
from workbench.services.files.reseller_sheets.grid import HEAD_ROWS
from workbench.services.files.reseller_sheets.header import Header, column_of_letters, headers_in, is_whole
from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED, MapContent, RowRules
from workbench.services.files.reseller_sheets.words import meaning_of


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
    """A column of a sheet and its probable meaning; `unit`, `order` and `words` are as in the map."""

    column: int
    """The index of the column."""
    name: str
    parts: Sequence[str]
    """The names from the top level of the header to the lowest."""
    values: Sequence[str] = ()
    means: str = ""
    """The column that it is imported as; '' if it is not imported, UNDECIDED if a person has to decide."""
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
    doubt: str = ""
    """A sentence to the user if the header may be another line, else ''."""

    kept_in: str = ""
    """The file of the kept proposal whose answers it has; '' without one."""

    @property
    def meanings(self) -> set[str]:
        """The meanings of the columns of the sheet, and the columns with one value for all rows."""
        return {column.means for column in self.columns} | set(self.constants)

    def missing(self) -> list[frozenset[str]]:
        """Return the sets of required columns of which the sheet has none."""
        present = self.meanings
        return [choices for choices in self.spec.required if choices.isdisjoint(present)]

    def is_open(self) -> bool:
        """Say whether a person still has to decide something before the map can be used."""
        words = [word for column in self.columns for word in (column.means, column.unit, *column.words.values())]
        return bool(self.missing()) or UNDECIDED in {*words, *self.constants.values()}

    def resume(self, kept: MapContent, file: str) -> None:
        """Take over the answers of a proposal that was kept in a file, which somebody may have edited.

        Raises:
            BadConfiguration: If it has a column that the sheet has not.
        """
        answers = {**dict.fromkeys(kept.ignored, ColumnRule(means="")), **kept.columns}
        rules = {normalised_name(name): rule for name, rule in answers.items()}
        missing = rules.keys() - {normalised_name(column.name) for column in self.columns}
        # A column without a name may be empty in this sheet.
        named = (name for name in answers if column_of_letters(name) is None)
        if unknown := [name for name in named if normalised_name(name) in missing]:
            message = _(
                "The proposal {file} has columns that {sheet} has not: {names}. Correct or delete it, then repeat this."
            )
            raise BadConfiguration(message.format(file=file, sheet=self.file, names=comma_joined(unknown)))
        taken = {*kept.constants, *(rule.means for rule in rules.values())} - {""}
        for column in self.columns:
            if (rule := rules.get(normalised_name(column.name))) is None:
                column.means = UNDECIDED if column.means in taken else column.means
                continue
            is_same = rule.means == column.means
            column.source = column.source if is_same else MeaningSource.PERSON
            # This sheet may have words that the earlier one had not.
            column.words = {**(column.words if is_same else {}), **rule.values}
            column.means, column.unit, column.order = rule.means, rule.unit, rule.order
        self.sheets, self.rows, self.constants = kept.sheets, kept.rows, dict(kept.constants)
        self.agent, self.doubt, self.kept_in = kept.agent, "", file


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet, its merged cells, and its header.

    `recognised` is the count of columns of its kind, `kept` that of the names of a kept proposal.
    """

    name: str
    kind: ImportKind
    rows: Sequence[SheetRow]
    merges: Sequence[MergedCells]
    header: Header
    recognised: int
    kept: int

    @property
    def doubt(self) -> str:
        """A sentence to the user if the header may be another line, else ''."""
        message = _(
            "No name in the header is known, so line {line} may not be the header. If it is not, write the names of "
            "the right line under `columns` of the map: the header is found by them."
        )
        return "" if self.recognised else message.format(line=self.header.last_line)


def sheet_head(
    name: str, rows: Sequence[SheetRow], merges: Sequence[MergedCells], kind: ImportKind, kept: Set[str] = frozenset()
) -> SheetHead | None:
    """Return a sheet with the header that has the most of the `kept` names; None if each row may be a record.

    Without such names, it is whole if that is possible, and has the most recognised columns. If no column is
    recognised, the header is the first row with the most names without a digit.
    """

    def count_kept(header: Header) -> int:
        return len(set(map(normalised_name, kept)).intersection(map(normalised_name, header.names().values())))

    def count_recognised(header: Header) -> int:
        return len({meaning_of(parts, kind)[0] for parts in header.parts.values()} - {""})

    def count_plain(header: Header) -> int:
        return sum(not any(map(str.isdigit, "".join(parts))) for parts in header.parts.values())

    # The values of a record may be personal, so they are never taken for names.
    headers = headers_in(rows[:HEAD_ROWS], merges)
    candidates = [header for header in headers if not any(map(is_value, chain(*header.parts.values())))]
    if not candidates:
        return None
    best = max(
        candidates,
        key=lambda one: (count_kept(one), is_whole(one, rows, merges), count_recognised(one), one.has_hints),
    )
    if not (count_kept(best) or count_recognised(best)):
        best = max(candidates, key=count_plain)
    return SheetHead(name, kind, rows, merges, best, count_recognised(best), count_kept(best))
