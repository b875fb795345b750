"""Masks the names and numbers of the people of a case inside texts."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workbench.domain.text.mask import DOT, MaskKind, has_number, mask, mask_digits_within
from workbench.domain.values.char_table import CharTable
from workbench.domain.values.spelling import SpelledText, folded_and_key, is_separable, spelling_key

PERSONAL_FIELDS: dict[str, MaskKind] = {
    "legal_rep_name": MaskKind.NAME,
    "legal_rep_id_no": MaskKind.ID_NO,
    "handler_name": MaskKind.NAME,
    "handler_id_no": MaskKind.ID_NO,
    "contact_phone": MaskKind.MSISDN,
}
"""The personal fields of an application, with their masks."""

FREE_TEXTS = ("business_scope", "stated_use", "call_script", "consent_source")
"""The fields of an application with texts that the applicant wrote."""

_SHORTEST = 2
"""The length of the shortest name that is masked: a single character occurs in too many sentences."""


_spelled = lru_cache(maxsize=128)(SpelledText)
"""A cache of spelled texts, because many applications have the same texts, and screens mask a text again and again."""


BETWEEN_TEXTS = "\uffff"
"""The separator of the texts, names and numbers of one row in `rows_to_mask`; it is not a valid character."""

_BETWEEN_ROWS = "\0"
"""The separator of rows; imports refuse this character."""

_SHAPES = CharTable(lambda char: "0" if char in "0123456789" else char)
"""The shape of a text: each digit replaced by 0, so that ten digits in a row are found as `_TEN_DIGITS`."""

_TEN_DIGITS = "0" * 10
_USUAL_SHAPE = re.compile(rf"(?:(?:{_TEN_DIGITS}0*[Xx]?)?(?:{BETWEEN_TEXTS}|\Z))*")
"""The shape of the numbers of one row, if each is empty or has ten digits or more."""


@dataclass(frozen=True, slots=True)
class _Mask:
    """How a name or number is masked; a kind of None is a public name, which is not masked."""

    kind: MaskKind | None
    is_separable: bool


_mask_of = lru_cache(_Mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Masks the names and numbers of people inside texts; all spellings of a name share one key."""

    mask_by_key: Mapping[str, _Mask]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, MaskKind | None]]) -> "Redaction":
        """Return the redaction of (name or number, mask) pairs; for equal names the last pair counts."""
        masks: dict[str, _Mask] = {}
        for text, kind in pairs:
            key = spelling_key(text)
            if len(key) >= _SHORTEST:
                masks[key] = _mask_of(kind, is_separable(text, key) or (key in masks and masks[key].is_separable))
        return cls(mask_by_key=masks)

    def mask_in(self, text: str) -> str:
        """Return a text with these people masked, and all digits that look like personal numbers and are not public."""
        public = frozenset(key for key, own in self.mask_by_key.items() if own.kind is None and key.isdecimal())
        return mask_digits_within(self.mask_names_in(text), public)

    def numbers_in_clear(self, text: str) -> str:
        """Return a text in which the masked phone numbers of these people are written out.

        A masked number that could be either of two numbers stays masked.
        """
        numbers_by_mask: dict[str, list[str]] = {}
        for key, own in self.mask_by_key.items():
            if DOT in text and own.kind is MaskKind.MSISDN:
                numbers_by_mask.setdefault(mask(own.kind, key), []).append(key)
        for masked, [number, *others] in numbers_by_mask.items():
            if not others:
                text = text.replace(masked, number)
        return text

    def may_be_named_in(self, key: str) -> bool:
        """Say whether a text with this key may name one of these people."""
        return any(name in key for name in self.mask_by_key)

    def mask_names_in(self, text: str) -> str:
        """Return a text with these people masked, and other numbers in clear."""
        spelled = _spelled(text)
        keys = [key for key in self.mask_by_key if key in spelled]
        # The usual case: the text names none of these people.
        if all(self.mask_by_key[key].kind is None for key in keys):
            return text
        places = sorted(self._places(spelled, keys), key=lambda place: place[:2])
        public = _Intervals((start, end) for start, end, kind in places if kind is None)
        shown = list(text)
        for start, end, kind in places:
            # A personal name inside the public name of a company stays in clear.
            if kind is not None and not public.contain(start, end):
                _hide(shown, start, mask(kind, text[start:end]))
        return "".join(shown)

    def _places(self, spelled: SpelledText, keys: Iterable[str]) -> Iterator[tuple[int, int, MaskKind | None]]:
        for key in keys:
            for start, end in spelled.occurrences(key, is_separable=self.mask_by_key[key].is_separable):
                yield start, end, self.mask_by_key[key].kind


