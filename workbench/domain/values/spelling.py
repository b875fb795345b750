"""Finds a person's name or number in a text in any spelling: with blanks, capitals or other dots."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property

from db.initials import initials
from workbench.domain.values.char_table import CharTable

_PART_SEPARATORS = frozenset(".•_'’")
"""Separators between the parts of a foreign name. Elsewhere, these characters end a sentence or mask a text."""

MIDDLE_DOTS = frozenset("·‧・∙⋅")
_GAP = " "
_GAP_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cf", "Pd", "Mn"})
"""The Unicode categories of the characters that fold to `_GAP`."""

_SEPARATORS = _PART_SEPARATORS | {_GAP}
_LONGEST_CHINESE_NAME = 4
"""A longer name is a minority or foreign name, whose parts are separated."""


def _fold(char: str) -> str:
    """Return the lower-case letter, digit or blank for a character; always one character."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", char)
    if all(map(unicodedata.combining, parts[1:])):
        char = parts[0]
    if char.isspace() or char in MIDDLE_DOTS or unicodedata.category(char) in _GAP_CATEGORIES:
        return _GAP
    small = char.casefold()
    return small if len(small) == 1 else char


_FOLDS = CharTable(_fold)


def _without_separators(plain: str) -> str:
    """Return a text without blanks and the separators between the parts of a name."""
    if plain.isalnum():
        return plain
    for separator in _SEPARATORS:
        plain = plain.replace(separator, "")
    return plain


def spelling_key(name: str) -> str:
    """Return the common form of all spellings of a name or number."""
    return _without_separators(name.translate(_FOLDS))


def folded_and_key(text: str) -> tuple[str, str]:
    """Return a folded text, which has the same length, and its key; fast for many thousand characters."""
    plain = _FOLDS.translated(text)
    return plain, _without_separators(plain)


def is_separable(name: str, key: str) -> bool:
    """Say whether a dot or an apostrophe may separate the parts of a name with this key, as in foreign names."""
    return len(key) > _LONGEST_CHINESE_NAME or len(key) < len(name)


class SpelledText:
    """A text in which names are found by their keys, in time linear in its length."""

    def __init__(self, text: str) -> None:
        # Folding keeps the length, so that positions in both texts agree.
        self._plain = text.translate(_FOLDS)
        self._key = _without_separators(self._plain)

    def __contains__(self, key: str) -> bool:
        """Say whether the text may contain a name. This is fast; `occurrences` gives the exact answer."""
        return key in self._key

    def occurrences(self, key: str, *, is_separable: bool) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each occurrence of a name in the text.

        A name that begins or ends with a Latin letter or digit must begin or end at a word boundary. For
        `is_separable`, see the function of this name.
        """
        at = self._key.find(key)
        while at >= 0:
            start, end = self._positions[at], self._positions[at + len(key) - 1] + 1
            is_split = not is_separable and not _PART_SEPARATORS.isdisjoint(self._plain[start:end])
            is_part_of_word = self._is_within_word(start) or self._is_within_word(end)
            if not is_split and not is_part_of_word:
                yield start, end
            at = self._key.find(key, at + 1)

    @cached_property
    def _positions(self) -> list[int]:
        """The position in the text of each character of the key."""
        return [position for position, char in enumerate(self._plain) if char not in _SEPARATORS]

    def _is_within_word(self, position: int) -> bool:
        """Say whether a position is within a word of Latin letters or digits."""
        neighbours = self._plain[max(0, position - 1) : position + 1]
        return 0 < position < len(self._plain) and neighbours.isascii() and neighbours.isalnum()


def folded(text: str) -> str:
    """Return the comparable form of a text: NFKC, in lower case, without surrounding blanks."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def matches(query: str, code: str, text: str) -> bool:
    """Say whether a typed text is part of a code, of its text, or of the text's pinyin initials."""
    folded_query = folded(query)
    if folded_query in folded(code) or folded_query in folded(text):
        return True
    # Only letters and digits can be initials; for anything else the dictionary need not be loaded.
    return folded_query.isascii() and folded_query.isalnum() and folded_query in initials(text)


def matching_values(typed: str, values: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the values that begin with a typed text; if none does, those that have it in their name or words.

    `values` has the words of each value; the pinyin initials of a word count as well.
    """
    begun = [value for value in values if value.casefold().startswith(typed.casefold())]
    return begun or [
        name for name, words in values.items() if any(matches(typed, name, text) for text in (*words, name))
    ]
