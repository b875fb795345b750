"""Recognises columns by the usual words in their headers, besides the names that an import knows."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

from db.enums import ImportKind
from workbench.services.files.reading.headers import COLUMNS_FILE, column_names, normalised_name
from workbench.services.files.reseller_sheets.conversions import FACTORS

_WORDS_FILE = COLUMNS_FILE.with_name("sheet_words.toml")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_UNIT_ALONE = re.compile(r"[(\[:](千|万|百万|亿)[)\]]?$")
_GROUP = re.compile(r"(?:基本)?(?:信息|资料|情况)$")
_OTHER_PEOPLE = ("法", "负责", "legal", "Legal", "股东")
_COUNTED = re.compile(r"[0-9一二三四五]{1,2}$")
_NUMBERED = re.compile(r"^\d{1,2}[.、]")


@cache
def sheet_words() -> dict[str, Any]:
    """Return the content of the file with the usual words."""
    with _WORDS_FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the normalised words in one list of the file."""
    return frozenset(map(normalised_name, sheet_words()["words"][name]))


@cache
def _usual_words(kind: ImportKind) -> Mapping[str, str]:
    words_by_column = sheet_words()["columns"].get(kind.value, {})
    return {normalised_name(word): column for column, words in words_by_column.items() for word in words}


class Clarity(Enum):
    """How clear a column name is: an import knows it, it is a usual word, or it may mean two things."""

    NAME = 1
    WORD = 2
    UNCLEAR = 3


def meaning_of(parts: Sequence[str], kind: ImportKind) -> tuple[str, Clarity]:
    """Return the column that a name in levels means ('' if unknown), and how clear the name is."""
    accepted_names, usual_words = column_names(kind), _usual_words(kind)
    groups, lowest = [_GROUP.sub("", part) for part in parts[:-1]], parts[-1]
    joined_names = ("".join((*groups, lowest)), "".join(parts[-2:]), " ".join((*groups, lowest)))
    together = [spelling for name in joined_names for spelling in _spellings(name)]
    alone = _spellings(lowest) if groups else []
    for spelling in (*together, *alone):
        if found := accepted_names.meaning(spelling):
            return found, Clarity.NAME
    # 身份证 alone means the ID number of the handler, but below 法定代表人 that of the legal representative.
    is_of_another = any(group.startswith(_OTHER_PEOPLE) for group in groups)
    candidates = together if is_of_another else (*together, *alone)
    word = next((word for word in map(normalised_name, candidates) if word in usual_words), "")
    clarity = Clarity.UNCLEAR if word in word_list("numbers") else Clarity.WORD
    return usual_words.get(word, ""), clarity


def is_ignorable(parts: Sequence[str], kind: ImportKind) -> bool:
    """Say whether a name in levels is of a column that is never imported, or one that belongs to the applications."""
    ignorable = word_list("ignored")
    if any(normalised_name(spelling) in ignorable for spelling in _spellings(parts[-1])):
        return True
    return kind is not ImportKind.APPLICATIONS and bool(meaning_of(parts, ImportKind.APPLICATIONS)[0])


def unit_in(name: str) -> str | None:
    """Return the unit of amounts in a name such as 注册资本(万元), None without one."""
    units = [unit for unit in FACTORS if unit in name]
    if units:
        return max(units, key=len)
    multiple = _UNIT_ALONE.search(name)
    return f"{multiple[1]}元" if multiple else None


def without_count(name: str) -> str:
    """Return a name without the number at its end, such as 号码 for 号码2."""
    return _COUNTED.sub("", name)


def _spellings(name: str) -> list[str]:
    """Return a name, and its variants without brackets, unit, and numbers at either end."""
    plain = _NUMBERED.sub("", _BRACKETS.sub("", name)).strip("*: ")
    unit = unit_in(plain)
    return list(dict.fromkeys((name, plain, plain.removesuffix(unit or ""), without_count(plain))))
