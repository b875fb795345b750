"""Number formats of cells: whether they show a date, a time, or leading zeros."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How a number is shown: as a date, as a time, or with leading zeros up to `digits` digits."""

    is_date: bool = False
    has_time: bool = False
    digits: int = 0


PLAIN = NumberFormat()
_DATE = NumberFormat(is_date=True)
_TIME = NumberFormat(has_time=True)
_BOTH = NumberFormat(is_date=True, has_time=True)

# Formats without a code, by their numbers; those from 27 on exist in Chinese spreadsheets.
# Source: ECMA-376 part 1, section 18.8.30.
_BUILT_IN = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, 50, 51, 52, 53, 54, 57, 58), _DATE),
    **dict.fromkeys((*range(18, 22), *range(32, 36), *range(45, 48), 55, 56), _TIME),
    22: _BOTH,
}
_QUOTED = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)
_AM_PM = re.compile(r"AM/PM|A/P|上午/下午", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,30}")
_LONGEST_CODE = 255


def number_format_of(number: int, code: str | None) -> NumberFormat:
    """Return what a number format shows, by its code or, if it has none, by its number."""
    if code is None:
        return _BUILT_IN.get(number, PLAIN)
    if len(code) > _LONGEST_CODE or code.casefold() == "general":
        return PLAIN
    bare = _BRACKETED.sub("", _QUOTED.sub("", code)).partition(";")[0]
    if _ZEROS.fullmatch(bare.strip()):
        return NumberFormat(digits=len(bare.strip()))
    without_am_pm = _AM_PM.sub("", bare)
    letters = set(without_am_pm.casefold())
    has_time = bool(letters & set("hs")) or without_am_pm != bare
    is_date = bool(letters & set("yd")) or ("m" in letters and not has_time)
    return NumberFormat(is_date=is_date, has_time=has_time)
