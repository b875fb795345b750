from datetime import date, datetime, timedelta

import pytest

from workbench.services.demo import fixtures
from workbench.services.demo.calls import Profiles, calls_of, read_profiles


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return read_profiles(fixtures.table("call_profiles"))


def weekdays(last: date) -> list[date]:
    days = (last - timedelta(days=back) for back in range(90))
    return [day for day in days if day.weekday() < 5]


def calls(profiles: Profiles, name: str, msisdn: str = "17000009901") -> list[tuple[object, ...]]:
    return list(calls_of(msisdn, profiles.of(name, 0), profiles.seed, weekdays(date(2026, 11, 24))))


def test_a_card_calls_alike_whatever_today_is(profiles: Profiles) -> None:
    def without_day(last: date, name: str, msisdn: str) -> list[tuple[object, ...]]:
        found = calls_of(msisdn, profiles.of(name, 0), profiles.seed, weekdays(last))
        return [(*call[:2], str(call[2])[11:], *call[3:]) for call in found]

    some, other = date(2026, 11, 24), date(2026, 12, 1)
    for name in profiles.by_name:
        assert without_day(some, name, "17000009901") == without_day(other, name, "17000009901")
    assert without_day(some, "usual", "17000009901") != without_day(some, "usual", "17000009902")


def test_noon_is_quiet_and_nights_and_most_weekends_are_silent(profiles: Profiles) -> None:
    starts = [
        datetime.fromisoformat(str(call[2]))
        for card in range(60)
        for call in calls(profiles, "usual", f"170000099{card:02d}")
    ]
    by_hour = [sum(start.hour == hour for start in starts) for hour in range(24)]

    assert by_hour[12] * 1.5 < by_hour[10]
    assert by_hour[12] * 1.5 < by_hour[15]
    assert sum(by_hour[:9]) + sum(by_hour[19:]) == 0
    assert all(start.weekday() < 5 for start in starts)
    weekend = [datetime.fromisoformat(str(call[2])).weekday() for call in calls(profiles, "weekend")]
    assert 0 < sum(day >= 5 for day in weekend) < len(weekend) / 5


def test_a_silent_card_does_not_call(profiles: Profiles) -> None:
    assert calls(profiles, "silent") == []
