"""Passes bytes to DuckDB through a pipe, so that they are never written to the disk."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

_DRAINED_BYTES = 1 << 20


@contextmanager
def piped(content: bytes) -> Iterator[str]:
    """Yield the path of a pipe with some content, which can be read once."""
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(1, "staging") as executor:
        executor.submit(_write, content, write_end)
        try:
            yield f"/dev/fd/{read_end}"
        finally:
            # A reader that failed may keep the pipe open, and the writer would wait for ever.
            while os.read(read_end, _DRAINED_BYTES):
                pass
            os.close(read_end)


def _write(content: bytes, write_end: int) -> None:
    with os.fdopen(write_end, "wb", buffering=0) as pipe:
        unwritten = memoryview(content)
        while unwritten:
            unwritten = unwritten[pipe.write(unwritten) :]
