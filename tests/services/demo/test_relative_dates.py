"""Dates in the demo data that are relative to the time of creation."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.demo_files import demo_files
from tests.sites import Site
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.values.identifiers import ric_valid
from workbench.services.demo.preparing import DATA
from workbench.services.demo.relative_dates import RelativeDates
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.time.calendar.public_holidays import seed_days

CALENDAR = WorkingCalendar(
    seed_days("CN", range(2025, 2029)),
    hours=((time(9), time(12)), (time(13), time(18))),
    zone="Asia/Shanghai",
)
HOUR = timedelta(hours=1)


def dates(now: str) -> RelativeDates:
    return RelativeDates(datetime.fromisoformat(now), CALENDAR)


def test_working_days_are_counted_from_the_first_open_one() -> None:
    for now, before, first, after in [
        ("2026-11-25T09:01+08:00", "2026-11-24", "2026-11-25", "2026-11-26"),
        ("2026-11-25T17:59+08:00", "2026-11-24", "2026-11-25", "2026-11-26"),
        ("2026-11-25T18:00+08:00", "2026-11-25", "2026-11-26", "2026-11-27"),
        ("2026-11-27T23:00+08:00", "2026-11-27", "2026-11-30", "2026-12-01"),
        ("2026-11-29T03:00+08:00", "2026-11-27", "2026-11-30", "2026-12-01"),
        ("2026-10-03T10:00+08:00", "2026-09-30", "2026-10-08", "2026-10-09"),
    ]:
        around = dates(now)

        assert [around.written(cell) for cell in ("w-1", "w+0", "w+1")] == [before, first, after]


def test_at_any_hour_the_previous_day_is_over_and_the_first_day_is_not() -> None:
    start = datetime(2026, 2, 9, tzinfo=UTC)
    for hour in range(24 * 21):
        around = RelativeDates(start + hour * HOUR, CALENDAR)

        assert around.instant("w-1 17:47") < around.instant("now-12m") < around.instant("w+0 18:00")


def test_days_years_and_times_are_added() -> None:
    around = dates("2026-11-25T10:15+08:00")

    assert around.written("w-1-20d-24y") == "2002-11-04"
    assert around.written("w-3+46d") == "2027-01-05"
    assert around.written("w-1-9d 11:20") == "2026-11-15 11:20"
    assert around.instant("w-1 10:30:41") == datetime(2026, 11, 24, 2, 30, 41, tzinfo=UTC)
    assert dates("2028-02-29T10:00+08:00").written("w+0+3y") == "2031-02-28"


def test_an_id_number_has_the_birth_date_and_the_right_check_digit() -> None:
    number = dates("2026-11-25T10:15+08:00").written("id 440000 w-1-20d-34y 998")

    assert number.startswith("44000019921104998")
    assert ric_valid(number, date(2026, 11, 25))


def test_other_cells_stay_unchanged() -> None:
    around = dates("2026-11-25T10:15+08:00")

    assert around.written("long-term") == "long-term"
    assert around.written("w-1 and more") == "w-1 and more"


def test_the_demo_files_can_be_imported_by_hand_as_they_lie_there(site: Site, tmp_path: Path) -> None:
    for name, content in demo_files().items():
        assert (DATA / name).read_text(encoding="utf-8") == content, "run `python -m tests.demo_files`"
    shutil.copytree(DATA / "documents", tmp_path / "office" / "documents")
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path / "office")
    request = ImportRequest(kind=ImportKind.FOLDER, paths=(tmp_path / "office",), dry_run=True)

    report = site.services("admin").imports.run(request)

    assert (report.error_count, report.rows) == (0, sum(content.count("\n") - 1 for content in demo_files().values()))


def test_a_cell_without_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="w-3"):
        dates("2026-11-25T10:15+08:00").instant("w-3")
