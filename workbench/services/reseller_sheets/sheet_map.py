"""What the columns of a reseller's sheet mean: a TOML file that is written once and kept for each agent."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.findings.policy_checks import PolicyFault
from workbench.domain.values.bad_value import BadValue
from workbench.i18n import _, comma_joined
from workbench.services.policy.reader import parse_table
from workbench.services.reading.headers import ColumnNames, column_names, nearest, normalised
from workbench.services.reading.kinds import (
    COLUMN_TYPES,
    DAY,
    INSTANT_OR_DAY,
    MONEY,
    PHONES,
    VALID_TO,
    ColumnType,
    KindSpec,
    Parse,
    spec,
)
from workbench.services.reseller_sheets.conversions import Order, Unit, convert
from workbench.toml_lines import KeyPath

UNDECIDED = "?"
"""What a proposal says where a person has to decide."""

MAPPED_KINDS = frozenset(COLUMN_TYPES) - {ImportKind.CALLS}

HANDED_IN = (ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS)
"""The kinds that a workbook of a reseller may hold."""

_DATES = (DAY, VALID_TO, INSTANT_OR_DAY)
_KEY = "application_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """One column of a sheet: what it means, the unit of its amounts, the order of its dates, and words of its own."""

    means: str
    unit: Unit | None = None
    order: Order | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRules:
    """Which rows are no records, and which belong together.

    A row with one of `totals` in a cell, or that begins with one of `notes`, is skipped. Cells with one of `empty` are
    empty. With `continued`, a row that repeats or leaves out the application number belongs to the record above, and
    its numbers too. Blank cells of the columns in `fill_down` have the value above.
    """

    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    continued: bool = False
    fill_down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTable:
    """The content of a map; `sheets` are names or patterns such as `*月`, none for the usual sheet."""

    kind: ImportKind
    columns: Mapping[str, ColumnRule]
    agent: str = ""
    sheets: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    rows: RowRules = field(default_factory=RowRules)


@dataclass(frozen=True)
class SheetMap:
    """A checked map: its name, its check value, and its content. It is the layout of the sheets that fit it."""

    name: str
    sha256: str
    table: MapTable

    @cached_property
    def rules(self) -> Mapping[str, ColumnRule]:
        """The rules of the columns by their normalised names."""
        return {normalised(name): rule for name, rule in self.table.columns.items()}

    @cached_property
    def known(self) -> ColumnNames:
        """What the columns mean."""
        meanings = {name: rule.means for name, rule in self.rules.items()}
        return ColumnNames(meanings, column_names(self.table.kind).chinese)

    def adapted(self, usual: KindSpec) -> KindSpec:
        """Return how a kind of file is read in this layout: with conversions before each parser, and constants."""
        sorts = sorts_of(self.table.kind)
        columns = dict(usual.columns)
        for rule in self.table.columns.values():
            column = columns[rule.means]
            parse = partial(convert, sort=sorts[rule.means], rule=rule, parse=column.parse)
            columns[rule.means] = replace(column, parse=parse)
        constants = {
            usual.columns[name].field: usual.columns[name].parse(text) for name, text in self.table.constants.items()
        }
        required = tuple(names for names in usual.required if names.isdisjoint(self.table.constants))
        return replace(usual, columns=columns, required=required, blank={**usual.blank, **constants})


def sorts_of(kind: ImportKind) -> Mapping[str, ColumnType]:
    """Return the sorts of the columns of a kind by their names."""
    return {name.removesuffix("*"): sort for name, sort in COLUMN_TYPES[kind].items()}


def parsed(kind: ImportKind, name: str, text: str) -> Any:
    """Return the value that a column has for all rows.

    Raises:
        BadValue: If it is not one of the column's, or if each row needs its own.
    """
    if name == _KEY:
        message = _("Each row needs its own {column}; add a column to the sheet.")
        raise BadValue(message.format(column=column_names(kind).shown(name)))
    return spec(kind, ZoneInfo("UTC")).columns[name].parse(text)


def parse_map(text: str, name: str, kind: ImportKind, file: str) -> SheetMap:
    """Return the map of a kind in a TOML text; errors call it by the name of its file.

    Raises:
        BadConfiguration: If it is not TOML, or something in it is wrong or undecided; the sentences name line and key.
    """
    table = parse_table(text, file, MapTable, _written_out, partial(_faults, kind))
    return SheetMap(name, hashlib.sha256(text.encode()).hexdigest(), table)


def _written_out(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a map with a table for each column; a text stands for what the column means."""
    columns = values.get("columns")
    if not isinstance(columns, dict):
        return values
    tables = {name: {"means": rule} if isinstance(rule, str) else rule for name, rule in columns.items()}
    return {**values, "columns": tables}


