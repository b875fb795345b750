"""Masks personal names and numbers. The length stays visible, so that a wrong length is noticed."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from workbench.domain.values.char_table import CharTable
from workbench.domain.values.identifiers import uscc_valid
from workbench.domain.values.spelling import MIDDLE_DOTS

DOT = "•"
_LEAST_HIDDEN = 6
"""The fewest characters that are hidden, as the courier label standard requires for phone numbers."""


class MaskKind(StrEnum):
    """The kind of a personal text, which determines how much of it is shown."""

    NAME = "name"
    MSISDN = "msisdn"
    ID_NO = "id_no"
    TEXT = "text"


_SHOWN: dict[MaskKind, tuple[int, int, int]] = {
    MaskKind.NAME: (1, 0, 1),
    MaskKind.MSISDN: (3, 2, _LEAST_HIDDEN),
    MaskKind.ID_NO: (1, 2, _LEAST_HIDDEN),
    MaskKind.TEXT: (0, 0, 0),
}
"""The most characters shown at the beginning and at the end, and the fewest that stay hidden."""


def mask(kind: MaskKind, text: str) -> str:
    """Mask a personal text: keep its length, and show only some characters at its ends.

    Fewer characters are shown in a short text.
    """
    [masked] = mask_all(kind, (text,))
    return masked


def mask_all(kind: MaskKind, texts: Sequence[str]) -> list[str]:
    """Mask many texts, each as `mask` does."""
    shapes = {length: _shape(kind, length) for length in set(map(len, texts))}
    shaped_texts = ((text, shapes[len(text)]) for text in texts)
    return [text[:first] + dots + text[rest:] for text, (first, dots, rest) in shaped_texts]


def _shape(kind: MaskKind, length: int) -> tuple[int, str, int]:
    """Return how many characters are shown first, the dots, and where the shown end of a text starts."""
    first, last, hidden = _SHOWN[kind]
    showable = max(0, length - hidden)
    first = min(first, showable)
    last = min(last, showable - first)
    return first, DOT * (length - first - last), length - last


# In these patterns for normalised text, `~` stands for what may separate groups or digits, and `@` for `_NUMBER_START`.
_SEPARATOR = r"(?:[- ()/_\n]{1,3})"
_MOBILE = r"1[3-9](?:\d{8,10}|\d~\d{4}~\d{4}|\d~\d{8}|\d{2}~\d{3}~\d{4}|\d{3}~\d{6}|\d\.\d{4}\.\d{4}|\d(?:\.\d\d){4})"
_LANDLINE = r"0[1-9]\d{1,2}\)?~?\d{3,4}~?\d{4}"
_ID_CARD = r"\d{6}~?\d{4}~?\d{4}~?\d{3}[\dX]|\d{14,}X|\d{15,}"
_GROUPS_OF_FOUR = r"\d{4}(?:~\d{4}){3}(?:~?\d{1,3}X?)?"
# The beginning of a number in any grouping: no digits stand before it, or it would match a list of dates.
_NUMBER_START = r"(?:(?<=86[- ])|(?<!\d[- ()/_]))"
_ANY_MOBILE = r"@1~?[3-9](?:~?\d){9}"
_ANY_ID_CARD = r"@[1-8](?:~?\d){5}~?(?:1~?[89]|2~?0)(?:~?\d){2}~?(?:0~?\d|1~?[0-2])~?[0-3](?:~?\d){4}~?[\dX]"


def _numbers(start: str) -> re.Pattern[str]:
    """Return the pattern of phone and ID numbers; `start` is the lookbehind for those in an unusual grouping."""
    pattern = (
        rf"(?<!\d)(?P<id_no>{_ID_CARD}|{_GROUPS_OF_FOUR}|{_ANY_ID_CARD})(?!\d)"
        rf"|(?<!\d)(?:00)?(?:86)?(?P<msisdn>{_MOBILE}|{_LANDLINE}|{_ANY_MOBILE})(?!\d)"
    )
    return re.compile(pattern.replace("~", _SEPARATOR).replace("@", start), re.IGNORECASE)


_NUMBERS = _numbers(_NUMBER_START)
# In a folded text a blank stands for a line end too, so digits that begin a line seem to follow other digits.
_FOLDED_NUMBERS = _numbers("")
# A number that is masked has at least ten digits.
_DIGITS_TOGETHER = re.compile(r"[0-9](?:[-. ()/_\n]{0,3}[0-9]){9,}")
_AMOUNT = re.compile(r"\d\d(?: \d{3}){3}")
_SHORTEST_LIST = 6
"""From so many ascending numbers on, they are a list, not the groups of a phone number."""
_ID_LIKE = re.compile(r"[1-8]\d{5}(?:18|19|20)\d{2}(?:0\d|1[0-2])[0-3]\d{4}[\dX]", re.IGNORECASE)
_USCC_LIKE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])", re.IGNORECASE)


_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"


def _plain(char: str) -> str:
    """Return the plain digit, letter or separator that a character stands for, or the character itself."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char in _LINE_ENDS:
        return "\n"
    category = unicodedata.category(char)
    if category in {"Pd", "Zs", "Cf"} or char == "\t":
        return "-" if category == "Pd" else " "
    if char in MIDDLE_DOTS:
        return "."
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


_PLAIN = CharTable(_plain)


def _is_public(number: str) -> bool:
    """Say whether a number is a USCC, which is not masked, and does not look like an ID number."""
    return uscc_valid(number) and not _ID_LIKE.fullmatch(number)


def _masked_lines(kind: MaskKind, text: str) -> str:
    """Mask a personal text, but keep its line ends."""
    pairs = zip(text, mask(kind, text), strict=True)
    return "".join(char if char in _LINE_ENDS else masked for char, masked in pairs)


def _is_amount_or_list(number: str) -> bool:
    """Say whether what looks like a phone number is an amount in thousands, or a list of ascending numbers."""
    numbers = [int(group) for group in re.findall(r"\d+", number)]
    is_ascending = all(smaller < greater for smaller, greater in pairwise(numbers))
    return _AMOUNT.fullmatch(number) is not None or (is_ascending and len(numbers) >= _SHORTEST_LIST)


@lru_cache(maxsize=128)
def mask_digits_within(text: str, public: frozenset[str] = frozenset()) -> str:
    """Return a text with every ID, SIM or phone number in it masked, except the `public` numbers, given as digits.

    For errors, logs and letters. USCCs, dates, amounts, case numbers and lists of ascending numbers are not masked.
    """
    plain = text.translate(_PLAIN)
    if not _DIGITS_TOGETHER.search(plain):
        return text
    public_spans = [match.span() for match in _USCC_LIKE.finditer(plain) if _is_public(match.group())]
    parts: list[str] = []
    done = 0
    for match in _NUMBERS.finditer(plain):
        kind = MaskKind.MSISDN if match["id_no"] is None else MaskKind.ID_NO
        start, end = match.span(kind)
        if any(first < end and start < last for first, last in public_spans):
            continue
        digits = "".join(filter(str.isdecimal, match[kind]))
        if any(digits in number for number in public) or (kind is MaskKind.MSISDN and _is_amount_or_list(match[kind])):
            continue
        parts += [text[done:start], _masked_lines(kind, text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def has_number(folded: str) -> bool:
    """Say whether a folded text (see `spelling`) may have a number that `mask_digits_within` masks.

    A public number counts too. This check takes a fraction of the time of masking.
    """
    # An X may follow the digits after three separators.
    return any(
        _FOLDED_NUMBERS.search(folded, digits.start(), digits.end() + 4) for digits in _DIGITS_TOGETHER.finditer(folded)
    )
