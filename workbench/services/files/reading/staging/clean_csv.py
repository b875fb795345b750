"""Checks that a CSV text has nothing unusual, so that DuckDB reads it exactly as the row reader does."""

import re
from collections.abc import Iterator

from workbench.services.files.reading.table import FIELD_LENGTH

_BYTE_ORDER_MARK = "\ufeff".encode()


class NotClean(Exception):
    """A CSV text that DuckDB would refuse, or read differently from the row reader."""


def clean_blocks(blocks: Iterator[bytes], delimiter: str, width: int) -> Iterator[bytes]:
    """Check and yield blocks of UTF-8, each of whole lines that end with a line feed.

    In these blocks, each line is one record. Quotes enclose whole fields or are doubled within them. No field is longer
    than the row reader allows. The records of a block have `width` fields on average; DuckDB checks each record.

    Raises:
        NotClean: If the text is different. The blocks that were yielded before must then not be used.
    """
    checker = _LineChecker(delimiter.encode(), width)
    rest = b""
    for block in blocks:
        whole, line_feed, rest_of_block = block.rpartition(b"\n")
        if line_feed:
            yield checker.checked(rest + whole + line_feed)
            rest = rest_of_block
        else:
            rest += block
    if rest:
        yield checker.checked(rest + b"\n")


class _LineChecker:
    """Checks the lines of one file."""

    def __init__(self, delimiter: bytes, width: int) -> None:
        self._delimiter = delimiter
        self._delimiters_per_line = width - 1
        self._stray_quote = re.compile(rb'[^"\n%(mark)s]"|"[^"\n%(mark)s]' % {b"mark": delimiter})

    def checked(self, block: bytes) -> bytes:
        """Check whole lines, and return them with line feeds as their only line ends.

        Raises:
            NotClean: If they are not clean.
        """
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if b"\0" in block or b"\r" in block or _BYTE_ORDER_MARK in block:
            raise NotClean
        if block.startswith(b"\n") or b"\n\n" in block or _has_long_line(block):
            raise NotClean
        outside = self._outside_quotes(block) if b'"' in block else block
        # DuckDB would accept a record with one more field if that is empty.
        if outside.count(self._delimiter) != block.count(b"\n") * self._delimiters_per_line:
            raise NotClean
        return block

    def _outside_quotes(self, block: bytes) -> bytes:
        """Return the lines with one quote character instead of each quoted text."""
        parts = block.split(b'"')
        outside = b'"'.join(parts[::2])
        if len(parts) % 2 == 0 or b"\n" in b"".join(parts[1::2]) or self._stray_quote.search(b"\n" + outside):
            raise NotClean
        return outside


def _has_long_line(block: bytes) -> bool:
    """Say whether a line is longer than a field may be; such a line crosses a multiple of that length."""
    return any(
        block.find(b"\n", at) - block.rfind(b"\n", 0, at) > FIELD_LENGTH for at in range(0, len(block), FIELD_LENGTH)
    )