def _faults(kind: ImportKind, table: MapTable) -> Iterator[PolicyFault]:
    if table.kind is not kind:
        yield PolicyFault(("kind",), _("the name of the file says {kind}").format(kind=kind.value))
        return
    usual = spec(table.kind, ZoneInfo("UTC"))
    yield from _column_faults(table, usual)
    yield from _constant_faults(table, usual)
    there = {rule.means for rule in table.columns.values()} | set(table.constants)
    for choices in usual.required:
        if choices.isdisjoint(there) and UNDECIDED not in there:
            wanted = _(" or ").join(sorted(choices))
            message = _("no column means {column}, which is required; name one, or give it under constants")
            if _KEY in choices:
                message = _("no column means {column}, which is required; name one, or add it to the sheet")
            yield PolicyFault(("columns",), message.format(column=wanted))
    for place, name in enumerate(table.rows.fill_down):
        if name not in table.columns:
            yield PolicyFault(("rows", "fill_down", place), _("“{name}” is no column of this map").format(name=name))
    if table.rows.continued and (table.kind is not ImportKind.APPLICATIONS or _KEY not in there):
        message = _("only rows of applications with an application_no can be continued")
        yield PolicyFault(("rows", "continued"), message)


def _column_faults(table: MapTable, usual: KindSpec) -> Iterator[PolicyFault]:
    first: dict[str, str] = {}
    sorts = sorts_of(table.kind)
    ignored = set(map(normalised, table.ignored))
    for name, rule in table.columns.items():
        path = ("columns", name)
        if rule.means == UNDECIDED:
            message = _("nobody has decided what “{name}” means; write a column, or move it to ignored")
            yield PolicyFault(path, message.format(name=name))
        elif rule.means not in usual.columns:
            yield PolicyFault(path, _unknown(rule.means, table.kind))
        elif rule.means in first and sorts[rule.means] is not PHONES:
            message = _("“{first}” and “{second}” both mean {column}; move one to ignored")
            yield PolicyFault(path, message.format(first=first[rule.means], second=name, column=rule.means))
        else:
            yield from _rule_faults(path, rule, sorts[rule.means], usual)
        if normalised(name) in ignored:
            yield PolicyFault(path, _("“{name}” is among ignored too; remove it there").format(name=name))
        first.setdefault(rule.means, name)


def _rule_faults(path: tuple[str, str], rule: ColumnRule, sort: ColumnType, usual: KindSpec) -> Iterator[PolicyFault]:
    if rule.unit is not None and sort is not MONEY:
        yield PolicyFault((*path, "unit"), _("only amounts of money have a unit; remove it"))
    if rule.unit == UNDECIDED:
        yield PolicyFault((*path, "unit"), _("nobody has decided the unit; write 元 or 万元"))
    if rule.order is not None and sort not in _DATES:
        yield PolicyFault((*path, "order"), _("only dates have an order; remove it"))
    for word, code in rule.values.items():
        yield from _value_faults((*path, "values", word), usual.columns[rule.means].parse, code)


def _constant_faults(table: MapTable, usual: KindSpec) -> Iterator[PolicyFault]:
    means = {rule.means: name for name, rule in table.columns.items()}
    for name, text in table.constants.items():
        path = ("constants", name)
        if name not in usual.columns:
            yield PolicyFault(path, _unknown(name, table.kind))
            continue
        yield from _value_faults(path, partial(parsed, table.kind, name), text)
        if name in means:
            message = _("the column “{column}” means this already; remove one")
            yield PolicyFault(path, message.format(column=means[name]))


def _value_faults(path: KeyPath, parse: Parse, text: str) -> Iterator[PolicyFault]:
    if text == UNDECIDED:
        yield PolicyFault(path, _("nobody has decided the value; write it"))
        return
    try:
        parse(text)
    except BadValue as error:
        yield PolicyFault(path, str(error).rstrip(".。"))


def _unknown(name: str, kind: ImportKind) -> str:
    """Return the advice on a column that no import knows."""
    near: Sequence[str] = [column for column in nearest(name, column_names(kind).meanings) if column]
    if near:
        return _("unknown column “{name}”; perhaps “{near}” is meant").format(name=name, near=near[0])
    return _("unknown column “{name}”; use one of: {known}").format(name=name, known=comma_joined(sorts_of(kind)))
