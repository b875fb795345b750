"""A translation table for characters whose entries are computed on first use."""

import sys
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_UNKNOWN = 0xFFFFFFFF


class CharTable(dict[int, str]):
    """A table for `str.translate` that computes the entry of a character when it is first used."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate

    def __missing__(self, code: int) -> str:
        translated = self[code] = self._translate(chr(code))
        return translated

    def translated(self, text: str) -> str:
        """Return `text.translate(self)`, for a text of many thousand characters in a third of the time.

        Each entry must be one character.
        """
        import numpy as np

        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        entries = self._codes[codes]
        unknown = entries == _UNKNOWN
        if unknown.any():
            for code in set(codes[unknown].tolist()):
                self._codes[code] = ord(self[code])
            entries = self._codes[codes]
        return bytes(entries.data).decode("utf-32-le", "surrogatepass")

    @cached_property
    def _codes(self) -> "np.ndarray[Any, np.dtype[np.uint32]]":
        """The entries as an array."""
        import numpy as np

        return np.full(sys.maxunicode + 1, _UNKNOWN, "<u4")
