"""A deadline that leaves the applicant less than two working hours is refused, with the first possible day."""

import pytest

from tests.cli.calendar.test_reminders import fail
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.prepared import prepared
from tests.sites import Site


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site)


@prepared
def taken(services: ClockSite, at: str) -> str:
    case = services.at(at).received("2026-11-24 10:00", "extended")
    services.run("a", "next")
    return case


ASKED = {
    "fail": ("fail", "--reason", "DOC-UNSEALED", "--item", "DOC-UNSEALED:BIZ_LICENSE"),
    "pending": ("pending", "--reason", "WAIT-APPLICANT"),
}


def test_a_pending_verdict_waits_a_year_at_most(services: ClockSite) -> None:
    for reason in (
        "WAIT-APPLICANT",
        "WAIT-CARRIER",
    ):
        case = taken(services, "2026-11-24 10:00")
        words = ("decide", case, "pending", "--reason", reason, "--until")

        refusal = refused(services.terminal.as_person("a", *words, "2036-11-24"), 77)
        assert "2036-11-24 is more than 366 days ahead; give a day until 2027-11-25." in refusal
        services.run("a", *words, "2027-11-25")


def test_a_deadline_on_a_day_off_becomes_the_next_working_day(services: ClockSite) -> None:
    for verdict in list(ASKED):
        case = taken(services, "2026-11-24 10:00")
        services.run("a", "decide", case, *ASKED[verdict], "--until", "2026-11-28")

        decision = services.terminal.document("a", "show", case)["decisions"][-1]
        assert (decision["deadline_at"] or decision["until_on"])[:10] == "2026-11-30"


@pytest.mark.parametrize(
    ("at", "until", "first"),
    [
        ("2026-11-24 16:01", "2026-11-24", "2026-11-25"),
        ("2026-11-24 22:00", "2026-11-24", "2026-11-25"),
        ("2026-11-27 17:00", "2026-11-27", "2026-11-30"),
        ("2026-09-30 16:30", "2026-09-30", "2026-10-08"),
    ],
)
def test_a_deadline_with_less_than_two_working_hours_is_refused(
    services: ClockSite, at: str, until: str, first: str
) -> None:
    for verdict in list(ASKED):
        case = taken(services, at)
        given = services.terminal.as_person("a", "decide", case, *ASKED[verdict], "--until", until)

        sentence = f"The deadline leaves less than two working hours; the first possible day is {first}."
        assert refused(given, 77) == sentence
        services.run("a", "decide", case, *ASKED[verdict], "--until", first)


def test_a_deadline_today_with_two_working_hours_left_is_accepted(services: ClockSite) -> None:
    for verdict in list(ASKED):
        case = taken(services, "2026-11-24 16:00")

        services.run("a", "decide", case, *ASKED[verdict], "--until", "2026-11-24")

        state = {"fail": "rectifying", "pending": "pending"}[verdict]
        assert services.terminal.document("a", "show", case)["state"] == state


def test_a_next_action_today_that_asks_nothing_of_the_applicant_is_accepted(services: ClockSite) -> None:
    case = taken(services, "2026-11-24 17:59")

    services.run("a", "decide", case, "pending", "--reason", "WAIT-CARRIER", "--until", "2026-11-24")

    assert services.terminal.document("a", "show", case)["state"] == "pending"


def test_an_extended_deadline_with_less_than_two_working_hours_is_refused(services: ClockSite) -> None:
    case = fail(services.at("2026-11-24 10:00"), until="2026-11-25")
    services.at("2026-11-26 16:30")
    given = services.terminal.as_person("sup", "extend", case, "--until", "2026-11-26", "--reason", "x")

    assert "first possible day is 2026-11-27" in refused(given, 77)
    services.run("sup", "extend", case, "--until", "2026-11-27", "--reason", "x")


def test_deadlines_count_from_the_release_of_the_letter_and_not_from_the_verdict(services: ClockSite) -> None:
    # The letter is released at 18:00:30, after closing, so that Wednesday is day 0.
    case = taken(services, "2026-11-24 17:59:30")
    fail = services.terminal.document("a", "decide", case, "fail", "--reason", "ID-NAME")
    assert fail["deadline_at"] == "2026-11-30T18:00:00+08:00"
    assert "提出异议截止日期：2026年12月16日（周三）" in fail["notice"]
    services.run("a", "undo", case)
    final = ("decide", case, "fail", "--final", "--reason", "ID-NAME")
    services.run("a", *final)

    services.run("b", "check", case, "approve", "--note", "seen")
    assert "申诉截止日期：2026年12月16日（周三）" in last_letter(services)
    assert services.terminal.document("a", "show", case)["appeal_until"] == "2026-12-16"

    case = taken(services, "2026-11-24 17:59:30")
    services.run("a", "decide", case, *ASKED["pending"])
    assert "补充材料期限：2026年12月2日（周三）" in last_letter(services)


def last_letter(services: ClockSite) -> str:
    body: str = services.terminal.document("a", "notices")["notices"][-1]["body"]
    return body