class _Intervals:
    """Intervals of a text, ordered by their starts."""

    def __init__(self, places: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._reach: list[int] = []
        for start, end in places:
            self._starts.append(start)
            self._reach.append(max(end, self._reach[-1] if self._reach else 0))

    def contain(self, start: int, end: int) -> bool:
        """Return whether one of the intervals contains another interval."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end


def _hide(shown: list[str], start: int, masked: str) -> None:
    """Write the dots of a masked name over a text; line ends and the dots of other names stay."""
    for index, char in enumerate(masked, start=start):
        if char == DOT and shown[index] != "\n":
            shown[index] = DOT


def rows_to_mask(names: Sequence[str], numbers: Sequence[str], texts: Sequence[str]) -> tuple[dict[int, str], set[int]]:
    """Return the rows whose texts may need masking; `Redaction.mask_in` would not change the texts of the other rows.

    This takes a fraction of the time, because it reads many rows as one text.

    Args:
        names: The names of the people of each row, separated by `BETWEEN_TEXTS`.
        numbers: The numbers of the people of each row, separated likewise.
        texts: The texts of each row, separated likewise.

    Returns:
        Two results: the rows that may name one of their people, each with the key of its texts; and the rows that have
        a number to mask.
    """
    all_names, all_numbers, all_texts = map(_BETWEEN_ROWS.join, (names, numbers, texts))
    # A text that contains the separator would shift the rows after it, so each row counts as one to mask.
    if any(text.count(_BETWEEN_ROWS) >= len(texts) for text in (all_names, all_numbers, all_texts)):
        return dict.fromkeys(range(len(texts)), ""), set(range(len(texts)))
    folded, joined = folded_and_key(all_texts)
    keys = joined.split(_BETWEEN_ROWS)
    named = dict(_named_rows(range(len(texts)), names, keys))
    with_digits = _rows_with_digits(joined)
    # Usual numbers have ten digits or more, so only texts with at least ten digits can have one.
    shapes = _SHAPES.translated(all_numbers).split(_BETWEEN_ROWS)
    unusual = {row for row, shape in enumerate(shapes) if not _is_usual(shape)}
    named.update(_named_rows(sorted((unusual | with_digits) - named.keys()), numbers, keys))
    folded_texts = folded.split(_BETWEEN_ROWS) if with_digits else ()
    return named, {row for row in with_digits if has_number(folded_texts[row])}


@lru_cache(maxsize=1024)
def _is_usual(shape: str) -> bool:
    """Say whether texts have the shape of phone or ID numbers with ten digits or more, or are empty."""
    return _USUAL_SHAPE.fullmatch(shape) is not None


def _rows_with_digits(keys: str) -> set[int]:
    """Return the rows whose keys have ten digits or more in a row, possibly with separators in between."""
    for separator in "()/_":
        keys = keys.replace(separator, "")
    shape = _SHAPES.translated(keys)
    rows, row, done, at = set(), 0, 0, shape.find(_TEN_DIGITS)
    while at >= 0:
        row += shape.count(_BETWEEN_ROWS, done, at)
        rows.add(row)
        done = shape.find(_BETWEEN_ROWS, at)
        at = shape.find(_TEN_DIGITS, done) if done >= 0 else -1
    return rows


def _named_rows(rows: Sequence[int], names: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the rows whose text contains one of their names or numbers, with the text; the texts are keys."""
    _folded, keys = folded_and_key(_BETWEEN_ROWS.join([names[row] for row in rows]))
    for row, own_names in zip(rows, keys.split(_BETWEEN_ROWS), strict=False):
        text = texts[row]
        for name in own_names.split(BETWEEN_TEXTS):
            if name and name in text:
                yield row, text
                break
