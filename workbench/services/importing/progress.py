"""How far an import has come: all its files are read, then written, and calls counted."""

from collections.abc import Sequence

from workbench.services.calls.engine import PartDone
from workbench.services.importing.request import Progress
from workbench.services.reading.reader import Reader

PASSES = 2


class Meter:
    """Tells how many bytes are read or written."""

    def __init__(self, readers: Sequence[Reader], progress: Progress | None) -> None:
        self._total = PASSES * sum(reader.pass_bytes for reader in readers)
        self._done = 0
        self._progress = progress

    def repeat(self, readers: Sequence[Reader]) -> None:
        """Expect one more pass through all files."""
        self._total += sum(reader.pass_bytes for reader in readers)

    def at(self, bytes_done: int) -> None:
        """Tell how far the present pass through a file has come."""
        if self._progress is not None:
            self._progress(min(self._done + bytes_done, self._total), self._total)

    def step(self, readers: Sequence[Reader], start: float, end: float) -> PartDone:
        """Return what is told how far a step has come; it goes from one part to another of a pass through files."""
        size = sum(reader.pass_bytes for reader in readers)
        return lambda part: self.at(round(size * (start + (end - start) * part)))

    def finished(self, reader: Reader) -> None:
        """Count a pass through a file as done."""
        self._done += reader.pass_bytes
        if self._progress is not None:
            self._progress(self._done, self._total)
