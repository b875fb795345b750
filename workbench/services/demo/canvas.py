"""A sheet of black and white dots, on which letters are drawn, as a PNG."""

import struct
import zlib
from collections.abc import Mapping
from functools import cache

from workbench.services.demo import fixtures

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = "= "
_COMPRESSION = 3


@cache
def glyphs() -> Mapping[str, tuple[str, ...]]:
    """Return the letters of the demo's pictures: for each its rows, # is ink."""
    found: dict[str, list[str]] = {}
    rows: list[str] = []
    for line in fixtures.lines("glyphs.txt"):
        if line.startswith(_HEAD):
            rows = found.setdefault(line.removeprefix(_HEAD), [])
        elif not line.startswith(";"):
            rows.append(line)
    return {letter: tuple(rows) for letter, rows in found.items()}


@cache
def _rows_of(letter: str, scale: int) -> tuple[tuple[int, ...], int]:
    """Return a letter's rows as numbers whose highest bit is the leftmost dot, and its width with the gap after it."""
    drawn = glyphs().get(letter, ())
    width = (len(drawn[0]) if drawn else 3) + 1
    rows = tuple(
        int("".join(("1" if dot == "#" else "0") * scale for dot in row.ljust(width, ".")), 2) for row in drawn
    )
    return rows, width * scale


class Canvas:
    """A sheet of so many dots; every number is one row, its highest bit the leftmost dot."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._rows = [0] * height

    def box(self, left: int, top: int, width: int, height: int, *, is_filled: bool = False) -> None:
        """Draw a frame of two dots, or a filled box."""
        across = ((1 << width) - 1) << (self.width - left - width)
        sides = (3 << (self.width - left - 2)) | (3 << (self.width - left - width))
        for row in range(top, top + height):
            is_edge = row < top + 2 or row >= top + height - 2
            self._rows[row] |= across if is_filled or is_edge else sides

    def write(self, text: str, left: int, top: int, scale: int = 2, *, is_pale: bool = False) -> None:
        """Write a line; letters that there are none of are left blank, pale ones are grey from afar."""
        lines: list[int] = []
        width = 0
        for letter in text.upper():
            rows, own = _rows_of(letter, scale)
            lines += [0] * (len(rows) - len(lines))
            lines = [line << own | (rows[place] if place < len(rows) else 0) for place, line in enumerate(lines)]
            width += own
        shift = self.width - left - width
        for place, line in enumerate(lines):
            dots = line << shift if shift >= 0 else line >> -shift
            for row in range(top + place * scale, min(top + (place + 1) * scale, self.height)):
                self._rows[row] |= dots & self._screen(row) if is_pale else dots

    def _screen(self, row: int) -> int:
        """Return every third dot of a row."""
        return int(("100100100"[row % 3 :] * (self.width // 6 + 2))[: self.width], 2) if row % 2 else 0

    def png(self, title: str) -> bytes:
        """Return the sheet as a PNG of one bit a dot."""
        stride = (self.width + 7) // 8
        padding = stride * 8 - self.width
        paper = (1 << self.width) - 1
        lines = b"".join(b"\x00" + ((row ^ paper) << padding).to_bytes(stride, "big") for row in self._rows)
        return b"".join(
            (
                _PNG_SIGNATURE,
                _chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 1, 0, 0, 0, 0)),
                _chunk(b"tEXt", b"Title\x00" + title.encode("ascii", "replace")),
                _chunk(b"IDAT", zlib.compress(lines, _COMPRESSION)),
                _chunk(b"IEND", b""),
            )
        )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
