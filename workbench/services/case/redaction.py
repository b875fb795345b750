"""The people of a case inside what was written about it: their names and numbers, masked wherever they occur."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workbench.domain.text.mask import DOT, MaskKind, mask, mask_digits_within
from workbench.domain.values.spelling import SpelledText, has_parts, key_of

PERSONAL_FIELDS: dict[str, MaskKind] = {
    "legal_rep_name": MaskKind.NAME,
    "legal_rep_id_no": MaskKind.ID_NO,
    "handler_name": MaskKind.NAME,
    "handler_id_no": MaskKind.ID_NO,
    "contact_phone": MaskKind.MSISDN,
}
"""The personal fields of an application, with their masks."""

FREE_TEXTS = ("business_scope", "stated_use", "call_script", "consent_source")
"""The fields of an application that are sentences of its applicant."""

_SHORTEST = 2
"""A name of one character is in half of all sentences; it is not searched."""


@dataclass(frozen=True, slots=True)
class Known:
    """How a name or number is masked: a kind of None is a name that is public, and stays whole."""

    kind: MaskKind | None
    has_parts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What of a case's people is masked inside texts, by what its spellings have in common."""

    known: Mapping[str, Known]

    @classmethod
    def of(cls, said: Iterable[tuple[str, MaskKind | None]]) -> "Hidden":
        """Return what is to be masked, or to stay whole, in texts; of the same name the last that is said counts."""
        known: dict[str, Known] = {}
        for text, kind in said:
            key = key_of(text)
            if len(key) >= _SHORTEST:
                known[key] = Known(kind, has_parts(text, key) or (key in known and known[key].has_parts))
        return cls(known=known)

    def within(self, text: str) -> str:
        """Return a text with the names and numbers of the case's people masked, and whatever else looks like one."""
        return mask_digits_within(self.names_within(text))

    def names_within(self, text: str) -> str:
        """Return a text with what is known of the case's people masked, and other numbers as they are."""
        spelled = SpelledText(text)
        found = [key for key in self.known if key in spelled]
        # Most texts name nobody.
        if all(self.known[key].kind is None for key in found):
            return text
        places = sorted(self._places(spelled, found), key=lambda place: place[:2])
        whole = Stretches((start, end) for start, end, kind in places if kind is None)
        shown = list(text)
        for start, end, kind in places:
            # The name of a company's owner stays inside the company's.
            if kind is not None and not whole.hold(start, end):
                _hide(shown, start, mask(kind, text[start:end]))
        return "".join(shown)

    def _places(self, spelled: SpelledText, keys: Iterable[str]) -> Iterator[tuple[int, int, MaskKind | None]]:
        for key in keys:
            for start, end in spelled.places(key, in_parts=self.known[key].has_parts):
                yield start, end, self.known[key].kind


class Stretches:
    """Stretches of a text, in the order of their starts."""

    def __init__(self, places: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._reach: list[int] = []
        for start, end in places:
            self._starts.append(start)
            self._reach.append(max(end, self._reach[-1] if self._reach else 0))

    def hold(self, start: int, end: int) -> bool:
        """Say whether one of them holds all from one place to another."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end


def _hide(shown: list[str], start: int, masked: str) -> None:
    """Hide what a mask hides; what another one has hidden stays so, and lines end where they did."""
    for place, char in enumerate(masked, start=start):
        if char == DOT and shown[place] != "\n":
            shown[place] = DOT
