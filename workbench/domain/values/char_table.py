"""Characters turned into others one by one, each worked out once: texts of any length are turned at once."""

from collections.abc import Callable


class CharTable(dict[int, str]):
    """What becomes of each character, for `str.translate`; a character is worked out when it is first met."""

    def __init__(self, turn: Callable[[str], str]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, code: int) -> str:
        turned = self[code] = self._turn(chr(code))
        return turned
