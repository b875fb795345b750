"""Measures exports beside the `sqlite3` program writing one bare table."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, WrongResult, in_turns
from tests.bench.processes import workbench
from tests.bench.queue_pages import planted


def applications(folder: Path, count: int, turns: int) -> Iterator[Figure]:
    """Measure the export of applications as CSV."""
    database = planted(folder / "exported.db", count)
    bare = _bare(folder, database)
    output, peaks = folder / "applications-out.csv", list[float]()

    def ours() -> float:
        done = workbench(database, "export", "applications", "--output", str(output), "--json")
        rows = json.loads(done.output)["rows"]
        with output.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        if rows != count or lines != count + 1:
            raise WrongResult(f"{rows} applications in {lines} lines instead of {count}")
        peaks.append(done.peak_mb)
        return done.seconds

    def peer() -> float:
        began = time.perf_counter()
        with (folder / "bare-out.csv").open("wb") as file:
            subprocess.run(
                ["sqlite3", "-header", "-csv", str(bare), "SELECT * FROM application"],
                check=True,
                stdout=file,
            )
        return time.perf_counter() - began

    ours_s, peer_s = in_turns(ours, peer, turns)
    yield Figure(
        name=f"export {count:,} applications as CSV",
        peer="`sqlite3 -csv` of one bare table",
        ours_s=ours_s,
        peer_s=peer_s,
        most=4,
        most_mb=max(peaks),
        most_mb_allowed=200,
    )


def _bare(folder: Path, database: Path) -> Path:
    bare = folder / "bare-export.db"
    copy = f"ATTACH '{database}' AS ours; CREATE TABLE application AS SELECT * FROM ours.application"
    subprocess.run(["sqlite3", str(bare), copy], check=True)
    return bare
