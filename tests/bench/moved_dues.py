"""Measures a calendar change that moves many due dates: `python -m tests.bench.moved_dues [cases]`.

Prints how long the preview and the change take, once with every due date moving later, so that each
applicant is notified, and once with every due date moving back, so that no applicant is.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import text

from tests.clock_site import local
from tests.sites import Site, microseconds
from workbench.services.time.calendar.preview import DaySetting

_CASES = 10_000
_DAY = date(2026, 11, 26)


def main() -> None:
    """Print the measurements."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _CASES
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "w.db").create()
        site.plant(count)
        with site.services("admin").context.write() as session:
            due = {"due": microseconds(local("2026-11-27 18:00"))}
            session.execute(text('UPDATE "case" SET due_at = :due'), due)
            session.execute(text("UPDATE application SET language = 'en' WHERE id % 7 = 0"))
        calendars = site.services("admin").calendars
        for setting in (DaySetting(on=_DAY), DaySetting(on=_DAY, as_published=True)):
            for dry_run in (True, False):
                began = time.perf_counter()
                effect = calendars.set_day(setting, "bench", dry_run=dry_run)
                taken = time.perf_counter() - began
                did = "would move" if dry_run else "moved"
                sys.stdout.write(
                    f"{len(effect.moved_due_dates):,} due dates {did}, {effect.notified_count:,} told: {taken:.2f} s\n"
                )
        site.close()


if __name__ == "__main__":
    main()
