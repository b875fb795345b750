"""Maps, which say what the columns of a reseller's sheets mean: TOML files, written once for each agent."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import DocumentKind, ImportKind
from workbench.domain.findings.policy_checks import PolicyFault
from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _, comma_joined
from workbench.services.files.reading import kinds
from workbench.services.files.reading.headers import ColumnNames, column_names, nearest_names, normalised_name
from workbench.services.files.reseller_sheets.conversions import ColumnRule, parse_converted
from workbench.services.policy.reader import parse_table
from workbench.settings.toml_lines import KeyPath

UNDECIDED = "?"
"""The value in a proposal if a person has to decide."""

MAPPED_KINDS = frozenset(kinds.COLUMN_TYPES) - {ImportKind.CALLS}

WORKBOOK_KINDS = (ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS)
"""The kinds of sheets that a workbook of a reseller may have."""

_DATES = (kinds.DAY, kinds.VALID_TO, kinds.INSTANT_OR_DAY)
_KEY = "application_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRules:
    """The rules for rows: which are not records, and which belong together.

    Attributes:
        totals: A row with one of these words in a cell is skipped.
        notes: A row that begins with one of these texts is skipped.
        empty: A cell with one of these texts is empty.
        continued: Whether a row that repeats or leaves out the application number adds its numbers to the record above.
        fill_down: The columns in which an empty cell has the value of the row above.
    """

    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    continued: bool = False
    fill_down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContent:
    """The content of a map; `sheets` are names or patterns such as `*月`, empty for the default sheet."""

    kind: ImportKind
    columns: Mapping[str, ColumnRule]
    agent: str = ""
    sheets: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    rows: RowRules = field(default_factory=RowRules)


@dataclass(frozen=True)
class SheetMap:
    """A valid map: its name, SHA-256 and content. It is the layout of the sheets that it is for."""

    name: str
    sha256: str
    content: MapContent

    @cached_property
    def rules(self) -> Mapping[str, ColumnRule]:
        """The rules of the columns by their normalised names."""
        return {normalised_name(name): rule for name, rule in self.content.columns.items()}

    @cached_property
    def column_names(self) -> ColumnNames:
        """The names of the sheet's columns, with their meanings."""
        meanings = {name: rule.means for name, rule in self.rules.items()}
        return ColumnNames(meanings, column_names(self.content.kind).chinese)

    def adapted(self, usual: kinds.KindSpec) -> kinds.KindSpec:
        """Return the specification of a kind with the conversions and constants of the map."""
        column_types = column_types_of(self.content.kind)
        columns = dict(usual.columns)
        for rule in self.content.columns.values():
            column = columns[rule.means]
            parse = partial(parse_converted, column_type=column_types[rule.means], rule=rule, parse=column.parse)
            columns[rule.means] = replace(column, parse=parse)
        constants = {
            usual.columns[name].field: usual.columns[name].parse(text) for name, text in self.content.constants.items()
        }
        required = tuple(names for names in usual.required if names.isdisjoint(self.content.constants))
        return replace(usual, columns=columns, required=required, blank={**usual.blank, **constants})


def column_types_of(kind: ImportKind) -> Mapping[str, kinds.ColumnType]:
    """Return the types of the columns of a kind by their names."""
    return {name.removesuffix("*"): column_type for name, column_type in kinds.COLUMN_TYPES[kind].items()}


def parse_constant(kind: ImportKind, usual: kinds.KindSpec, name: str, text: str) -> Any:
    """Parse the value that a column has for all rows.

    Raises:
        BadValue: If it is not valid for the column, or if each row needs its own value.
    """
    if name == _KEY:
        message = _("Each row needs its own {column}; add a column to the sheet.")
        raise BadValue(message.format(column=column_names(kind).shown(name)))
    return usual.columns[name].parse(text)


def parse_map(
    text: str, name: str, kind: ImportKind, file: str, document_names: Mapping[str, DocumentKind]
) -> SheetMap:
    """Parse the map of a kind from a TOML text.

    Args:
        text: The TOML text.
        name: The name of the map.
        kind: The kind.
        file: The name of the file in errors.
        document_names: The folded names that the policy gives to kinds of documents.

    Raises:
        BadConfiguration: If it is not TOML, or has errors or undecided values; the message names their lines and keys.
    """
    content = parse_table(text, file, MapContent, _expanded, partial(_faults, kind, document_names))
    return SheetMap(name, hashlib.sha256(text.encode()).hexdigest(), content)


def parse_kept(text: str, file: str) -> MapContent:
    """Parse a proposal that was kept in a file; it may be undecided.

    Raises:
        BadConfiguration: If it is not TOML or has unknown keys; the message names their lines.
    """
    return parse_table(text, file, MapContent, _expanded)


