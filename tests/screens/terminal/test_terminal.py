"""The output of the workbench to a terminal."""

import os
import select
import time
from concurrent.futures import ThreadPoolExecutor

from screens.terminal.driver import TerminalOutput

READ_S = 20.0


def test_output_to_a_non_blocking_terminal_is_complete() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    screen = "x" * 20_000 + "\n"
    with os.fdopen(writing, "w", buffering=1) as file, ThreadPoolExecutor(1) as pool:
        output = TerminalOutput(file)
        arrived = pool.submit(_taken_in_once_full, reading, writing, 20 * len(screen))
        for _number in range(20):
            output.write(screen)
            output.flush()
        assert arrived.result(READ_S) == 20 * len(screen)


def _taken_in_once_full(reading: int, writing: int, wanted: int) -> int:
    """Count the bytes that arrive, up to a limit; reading begins only when the terminal buffer is full."""
    taken, ends = 0, time.monotonic() + READ_S
    while select.select([], [writing], [], 0)[1] and time.monotonic() < ends:
        time.sleep(0.01)
    with os.fdopen(reading, "rb", buffering=0) as file:
        while taken < wanted and (piece := file.read(65536)):
            taken += len(piece)
    return taken
