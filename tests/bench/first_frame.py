"""Measures the time to the first frame and to the next case with 200,000 queued cases, against a bare Textual app.

Run it with `python -m tests.bench.first_frame [TURNS]`; it prints medians and ratios as JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.offices import Clock, Site, plant
from tests.terminal.pty_session import PtySession

QUEUED = 200_000
COLD: dict[str, str] = {}
"""Starts a new process in the same environment, because importing is part of the measurement."""


def seconds_until(terminal: PtySession, words: str) -> float:
    """Return the monotonic time at which the program has written these words."""
    until = time.monotonic() + 60
    written = b""
    while time.monotonic() < until:
        written += terminal.read_raw(0.05)
        if words.encode() in written:
            return time.monotonic()
    raise AssertionError(f"{words!r} never came")


def bare(home: Path) -> float:
    """Return the seconds to the first frame of the bare app."""
    start = time.monotonic()
    with PtySession([], home, module="tests.bench.bare_app", more=COLD) as terminal:
        return seconds_until(terminal, "a text") - start


def desk(home: Path, database: Path, language: str) -> tuple[float, float]:
    """Return the seconds to the desk's first frame, and to the first case when `n` is pressed at that frame."""
    arguments = ["--database", str(database), "--as", "a", "--lang", language]
    start = time.monotonic()
    with PtySession(arguments, home, more=COLD) as terminal:
        frame = seconds_until(terminal, "Desk" if language == "en" else "keys") - start
        terminal.press("n")
        case = seconds_until(terminal, "C-0") - start
    return frame, case


def main() -> None:
    """Measure both programs alternately and print the results."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        site = Site(home / "bench.db", Clock(datetime.now(UTC))).create()  # noqa: TID251 - the day must be the program's
        plant(site.services("admin").context.database, site.clock.at, QUEUED)
        site.services("admin").people.limit("a", 10 * turns)
        site.close()
        bare(home)
        desk(home, site.path, "en")
        measured = [(bare(home), *desk(home, site.path, "en")) for _turn in range(turns)]
    peer, frame, case = (statistics.median(column) for column in zip(*measured, strict=True))
    report = {
        "queued": QUEUED,
        "turns": turns,
        "bare_first_frame_s": round(peer, 3),
        "desk_first_frame_s": round(frame, 3),
        "next_case_s": round(case, 3),
        "first_frame_ratio": round(frame / peer, 2),
        "next_case_ratio": round(case / peer, 2),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