def _expanded(values: dict[str, Any]) -> dict[str, Any]:
    """Expand the short form of columns: a text, which is the meaning, becomes a table."""
    columns = values.get("columns")
    if not isinstance(columns, dict):
        return values
    tables = {name: {"means": rule} if isinstance(rule, str) else rule for name, rule in columns.items()}
    return {**values, "columns": tables}


def _faults(kind: ImportKind, document_names: Mapping[str, DocumentKind], content: MapContent) -> Iterator[PolicyFault]:
    if content.kind is not kind:
        yield PolicyFault(("kind",), _("the name of the file says {kind}").format(kind=kind.value))
        return
    usual = kinds.kind_spec(content.kind, ZoneInfo("UTC"), document_names=document_names)
    yield from _column_faults(content, usual)
    yield from _constant_faults(content, usual)
    present = {rule.means for rule in content.columns.values()} | set(content.constants)
    for choices in usual.required:
        if choices.isdisjoint(present) and UNDECIDED not in present:
            columns = _(" or ").join(sorted(choices))
            message = _("no column means {column}, which is required; name one, or give it under constants")
            if _KEY in choices:
                message = _("no column means {column}, which is required; name one, or add it to the sheet")
            yield PolicyFault(("columns",), message.format(column=columns))
    for index, name in enumerate(content.rows.fill_down):
        if name not in content.columns:
            yield PolicyFault(("rows", "fill_down", index), _("“{name}” is no column of this map").format(name=name))
    if content.rows.continued and (content.kind is not ImportKind.APPLICATIONS or _KEY not in present):
        message = _("only rows of applications with an application_no can be continued")
        yield PolicyFault(("rows", "continued"), message)


def _column_faults(content: MapContent, usual: kinds.KindSpec) -> Iterator[PolicyFault]:
    first_by_meaning: dict[str, str] = {}
    column_types = column_types_of(content.kind)
    ignored = set(map(normalised_name, content.ignored))
    for name, rule in content.columns.items():
        path = ("columns", name)
        if rule.means == UNDECIDED:
            message = _("nobody has decided what “{name}” means; write a column, or move it to ignored")
            yield PolicyFault(path, message.format(name=name))
        elif rule.means not in usual.columns:
            yield PolicyFault(path, _unknown(rule.means, content.kind))
        elif rule.means in first_by_meaning and column_types[rule.means] is not kinds.PHONES:
            message = _("“{first}” and “{second}” both mean {column}; move one to ignored")
            yield PolicyFault(path, message.format(first=first_by_meaning[rule.means], second=name, column=rule.means))
        else:
            yield from _rule_faults(path, rule, column_types[rule.means], usual)
        if normalised_name(name) in ignored:
            yield PolicyFault(path, _("“{name}” is among ignored too; remove it there").format(name=name))
        first_by_meaning.setdefault(rule.means, name)


def _rule_faults(
    path: tuple[str, str], rule: ColumnRule, column_type: kinds.ColumnType, usual: kinds.KindSpec
) -> Iterator[PolicyFault]:
    if rule.unit is not None and column_type is not kinds.MONEY:
        yield PolicyFault((*path, "unit"), _("only amounts of money have a unit; remove it"))
    if rule.unit == UNDECIDED:
        yield PolicyFault((*path, "unit"), _("nobody has decided the unit; write 元 or 万元"))
    if rule.order is not None and column_type not in _DATES:
        yield PolicyFault((*path, "order"), _("only dates have an order; remove it"))
    for word, code in rule.values.items():
        yield from _value_faults((*path, "values", word), usual.columns[rule.means].parse, code)


def _constant_faults(content: MapContent, usual: kinds.KindSpec) -> Iterator[PolicyFault]:
    column_by_meaning = {rule.means: name for name, rule in content.columns.items()}
    for name, text in content.constants.items():
        path = ("constants", name)
        if name not in usual.columns:
            yield PolicyFault(path, _unknown(name, content.kind))
            continue
        yield from _value_faults(path, partial(parse_constant, content.kind, usual, name), text)
        if name in column_by_meaning:
            message = _("the column “{column}” means this already; remove one")
            yield PolicyFault(path, message.format(column=column_by_meaning[name]))


def _value_faults(path: KeyPath, parse: kinds.Parse, text: str) -> Iterator[PolicyFault]:
    try:
        parse(text)
    except BadValue as error:
        # Of a list, the error names the values.
        yield PolicyFault(path, str(error).rstrip(".。"))
    else:
        if text == UNDECIDED:
            yield PolicyFault(path, _("nobody has decided the value; write it"))


def _unknown(name: str, kind: ImportKind) -> str:
    """Return the message about a column that no import knows."""
    near: Sequence[str] = [column for column in nearest_names(name, column_names(kind).meanings) if column]
    if near:
        return _("unknown column “{name}”; perhaps “{near}” is meant").format(name=name, near=near[0])
    return _("unknown column “{name}”; use one of: {known}").format(
        name=name, known=comma_joined(column_types_of(kind))
    )
