"""The steps from receipt to due date, on cases with every difficulty of the calendar and the log."""

from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tests.clock_site import ClockSite
from tests.languages import speaking
from workbench.domain.clock.explanation import ClockExplanation, ClockStep, StepKind
from workbench.services.time.calendar.preview import DaySetting
from workbench.wording.clock_explanation import ClockWords


def whats(document: Any) -> list[str]:
    return [step["what"] for step in document["steps"]]


def test_a_plain_case_is_due_at_closing_of_its_third_working_day(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    found = services.at("2026-11-25 09:30").clock(case)

    assert found["due_at"] == "2026-11-27T18:00:00+08:00"
    assert services.terminal.document("audit", "show", case)["due_at"] == found["due_at"]
    assert (found["due_provisional"], found["running"], found["working_days_left"]) == (False, True, 2)
    assert whats(found) == ["received", "running", "due"]
    assert found["steps"][1] == {
        "from": "2026-11-24T10:00:00+08:00",
        "to": "2026-11-27T18:00:00+08:00",
        "what": "running",
        "counts": True,
        "working_s": 31 * 3600.0,
        "detail": None,
        "text": "Tue 24 Nov 10:00 – Fri 27 Nov 18:00: the clock runs, 31 h 00 min of work.",
    }


def test_an_application_that_was_incomplete_is_told_as_received_once() -> None:
    handed_in, complete = datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)
    received = ClockStep(start=complete, end=complete, what=StepKind.RECEIVED)
    steps = (ClockStep(start=handed_in, end=complete, what=StepKind.INCOMPLETE), received)
    words = ClockWords(ClockExplanation(class_days=3, steps=steps), date(2026, 11, 24), ZoneInfo("Asia/Shanghai"))
    first, *others = words.lines()
    assert first == "Mon 23 Nov 10:00: received; complete on Tue 24 Nov 10:00, when the clock starts."
    assert len(others) == 1


@pytest.mark.promise("D7")
def test_the_class_says_how_many_days(services: ClockSite) -> None:
    for service_class, due in (
        ("expedited", "2026-11-25 18:00"),
        ("standard", "2026-11-27 18:00"),
        ("complex", "2026-12-01 18:00"),
        ("maximum", "2026-12-03 18:00"),
        ("extended", "2026-12-08 18:00"),
    ):
        assert services.due(services.received("2026-11-24 10:00", service_class)) == due


def test_a_receipt_outside_working_hours_counts_from_the_next_opening(services: ClockSite) -> None:
    case = services.received("2026-11-27 19:10", "standard")

    found = services.clock(case)
    assert found["due_at"] == "2026-12-03T18:00:00+08:00"
    text = "Fri 27 Nov 19:10: outside the hours; counts as Mon 30 Nov 09:00, day 0, before the days that count."
    assert found["steps"][1]["text"] == text
    assert (found["steps"][1]["counts"], found["steps"][1]["to"]) == (False, "2026-11-30T09:00:00+08:00")
    with speaking("zh"):
        lines = services.terminal.run("clock", case, "--as", "audit", "--lang", "zh").stdout.splitlines()
    assert lines[0].startswith("11月27日 周五 19:10")


def test_days_set_by_hand_are_labelled(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "complex")
    calendars = services.site.services("admin").calendars
    calendars.set_day(DaySetting(on=date(2026, 11, 26), working=True, hours=((clock(9), clock(12)),)), "inventory")
    calendars.set_day(DaySetting(on=date(2026, 11, 28), working=True), "many cases")

    found = services.clock(case)
    assert whats(found) == ["received", "running", "own_hours", "running", "make_up", "running", "due"]
    texts = [step["text"] for step in found["steps"]]
    assert texts[2] == "Thu 26 Nov 09:00 – 12:00: hours set by hand, 3 h 00 min of work."
    assert texts[4] == "Sat 28 Nov: set as a working day, 8 h 00 min of work."


def test_the_spring_festival_has_its_name_and_not_that_of_its_eve(services: ClockSite) -> None:
    case = services.received("2026-02-13 10:00")

    [holiday] = [step for step in services.at("2026-02-13 11:00").clock(case)["steps"] if step["what"] == "holiday"]
    assert holiday["detail"] == "春节"


def test_a_suspension_after_the_due_date_is_not_in_the_steps(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("sup", "calendar", "suspend", "2026-12-14", "2026-12-16", "--reason", "搬家")

    assert whats(services.clock(case)) == ["received", "running", "due"]
    # After the due date has passed, the suspension still counts.
    assert "suspended" in whats(services.at("2026-12-17 10:00").clock(case))


def test_the_national_day_week_and_its_make_up_days_are_counted(services: ClockSite) -> None:
    case = services.received("2026-09-18 10:00", "extended")

    found = services.clock(case)
    # Sunday 20 September and Saturday 10 October are worked, 25 September and 1 to 7 October are not.
    assert found["due_at"] == "2026-10-09T18:00:00+08:00"
    days = [step for step in found["steps"] if step["what"] == "make_up"]
    assert days[0]["text"] == "Sun 20 Sep: a make-up working day, 8 h 00 min of work."
    assert days[0]["counts"] is True

    longer = services.received("2026-09-30 10:00")
    found = services.clock(longer)
    assert found["due_at"] == "2026-10-10T18:00:00+08:00"
    [holiday] = [step for step in found["steps"] if step["what"] == "holiday"]
    assert (holiday["from"], holiday["to"]) == ("2026-10-01T00:00:00+08:00", "2026-10-08T00:00:00+08:00")
    assert holiday["counts"] is False


@pytest.mark.promise("S7")
def test_a_machine_clock_that_was_set_back_gives_no_negative_times(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask("2026-11-24 15:00", case)
    services.answer("2026-11-24 14:00", case)
    assert services.due(case) == "2026-11-27 18:00"
    services.ask("2026-11-24 14:10", case)
    services.answer("2026-11-24 15:10", case)

    assert services.due(case) == "2026-11-30 10:00"
    assert all(step["working_s"] >= 0 for step in services.clock(case)["steps"])


def test_an_incomplete_case_has_no_due_date(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    context = services.site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'incomplete', complete_at = NULL, due_at = NULL"))

    found = services.clock(case)
    assert (found["due_at"], found["running"], found["working_days_left"]) == (None, False, None)
    assert whats(found) == ["incomplete"]


def _texts(document: Any) -> list[str]:
    return [step["text"] for step in document["steps"]]


def test_the_steps_show_changes_of_a_supervisor_and_that_the_due_date_moved(
    services: ClockSite,
) -> None:
    case = services.received("2026-11-24 10:00")
    services.at("2026-11-25 10:00").run("sup", "extend", case, "--until", "2026-12-02", "--reason", "x")
    found = services.at("2026-11-25 11:00").clock(case)

    assert whats(found) == ["received", "running", "extended", "running", "due"]
    assert found["steps"][1]["to"] == found["steps"][3]["from"] == "2026-11-25T10:00:00+08:00"
    days = "3 working days after day 0 (day 0 is the day that the receipt counts for)"
    assert _texts(found)[-1] == f"Due Wed 2 Dec 18:00; {days}, moved by the steps listed here."


def test_a_future_suspension_without_an_end_leaves_the_due_date_open(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "complex")
    services.run("sup", "calendar", "suspend", "2026-12-01", "--reason", "台风")
    due = next(text for text in _texts(services.at("2026-11-25 11:00").clock(case)) if text.startswith("Due "))

    assert due.endswith("It will move on by the working time lost until work resumes.")
