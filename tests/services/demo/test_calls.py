"""The sample call records of the demo."""

from datetime import UTC, date, datetime, time

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.services.demo.calls import COLUMNS, calls_of
from workbench.services.demo.relative_dates import RelativeDates

# Without a calendar, every day from Monday to Friday is a working day.
DATES = RelativeDates(
    datetime(2026, 11, 25, 2, 15, tzinfo=UTC), WorkingCalendar((), hours=((time(9), time(18)),), zone="Asia/Shanghai")
)
PROFILE = {
    "first": "w-4",
    "last": "w-2",
    "start": "14:00",
    "every_s": "90",
    "calls": "5",
    "callees": "4",
    "callee": "",
    "seconds": "45 0 120",
    "direction": "out",
    "handsets": "2",
}


def calls(**changes: str) -> list[dict[str, str]]:
    found = calls_of("17000009901", 3, {**PROFILE, **changes}, DATES)
    return [dict(zip(COLUMNS, call, strict=True)) for call in found]


def test_a_row_gives_its_number_of_calls_on_each_working_day() -> None:
    starts = [datetime.fromisoformat(call["start_at"]) for call in calls()]

    assert [start.date() for start in starts] == [date(2026, 11, 19)] * 5 + [date(2026, 11, 20)] * 5 + [
        date(2026, 11, 23)
    ] * 5
    assert [(start - starts[0]).seconds for start in starts[:5]] == [0, 90, 180, 270, 360]
    assert starts[0].hour == 14


def test_durations_callees_and_handsets_alternate() -> None:
    found = calls()

    assert {call["duration_s"] for call in found} == {"45", "0", "120"}
    assert all((call["answered"] == "no") == (call["duration_s"] == "0") for call in found)
    assert len({call["callee"] for call in found}) == 4
    assert len({call["imei"] for call in found}) == 2


def test_an_incoming_call_has_the_card_as_callee() -> None:
    assert {call["callee"] for call in calls(direction="in")} == {"17000009901"}
    assert {call["callee"] for call in calls(callee="17099000009")} == {"17099000009"}
