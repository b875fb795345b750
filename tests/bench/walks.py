"""Counts the files of services that the keys `n` and `y` and a tick enter: `python -m tests.bench.walks [--names]`.

They act on the demo, and the desk reads its counts after each key. Files that are only imported are not counted.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType

from db.enums import Verdict
from screens.desk.outcomes import read_state
from tests.demos import NOW
from tests.sites import ManualClock
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.services.database.opening import open_services
from workbench.services.demo.preparing import prepare

MOST = {"n": 30, "y": 35, "tick": 60}
"""The most files that a walk should enter."""

_SERVICES = Path(__file__).parents[2] / "workbench" / "services"
_TICKS = 30
"""How many days, one tick each, the demo runs on, until everything that can come due has come due."""


@contextmanager
def walked(files: set[str]) -> Iterator[None]:
    """Add the files of services in which functions run meanwhile."""
    before = sys.getprofile()
    sys.setprofile(note_into(files))
    try:
        yield
    finally:
        sys.setprofile(before)


def note_into(files: set[str]) -> Callable[[FrameType, str, object], None]:
    """Return a profile function that adds the file of each function that is called."""

    def note(frame: FrameType, event: str, _argument: object) -> None:
        # Bodies of modules and classes are no functions.
        if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:
            files.add(frame.f_code.co_filename)

    return note


def walks(demo: Path) -> dict[str, set[str]]:
    """Return the files of services that each walk enters in a demo of NOW, which it changes."""
    clock = ManualClock(NOW)
    found: dict[str, set[str]] = {name: set() for name in MOST}
    services = open_services(demo, "rev1", clock)
    with walked(found["n"]):
        case = services.claims.next()
        assert isinstance(case, CaseFile)
        read_state(services, case)
    request = VerdictRequest(
        case_id=case.header.id, verdict=Verdict.FAIL, reasons=("ACT-PEAK-HOUR",), fence=case.header.fence
    )
    with walked(found["y"]):
        services.verdicts.decide(request)
        read_state(services, None)
    for _day in range(_TICKS):
        clock.advance(days=1)
        with walked(found["tick"]):
            services.ticking.tick()
    services.close()
    return {
        name: {str(Path(file).relative_to(_SERVICES)) for file in files if Path(file).is_relative_to(_SERVICES)}
        for name, files in found.items()
    }


def main() -> int:
    """Print the count of each walk, with `--names` also the files; fail if one enters more than its most."""
    with tempfile.TemporaryDirectory(prefix="walks-") as folder:
        found = walks(prepare(Path(folder), ManualClock(NOW)))
    for name, files in found.items():
        sys.stdout.write(f"{name:5}{len(files):4} files of services, at most {MOST[name]}\n")
        if "--names" in sys.argv:
            sys.stdout.write("".join(f"      {file}\n" for file in sorted(files)))
    return int(any(len(files) > MOST[name] for name, files in found.items()))


if __name__ == "__main__":
    sys.exit(main())
