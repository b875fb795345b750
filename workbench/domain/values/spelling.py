"""How words are found however they are written: names and numbers by their spellings, Chinese by pinyin initials."""

import unicodedata
from collections.abc import Iterator
from functools import cached_property

from db.initials import initials
from workbench.domain.values.identifiers import CharTable

_LOOSE = frozenset(".•_'’")
"""What stands between the parts of a foreign name besides gaps; elsewhere it ends a sentence, or is a mask."""

_MIDDLE_DOTS = frozenset("·‧・∙⋅")
_GAP = " "
_GAPS = frozenset({"Zs", "Zl", "Zp", "Cf", "Pd", "Mn"})
_BETWEEN = _LOOSE | {_GAP}
_LONG = 4
"""A longer name is one of a minority or a foreign one, whose parts are set apart."""


def _fold(char: str) -> str:
    """Return the small letter, the digit or the gap behind one character, always one character."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", char)
    if all(map(unicodedata.combining, parts[1:])):
        char = parts[0]
    if char.isspace() or char in _MIDDLE_DOTS or unicodedata.category(char) in _GAPS:
        return _GAP
    small = char.casefold()
    return small if len(small) == 1 else char


_FOLDS = CharTable(_fold)


def _without_gaps(plain: str) -> str:
    if plain.isalnum():
        return plain
    for gap in _BETWEEN:
        plain = plain.replace(gap, "")
    return plain


def key_of(name: str) -> str:
    """Return what all spellings of a name or number have in common."""
    return _without_gaps(name.translate(_FOLDS))


def has_parts(name: str, key: str) -> bool:
    """Say whether a name of this key has parts that a dot or an apostrophe may set apart, as foreign ones have."""
    return len(key) > _LONG or len(key) < len(name)


class SpelledText:
    """A text in which names are found by their keys, in time linear to its length."""

    def __init__(self, text: str) -> None:
        # As long as the text, so that what is found here has its place there.
        self._plain = text.translate(_FOLDS)
        self._key = _without_gaps(self._plain)

    def __contains__(self, key: str) -> bool:
        """Say whether a name may be in the text, which is quickly told; where it is at all, `places` says."""
        return key in self._key

    def places(self, key: str, *, in_parts: bool) -> Iterator[tuple[int, int]]:
        """Return from where to where a name stands in the text.

        Latin letters and digits at its ends are those of a whole word. `in_parts` as has_parts says.
        """
        at = self._key.find(key)
        while at >= 0:
            start, end = self._own[at], self._own[at + len(key) - 1] + 1
            is_loose = not (in_parts or _LOOSE.isdisjoint(self._plain[start:end]))
            if not (is_loose or self._is_cut(start) or self._is_cut(end)):
                yield start, end
            at = self._key.find(key, at + 1)

    @cached_property
    def _own(self) -> list[int]:
        """Where each character of the key stands in the text."""
        return [place for place, char in enumerate(self._plain) if char not in _BETWEEN]

    def _is_cut(self, place: int) -> bool:
        """Say whether a place lies within a word of Latin letters or digits."""
        around = self._plain[max(0, place - 1) : place + 1]
        return 0 < place < len(self._plain) and around.isascii() and around.isalnum()


def _folded(text: str) -> str:
    """Return a text as it is compared: NFKC, no capitals, without blanks around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def matches(query: str, code: str, text: str) -> bool:
    """Say whether what was typed is part of a code, of its text, or of the text's pinyin initials."""
    wanted = _folded(query)
    if wanted in _folded(code) or wanted in _folded(text):
        return True
    # Only letters and digits can be initials; anything else need not wake the dictionary.
    return wanted.isascii() and wanted.isalnum() and wanted in initials(text)
