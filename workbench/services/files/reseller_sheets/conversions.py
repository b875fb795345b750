"""Converts values of resellers' sheets to the form that an import accepts: amounts in 万元, dates, several numbers."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.values import FLAGS, SHORT_LENGTH, folded_word
from workbench.i18n import _, sentences_joined
from workbench.services.files.reading import kinds

Unit = Literal["?", "元", "千元", "万元", "百万元", "亿元"]
"""A unit of amounts; `?` if a person still has to decide."""

Order = Literal["ymd", "dmy", "mdy"]
"""The order of year, month and day in a date."""

FACTORS: Mapping[str, int] = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""The yuan in each unit."""

_AMOUNT = re.compile(
    r"(?:人民币|rmb|cny|¥)?\s*([\d,]+(?:\.\d+)?)\s*(千|百万|万|亿)?\s*元?\s*(?:整|人民币|rmb|cny)?", re.IGNORECASE
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(.*)")
_DAY = r"\d{4}[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?"
_LONG_TERM_WORDS = frozenset({"长期", "长期有效", "永久", "永久有效", "长久", "无固定期限"})
_SPAN = re.compile(rf"{_DAY}\s*(?:至|到|~|--?|[—–]+)\s*({_DAY}|{'|'.join(_LONG_TERM_WORDS)})")
_COUNT = re.compile(r"(\d+)\s*[次个张天通条人]")
_TO = re.compile(r"(?<=\d{11})\s*(?:至|到|~|--?|[—–]+)\s*(?=\d)")
_RANGE = re.compile(r"((?:\+?86)?1\d{10})-(\d+)")
_MOST_OF_A_RANGE = 1_000
_BETWEEN = re.compile(r"[\s/|;,、]+")
_WHOLE_NUMBER = re.compile(r"(?:\+?86)?1\d{10}(?:\d{2})?|0\d{2,3}-?\d{7,8}")
_YES = {**FLAGS, **dict.fromkeys("√✓✔☑有", True), **dict.fromkeys("×✗✘☒无", False)}
_DATES = (kinds.DAY, kinds.INSTANT_OR_DAY, kinds.VALID_TO)
_IDENTIFYING = (kinds.CODE, kinds.IDENTIFIER, kinds.USCC, kinds.ID_NUMBER, kinds.PHONE, kinds.PHONES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """The rule of a map for a column.

    Attributes:
        means: The column of the import that it is.
        unit: The unit of amounts that do not name one.
        order: The order of dates that end with the year.
        values: Words of the sheet with their codes.
    """

    means: str
    unit: Unit | None = None
    order: Order | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def parse_converted(raw: str, column_type: kinds.ColumnType, rule: ColumnRule, parse: kinds.Parse) -> Any:
    """Convert a cell and parse the result.

    A text that cannot be converted is parsed unchanged, so that the parser words the error.

    Raises:
        BadValue: If the result is not valid; for a word and for an unclear date, the message names the key of the map.
    """
    try:
        return parse(import_text(raw, column_type, rule))
    except BadValue as error:
        remedy = ""
        if column_type.codes is not None:
            remedy = _("Or give the word a code in the map, under `values` of this column.")
        elif column_type in _DATES and rule.order in {None, "ymd"} and _YEAR_LAST.fullmatch(raw.strip()):
            remedy = _('Or name the order of the dates in the map: order = "dmy" or "mdy" for this column.')
        if remedy:
            error.outlined = sentences_joined((error.outlined, remedy))
        raise


def import_text(raw: str, column_type: kinds.ColumnType, rule: ColumnRule) -> str:
    """Return the text of a cell in the form that the parser of its column accepts."""
    if rule.values and (code := _code_of_word(raw, rule.values)) is not None:
        return code
    text = raw
    if len(raw) > SHORT_LENGTH and column_type is not kinds.PHONES:
        return raw
    if column_type is kinds.MONEY:
        text = _amount(raw, rule.unit)
    elif column_type in _DATES:
        text = _date(raw, rule.order, is_end=column_type is kinds.VALID_TO)
    elif column_type is kinds.QUANTITY:
        found = _COUNT.fullmatch(unicodedata.normalize("NFKC", raw).strip())
        text = found[1] if found else raw
    elif column_type is kinds.FLAG:
        text = _flag(raw)
    elif column_type in _IDENTIFYING:
        # In a spreadsheet, an apostrophe before a number makes the cell a text.
        plain = raw.strip().lstrip("'’‘`").strip()
        text = _numbers(plain) if column_type is kinds.PHONES else plain
    return text


def _flag(raw: str) -> str:
    is_yes = _YES.get(folded_word(raw))
    if is_yes is None:
        return raw
    return "yes" if is_yes else "no"


def _code_of_word(raw: str, words: Mapping[str, str]) -> str | None:
    folded = folded_word(raw)
    return next((code for word, code in words.items() if folded_word(word) == folded), None)


def _amount(raw: str, unit: str | None) -> str:
    """Return an amount in yuan; a unit in the cell takes precedence over that of the column."""
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if found is None:
        return raw
    amount, multiple = found.groups(default="")
    if not multiple and unit is None:
        return str(amount)
    unit_in_cell = f"{multiple}元" if multiple or "元" in raw else ""
    yuan = Decimal(amount.replace(",", "")) * FACTORS[unit_in_cell or str(unit)]
    return str(int(yuan)) if yuan == int(yuan) else format(yuan.normalize(), "f")


def _date(raw: str, order: Order | None, *, is_end: bool) -> str:
    """Return a date with the year first; if `is_end`, the text may be a period, and its last day is returned."""
    plain = unicodedata.normalize("NFKC", raw).strip()
    if is_end:
        span = _SPAN.fullmatch(plain)
        plain = span[1] if span else plain
        plain = "长期" if plain in _LONG_TERM_WORDS else plain
    if order is None or order == "ymd":
        return plain
    found = _YEAR_LAST.fullmatch(plain)
    if found is None:
        return plain
    first, _mark, second, year, rest = found.groups()
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{year}-{month}-{day}{rest}"


def _numbers(raw: str) -> str:
    """Return phone numbers separated by `;`, if each part is a complete number or a range of numbers.

    Raises:
        BadValue: If a range is not clear. Without its dash, it would be read as one long number.
    """
    plain = _TO.sub("-", unicodedata.normalize("NFKC", raw).strip())
    parts = [part for part in _BETWEEN.split(plain) if part]
    numbers = [number for part in parts for number in _of_range(part)]
    return ";".join(numbers) if all(map(_WHOLE_NUMBER.fullmatch, numbers)) else raw


def _of_range(part: str) -> list[str]:
    """Return the numbers of a range such as 17100000001-17100000010, or the part if it is not a range."""
    found = _RANGE.fullmatch(part)
    if found is None:
        return [part]
    first, last = int(found[1]), int(found[2])
    if len(found[1]) != len(found[2]) or not first <= last < first + _MOST_OF_A_RANGE:
        message = _("“{value}” is a range of numbers that is not clear; write each number.")
        raise BadValue(message, part)
    return [str(number) for number in range(first, last + 1)]
