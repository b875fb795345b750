"""Character tables for `str.translate` whose entries are computed on first use."""

from collections.abc import Callable


class CharTable(dict[int, str]):
    """A translation table for `str.translate` that computes the entry of a character when it first occurs."""

    def __init__(self, turn: Callable[[str], str]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, code: int) -> str:
        turned = self[code] = self._turn(chr(code))
        return turned
