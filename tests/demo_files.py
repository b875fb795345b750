"""The demo files that can be imported by hand: those of the replay, with the dates of one day.

`python -m tests.demo_files` writes them.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.services.demo import calls
from workbench.services.demo.preparing import DATA
from workbench.services.demo.relative_dates import RelativeDates
from workbench.services.time.calendar.public_holidays import seed_days

CALENDAR = WorkingCalendar(
    seed_days("CN", range(2025, 2029)),
    hours=((time(9), time(12)), (time(13), time(18))),
    zone="Asia/Shanghai",
)
DATES = RelativeDates(datetime(2026, 11, 25, 2, 15, tzinfo=UTC), CALENDAR)

KEYS = {
    "applications": ("agent", "application_no"),
    "cards": ("agent", "application_no", "msisdn"),
    "documents": ("agent", "application_no", "kind", "path"),
    "credit": ("subject_no", "list", "listed_on"),
    "optouts": ("callee", "msisdn"),
    "complaints": ("msisdn", "received_at"),
}
"""What names a row; of a row that comes again, the last is kept."""


def demo_files() -> dict[str, str]:
    """Return the texts of the files by name."""
    files = {f"{kind}.csv": _csv(_last_rows(kind, key)) for kind, key in KEYS.items()}
    return {**files, "calls.csv": _csv([calls.COLUMNS, *_calls()])}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / "replay" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _last_rows(kind: str, key: Sequence[str]) -> Iterator[Iterable[str]]:
    rows = {tuple(row[name] for name in key): row for row in _rows(kind)}.values()
    yield list(next(iter(rows)))[1:]
    for row in rows:
        yield [DATES.written(cell) for name, cell in row.items() if name != "when"]


def _calls() -> Iterator[Iterable[str]]:
    profiles, imports = defaultdict(list), defaultdict(list)
    for profile in _rows("calls"):
        profiles[profile["profile"]].append(profile)
    for card in _rows("callers"):
        imports[card["when"]].append(card)
    for cards in imports.values():
        for number, card in enumerate(cards):
            for profile in profiles[card["profile"]]:
                yield from calls.calls_of(card["msisdn"], number, profile, DATES)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    for file_name, content in demo_files().items():
        (DATA / file_name).write_text(content, encoding="utf-8")
