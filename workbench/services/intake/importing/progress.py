"""Reports the progress of an import: first all files are read, then their rows are written and calls are counted."""

from collections.abc import Sequence

from workbench.services.files.calls.engine import FractionCallback
from workbench.services.files.reading.reader import Reader
from workbench.services.intake.importing.plan import ProgressCallback

PASSES = 2
"""The number of passes through each file, if no key is repeated: reading and writing."""


class ImportProgress:
    """Reports how many bytes are read or written."""

    def __init__(self, readers: Sequence[Reader], progress: ProgressCallback | None) -> None:
        self._total = PASSES * sum(reader.pass_bytes for reader in readers)
        self._done = 0
        self._progress = progress

    def repeat(self, readers: Sequence[Reader]) -> None:
        """Add one more pass through all files."""
        self._total += sum(reader.pass_bytes for reader in readers)

    def advance(self, bytes_done: int) -> None:
        """Report how many bytes of the present pass through a file are done."""
        if self._progress is not None:
            self._progress(min(self._done + bytes_done, self._total), self._total)

    def step(self, readers: Sequence[Reader], start: float, end: float) -> FractionCallback:
        """Return a callback for a step that covers a pass through files from the fraction `start` to `end`."""
        size = sum(reader.pass_bytes for reader in readers)
        return lambda part: self.advance(round(size * (start + (end - start) * part)))

    def finish(self, reader: Reader) -> None:
        """Count a pass through a file as done."""
        self._done += reader.pass_bytes
        if self._progress is not None:
            self._progress(self._done, self._total)
