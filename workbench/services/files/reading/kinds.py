"""The columns of each kind of file, and how their values are parsed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import (
    ApplicantKind,
    Carrier,
    CreditList,
    CreditMatch,
    Direction,
    DocumentKind,
    IdType,
    ImportKind,
    Language,
    Quality,
    ServiceClass,
)
from workbench.domain.values import moments, numbers, values
from workbench.domain.values.identifiers import uscc_valid
from workbench.services.files.reading.headers import value_names
from workbench.services.files.reading.sheets.cells import CellContent

NAME_LENGTH = 200
TEXT_LENGTH = 10_000
PATH_LENGTH = 1_000

Parse = Callable[..., Any]

RowValue = Mapping[str, Any]
"""The values of a row by field: texts, integers, booleans, dates, instants and codes; None for unknown ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """The type of a column: the parser of its texts, and which other cells of JSON or of a sheet it accepts.

    Attributes:
        types: The accepted JSON types besides text. An identifier accepts a float too, so that its parser can say that
            digits were lost.
        content: What the column contains, which decides how the cells of a sheet are converted.
        blank: The value of an empty cell.
        is_local: Whether its values are parsed with the time zone.
        section: The section of the file of names that has other names of `codes`.
        codes: The codes of a column of choices.
    """

    parse: Parse
    types: frozenset[type] = frozenset({int})
    content: CellContent = CellContent.ANYTHING
    blank: Any = None
    is_local: bool = False
    section: str = ""
    codes: type[StrEnum] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: the field that it fills, the parser of its texts, and which other cells it accepts."""

    name: str
    field: str
    parse: Parse
    types: frozenset[type]
    content: CellContent


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """The specification of a kind of file: its columns by name, and how their values are completed to a row.

    Attributes:
        required: Sets of columns; of each set, one must have a value.
        blank: The row of a record without values.
        same_as: For a field that has no value, the field whose value it gets.
    """

    columns: Mapping[str, Column]
    required: tuple[frozenset[str], ...]
    blank: RowValue
    same_as: Mapping[str, str]


_NUMERIC = frozenset({int, float})

NAME = ColumnType(parse=partial(values.parse_text, limit=NAME_LENGTH), blank="")
TEXT = ColumnType(parse=partial(values.parse_text, limit=TEXT_LENGTH), blank="")
CODE = ColumnType(parse=partial(values.parse_code, limit=NAME_LENGTH), blank="")
IDENTIFIER = ColumnType(parse=numbers.parse_identifier, types=_NUMERIC, blank="")
USCC = ColumnType(parse=partial(numbers.parse_identifier, checks=(uscc_valid,)), types=_NUMERIC, blank="")
ID_NUMBER = ColumnType(
    parse=partial(numbers.parse_identifier, checks=(numbers.has_ric_check_digit,)), types=_NUMERIC, blank=""
)
PHONE = ColumnType(parse=numbers.parse_phone, content=CellContent.PHONES, types=_NUMERIC, blank="")
PHONES = ColumnType(parse=numbers.parse_phones, content=CellContent.PHONES, types=_NUMERIC | {list}, blank="")
QUANTITY = ColumnType(parse=values.parse_quantity, types=_NUMERIC)
MONEY = ColumnType(parse=values.parse_money_fen, types=_NUMERIC)
FLAG = ColumnType(parse=values.parse_flag, content=CellContent.FLAGS, types=frozenset({int, bool}))
DAY = ColumnType(parse=moments.parse_day, content=CellContent.DAYS, types=_NUMERIC)
VALID_TO = ColumnType(parse=moments.parse_day_or_long_term, content=CellContent.DAYS, types=_NUMERIC)
INSTANT = ColumnType(parse=moments.parse_instant, content=CellContent.INSTANTS, types=_NUMERIC, is_local=True)
INSTANT_OR_DAY = ColumnType(
    parse=moments.parse_instant_or_day, content=CellContent.INSTANTS, types=_NUMERIC, is_local=True
)
PATH = ColumnType(parse=partial(values.parse_relative_path, limit=PATH_LENGTH), blank="")
SHA256 = ColumnType(parse=values.parse_sha256, blank="")


def _choice(section: str, codes: type[StrEnum]) -> ColumnType:
    """Return the type of a column with codes, whose other names are in a section of the file of names."""
    return ColumnType(parse=values.parse_choice, section=section, codes=codes, blank="")


# The columns of each kind; a name that ends in `*` is required.
COLUMN_TYPES: Mapping[ImportKind, Mapping[str, ColumnType]] = {
    ImportKind.APPLICATIONS: {
        "agent": NAME,
        "application_no*": CODE,
        "submitted_at*": INSTANT_OR_DAY,
        "received_at": INSTANT_OR_DAY,
        "first_reviewed_on": DAY,
        "card_type": NAME,
        "applicant_kind*": _choice("applicant_kind", ApplicantKind),
        "applicant_name*": NAME,
        "uscc": USCC,
        "registered_capital_cny": MONEY,
        "licence_valid_to": VALID_TO,
        "business_scope": TEXT,
        "province": NAME,
        "legal_rep_name": NAME,
        "legal_rep_id_no": ID_NUMBER,
        "legal_rep_id_type": _choice("id_type", IdType),
        "handler_name*": NAME,
        "handler_id_no*": ID_NUMBER,
        "handler_id_type": _choice("id_type", IdType),
        "handler_id_issued_on": DAY,
        "handler_id_valid_to": VALID_TO,
        "contact_phone": PHONE,
        "industry": NAME,
        "stated_use": TEXT,
        "call_script": TEXT,
        "consent_source": TEXT,
        "service_class": _choice("service_class", ServiceClass),
        "language": _choice("language", Language),
        "msisdns": PHONES,
    },
    ImportKind.CARDS: {
        "agent": NAME,
        "application_no*": CODE,
        "msisdn*": PHONE,
        "iccid": IDENTIFIER,
        "carrier": _choice("carrier", Carrier),
        "brand": NAME,
        "activated_on": DAY,
        "daily_quota_calls": QUANTITY,
        "actual_user_name": NAME,
        "service_ended_on": DAY,
    },
    ImportKind.DOCUMENTS: {
        "agent": NAME,
        "application_no*": CODE,
        "kind*": _choice("document_kind", DocumentKind),
        "path": PATH,
        "sha256": SHA256,
        "received_at": INSTANT_OR_DAY,
        "issued_on": DAY,
        "valid_to": VALID_TO,
        "sealed": FLAG,
        "quality": _choice("quality", Quality),
    },
    ImportKind.CALLS: {
        "caller*": PHONE,
        "callee*": PHONE,
        "start_at*": INSTANT,
        "duration_s*": QUANTITY,
        "answered": FLAG,
        "direction": _choice("direction", Direction),
        "imei": IDENTIFIER,
    },
    ImportKind.OPTOUTS: {"callee*": PHONE, "since*": INSTANT_OR_DAY, "msisdn": PHONE},
    ImportKind.CREDIT: {
        "subject_no*": IDENTIFIER,
        "list*": _choice("credit_list", CreditList),
        "match": _choice("credit_match", CreditMatch),
        "listed_on": DAY,
        "checked_on": DAY,
        "amount_cny": MONEY,
        "overdue_days": QUANTITY,
        "disputed": FLAG,
        "reference": CODE,
    },
    ImportKind.COMPLAINTS: {
        "msisdn*": PHONE,
        "received_at*": INSTANT_OR_DAY,
        "source": NAME,
        "verified": FLAG,
        "summary": TEXT,
    },
    ImportKind.APPEALS: {"agent": NAME, "application_no*": CODE, "grounds*": TEXT, "received_at": INSTANT_OR_DAY},
}


_BLANK: Mapping[ImportKind, RowValue] = {
    ImportKind.APPLICATIONS: {"language": Language.ZH.value},
    ImportKind.CALLS: {"direction": Direction.OUT.value},
    # A match by number is exact by default.
    ImportKind.CREDIT: {"match": CreditMatch.EXACT.value, "disputed": False},
    ImportKind.COMPLAINTS: {"verified": False},
}
"""The values of empty cells that differ from `ColumnType.blank`."""

_RENAMED_FIELDS = {"registered_capital_cny": "registered_capital_fen", "amount_cny": "amount_fen"}
"""The fields whose names differ from those of their columns."""

RENAMED_COLUMNS = {field: column for column, field in _RENAMED_FIELDS.items()}
"""The columns of the renamed fields, by field."""

_PAST = frozenset({"submitted_at", "received_at", "start_at", "checked_on", "listed_on", "activated_on"})
"""The columns of times that must not be in the future."""


def blank_row(kind: ImportKind) -> dict[str, Any]:
    """Return the row of a record whose cells are all empty."""
    types_by_name = {starred.removesuffix("*"): column_type for starred, column_type in COLUMN_TYPES[kind].items()}
    blank = {_RENAMED_FIELDS.get(name, name): column_type.blank for name, column_type in types_by_name.items()}
    return {**blank, **_BLANK.get(kind, {})}


def kind_spec(
    kind: ImportKind,
    zone: ZoneInfo,
    agent: str = "",
    now: datetime | None = None,
    document_names: Mapping[str, DocumentKind] = MappingProxyType({}),
) -> KindSpec:
    """Return the specification of a kind of file.

    Args:
        kind: The kind of file.
        zone: The time zone of instants without one.
        agent: The agent of rows that name none.
        now: The time of the import; past events must not be later. None allows any time.
        document_names: The folded names that the policy gives to kinds of documents.
    """
    columns: dict[str, Column] = {}
    required: list[frozenset[str]] = []
    for starred, column_type in COLUMN_TYPES[kind].items():
        name = starred.removesuffix("*")
        if starred.endswith("*"):
            required.append(frozenset({name}))
        columns[name] = Column(
            name=name,
            field=_RENAMED_FIELDS.get(name, name),
            parse=_bound(column_type, zone, now if name in _PAST else None, document_names),
            types=column_type.types,
            content=column_type.content,
        )
    if kind is ImportKind.DOCUMENTS:
        required.append(frozenset({"path", "sha256"}))
    blank = blank_row(kind)
    if "agent" in blank:
        blank["agent"] = agent
    return KindSpec(
        columns=columns,
        required=tuple(required),
        blank=blank,
        # By default, an application was received when it was submitted.
        same_as={"received_at": "submitted_at"} if kind is ImportKind.APPLICATIONS else {},
    )


def _bound(column: ColumnType, zone: ZoneInfo, now: datetime | None, policy_names: Mapping[str, DocumentKind]) -> Parse:
    """Return a parser that needs only the text as argument."""
    if column.codes is not None:
        codes_by_name = value_names(column.section, column.codes)
        if column.codes is DocumentKind:
            # A code keeps its meaning, whatever the policy calls the documents.
            codes_by_name |= {**policy_names, **{code.value: code for code in column.codes}}
        return partial(column.parse, names={name: code.value for name, code in codes_by_name.items()})
    parse = partial(column.parse, zone=zone) if column.is_local else column.parse
    if now is None:
        return parse
    latest = now.astimezone(zone) + moments.FUTURE_TOLERANCE
    return partial(moments.parse_past_moment, parse=parse, latest=latest if column.is_local else latest.date())
