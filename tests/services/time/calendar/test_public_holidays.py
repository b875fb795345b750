"""Public holidays: the days that a new calendar is filled with."""

import json
from datetime import date, timedelta

import pytest

from db.enums import DayStatus
from tests.shared_data import shared_data
from workbench.domain.clock.calendar import DayKind
from workbench.errors import BadConfiguration
from workbench.services.time.calendar.public_holidays import seed_days

PUBLISHED_YEARS = range(2018, 2027)


def published(year: int) -> dict[date, bool]:
    """Return for each day in the notice of a year whether it is a working day."""
    notice = json.loads(shared_data("holidays_cn", f"{year}.json").read_text(encoding="utf-8"))
    return {date.fromisoformat(day["date"]): not day["isOffDay"] for day in notice["days"]}


def test_every_day_of_china_agrees_with_the_notices_of_2018_to_2026() -> None:
    named: dict[date, bool] = {}
    for year in PUBLISHED_YEARS:
        named |= published(year)

    seeded = {day.on: day.working for day in seed_days("CN", PUBLISHED_YEARS)}

    days = [date(2018, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2018, 1, 1)).days)]
    assert seeded == {day: named.get(day, day.weekday() < 5) for day in days}


def test_a_year_of_china_without_make_up_days_is_provisional() -> None:
    statuses = {day.on.year: day.status for day in seed_days("CN", [2026, 2027])}

    assert statuses == {2026: DayStatus.OFFICIAL, 2027: DayStatus.PROVISIONAL}


def test_every_published_year_is_official_even_if_requested_alone() -> None:
    for year in PUBLISHED_YEARS:
        assert {day.status for day in seed_days("CN", [year])} == {DayStatus.OFFICIAL}


def test_days_have_the_reason_why_they_are_working_days_or_not() -> None:
    days = {day.on: day for day in seed_days("CN", [2026])}

    assert (days[date(2026, 10, 1)].kind, days[date(2026, 10, 1)].name) == (DayKind.HOLIDAY, "国庆节")
    assert days[date(2026, 10, 6)].kind == DayKind.IN_LIEU
    assert days[date(2026, 10, 10)].kind == DayKind.MAKE_UP
    assert days[date(2026, 10, 10)].working
    assert days[date(2026, 10, 11)].kind == DayKind.WEEKEND
    assert days[date(2026, 10, 12)].kind == DayKind.WORKDAY


def test_years_are_sorted_and_unique() -> None:
    days = seed_days("CN", [2026, 2025, 2026])

    assert len(days) == 730
    assert [day.on for day in days] == sorted({day.on for day in days})


def test_another_country_is_official_and_keeps_its_own_weekend() -> None:
    days = {day.on: day for day in seed_days("AE", [2020])}

    assert not days[date(2020, 1, 3)].working  # a Friday
    assert days[date(2020, 1, 5)].working  # a Sunday
    assert {day.status for day in days.values()} == {DayStatus.OFFICIAL}


def test_the_refusal_of_an_unknown_country_names_it() -> None:
    with pytest.raises(BadConfiguration, match="Atlantis"):
        seed_days("Atlantis", [2026])
