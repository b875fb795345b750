"""A workbench in a pseudo-terminal that can be hung up or closed."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.terminal.recording_session import RecordingSession


class HangUpSession(RecordingSession):
    """A workbench in its own terminal; with `ignores_hang_up` it ignores hang-ups and receives none."""

    def __init__(
        self, arguments: Sequence[str], home: Path, *, rows: int = 40, columns: int = 120, ignores_hang_up: bool = False
    ) -> None:
        super().__init__(arguments, home, rows=rows, columns=columns, ignores_hang_up=ignores_hang_up)
        self.is_open = True

    def hang_up(self) -> None:
        """Close the terminal."""
        if self.is_open:
            self.is_open = False
            os.close(self._main)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.hang_up()

    def ended(self, patience: float = 60.0) -> float:
        """Read the output until the program ends, and return how many seconds that took."""
        began = time.monotonic()
        while self.process.poll() is None and time.monotonic() - began < patience:
            if self.is_open:
                self.read(0.02)
            else:
                time.sleep(0.01)
        took = time.monotonic() - began
        assert self.process.poll() is not None, f"still there after {patience} s"
        if self.is_open:
            # The last output may have arrived between the last read and the end.
            self.read(1.0)
        return took
