"""What the words in a header probably mean, beyond the names that an import knows."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

from db.enums import ImportKind
from workbench.services.reading.headers import COLUMNS_FILE, column_names, normalised
from workbench.services.reseller_sheets.conversions import FACTORS

_WORDS_FILE = COLUMNS_FILE.with_name("sheet_words.toml")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_UNIT_ALONE = re.compile(r"[(\[:](千|万|百万|亿)[)\]]?$")
_GROUP = re.compile(r"(?:基本)?(?:信息|资料|情况)$")
_OTHER_PEOPLE = ("法", "负责", "legal", "Legal", "股东")
_COUNTED = re.compile(r"[0-9一二三四五]{1,2}$")
_NUMBERED = re.compile(r"^\d{1,2}[.、]")


@cache
def sheet_words() -> dict[str, Any]:
    """Return the file of words."""
    with _WORDS_FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def words_of(name: str) -> frozenset[str]:
    """Return the words under one name, normalised."""
    return frozenset(map(normalised, sheet_words()["words"][name]))


@cache
def _weaker_words(kind: ImportKind) -> Mapping[str, str]:
    found = sheet_words()["columns"].get(kind.value, {})
    return {normalised(word): column for column, words in found.items() for word in words}


class Clarity(Enum):
    """How clear a name is, clearest first: an import knows it, it is a usual word, or one that may mean two things."""

    NAME = 1
    WORD = 2
    UNCLEAR = 3


def meaning_of(parts: Sequence[str], kind: ImportKind) -> tuple[str, Clarity]:
    """Return the column that names in levels mean, '' if none is known, and how clear that is."""
    strong, weak = column_names(kind), _weaker_words(kind)
    groups, lowest = [_GROUP.sub("", part) for part in parts[:-1]], parts[-1]
    whole = ("".join((*groups, lowest)), "".join(parts[-2:]))
    together = [spelling for name in whole for spelling in _spellings(name)]
    alone = _spellings(lowest) if groups else []
    for spelling in (*together, *alone):
        if found := strong.meaning(spelling):
            return found, Clarity.NAME
    # 身份证 alone is that of the handler, but not below 法定代表人.
    is_of_another = any(group.startswith(_OTHER_PEOPLE) for group in groups)
    tried = together if is_of_another else (*together, *alone)
    spelling = next((key for spelling in tried if (key := normalised(spelling)) in weak), "")
    return weak.get(spelling, ""), Clarity.UNCLEAR if spelling in words_of("numbers") else Clarity.WORD


def is_ignorable(parts: Sequence[str], kind: ImportKind) -> bool:
    """Say whether names in levels are of a column that nobody imports, or that belongs to the applications."""
    ignorable = words_of("ignored")
    if any(normalised(spelling) in ignorable for spelling in _spellings(parts[-1])):
        return True
    return kind is not ImportKind.APPLICATIONS and bool(meaning_of(parts, ImportKind.APPLICATIONS)[0])


def unit_in(name: str) -> str | None:
    """Return the unit of amounts that a name tells, such as 注册资本(万元)."""
    told = [unit for unit in FACTORS if unit in name]
    return max(told, key=len, default=next((f"{found[1]}元" for found in _UNIT_ALONE.finditer(name)), None))


def uncounted(name: str) -> str:
    """Return a name without a number behind, such as 号码 for 号码2."""
    return _COUNTED.sub("", name)


def _spellings(name: str) -> list[str]:
    """Return a name, and the name without brackets, units, and numbers in front or behind."""
    plain = _NUMBERED.sub("", _BRACKETS.sub("", name)).strip("*: ")
    unit = unit_in(plain)
    return list(dict.fromkeys((name, plain, plain.removesuffix(unit or ""), uncounted(plain))))
