"""Reports the progress of an import by phases: files are read, their rows are written, and cases are updated."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from workbench.i18n import _
from workbench.services.files.calls.engine import FractionCallback
from workbench.services.files.reading.reader import Reader

ProgressCallback = Callable[[int, int, str], object]
"""A callback that gets what is done in a phase, how much the phase has to do, and the name of the phase."""


class ImportProgress:
    """Reports how many bytes of the files are read or written, and how many cases are updated."""

    def __init__(self, readers: Sequence[Reader], progress: ProgressCallback | None) -> None:
        self._bytes = sum(reader.pass_bytes for reader in readers)
        self._progress = progress
        self.begin(_("Reading the files"))

    def begin(self, phase: str, total: int | None = None) -> None:
        """Begin a phase, which by default goes through all files."""
        self._phase = phase
        self._total = self._bytes if total is None else total
        self._done = 0

    def report(self, done: int) -> None:
        """Report how much of the present pass through a file is done, on top of what is finished in the phase."""
        if self._progress is not None:
            self._progress(min(self._done + done, self._total), self._total, self._phase)

    def step(self, readers: Sequence[Reader], start: float, end: float) -> FractionCallback:
        """Return a callback for a step that is the part from `start` to `end` (0 to 1) of a pass through files."""
        size = sum(reader.pass_bytes for reader in readers)
        return lambda part: self.report(round(size * (start + (end - start) * part)))

    def counting(self, portions: Iterable[Sequence[int]]) -> Iterator[Sequence[int]]:
        """Yield portions, and count each as done when the next one is asked for."""
        for portion in portions:
            yield portion
            self.add_finished(len(portion))

    def add_finished(self, done: int) -> None:
        """Count a whole pass through a file, in bytes, or some cases as finished, and report the sum."""
        self._done += done
        self.report(0)
