"""A translation of characters that is computed as characters come."""

from collections.abc import Callable


class CharTable(dict[int, str]):
    """A table for `str.translate` that computes the entry of a character when it is first used."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate

    def __missing__(self, code: int) -> str:
        translated = self[code] = self._translate(chr(code))
        return translated
