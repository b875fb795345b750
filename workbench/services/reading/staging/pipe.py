"""A stream of bytes as a path that DuckDB reads, so that no copy of a file is on the disk."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

_DRAINED_TOGETHER = 1 << 20


@contextmanager
def piped(blocks: Iterable[bytes]) -> Iterator[str]:
    """Give the path of a pipe with some blocks, to be read once; raise at the end what making the blocks raised."""
    read_end, write_end = os.pipe()
    is_over = Event()
    with ThreadPoolExecutor(1, "staging") as executor:
        written = executor.submit(_write, blocks, write_end, is_over)
        try:
            yield f"/dev/fd/{read_end}"
        finally:
            is_over.set()
            # A reader that gave up may hold the pipe open, so that the writer would wait for ever.
            while os.read(read_end, _DRAINED_TOGETHER):
                pass
            os.close(read_end)
            written.result()


def _write(blocks: Iterable[bytes], write_end: int, is_over: Event) -> None:
    """Write blocks until there are no more, or the reader has closed the pipe."""
    with os.fdopen(write_end, "wb", buffering=0) as pipe:
        for block in blocks:
            unwritten = memoryview(block)
            while unwritten:
                unwritten = unwritten[pipe.write(unwritten) :]
            if is_over.is_set():
                break
