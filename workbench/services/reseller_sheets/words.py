"""What the words in a header probably mean, beyond the names that an import knows."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from db.enums import ImportKind
from workbench.services.reading.headers import COLUMNS_FILE, column_names, normalised
from workbench.services.reseller_sheets.conversions import FACTORS

_WORDS_FILE = COLUMNS_FILE.with_name("sheet_words.toml")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_UNIT_ALONE = re.compile(r"[(\[:](千|万|百万|亿)[)\]]?$")
_NUMBERED = re.compile(r"^\d{1,2}[.、]")


@cache
def sheet_words() -> dict[str, Any]:
    """Return the file of words."""
    with _WORDS_FILE.open("rb") as file:
        return tomllib.load(file)


def words_of(name: str) -> frozenset[str]:
    """Return the words under one name, normalised."""
    return frozenset(map(normalised, sheet_words()["words"][name]))


@cache
def _weaker_words(kind: ImportKind) -> Mapping[str, str]:
    found = sheet_words()["columns"].get(kind.value, {})
    return {normalised(word): column for column, words in found.items() for word in words}


def meaning_of(parts: Sequence[str], kind: ImportKind) -> tuple[str, bool]:
    """Return the column that names in levels mean, '' if none is known, and whether an import knows the name too."""
    strong, weak = column_names(kind), _weaker_words(kind)
    tried = [spelling for name in ("".join(parts), "".join(parts[-2:]), parts[-1]) for spelling in _spellings(name)]
    for spelling in tried:
        if found := strong.meaning(spelling):
            return found, True
    return next((weak[key] for spelling in tried if (key := normalised(spelling)) in weak), ""), False


def is_ignorable(parts: Sequence[str]) -> bool:
    """Say whether names in levels are of a column that nobody imports."""
    ignorable = words_of("ignored")
    return any(normalised(spelling) in ignorable for spelling in _spellings(parts[-1]))


def unit_in(name: str) -> str | None:
    """Return the unit of amounts that a name tells, such as 注册资本(万元)."""
    told = [unit for unit in FACTORS if unit in name]
    return max(told, key=len, default=next((f"{found[1]}元" for found in _UNIT_ALONE.finditer(name)), None))


def _spellings(name: str) -> list[str]:
    """Return a name, and the name without brackets, units and a number in front."""
    plain = _NUMBERED.sub("", _BRACKETS.sub("", name)).strip("*: ")
    unit = unit_in(plain)
    return [name, plain, *([plain.removesuffix(unit)] if unit else [])]
