"""The forecast of services that stay open equals that of services opened later."""

from datetime import date, time

import pytest

from db.enums import Role
from db.models import ApplicationRow
from tests.clock_site import ClockSite
from tests.sites import Site
from workbench.domain.case.case_id import format_case, parse_case
from workbench.services.time.calendar.preview import DaySetting


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 18:30")


def test_a_calendar_change_takes_effect_at_once(services: ClockSite) -> None:
    case = parse_case(services.received("2026-11-24 10:00"))
    opened = services.site.services("a").forecasts
    assert opened.of_case(case).first_verdict.p50 == date(2026, 11, 25)
    services.site.services("admin").calendars.set_day(DaySetting(on=date(2026, 11, 25), working=False), "storm")

    assert opened.of_case(case).first_verdict.p50 == date(2026, 11, 26)
    assert opened.of_case(case) == services.site.services("b").forecasts.of_case(case)
    assert opened.of_queue() == services.site.services("b").forecasts.of_queue()


def test_a_new_reviewer_counts_at_once_if_there_is_no_history(services: ClockSite) -> None:
    case = parse_case(services.received("2026-11-24 10:00"))
    opened = services.site.services("a").forecasts
    before = opened.of_case(case)
    services.site.services("admin").roles.add("d", (Role.REVIEWER,))

    after = opened.of_case(case)
    assert (after.reviewers, after.per_day > before.per_day) == (before.reviewers + 1, True)
    assert after == services.site.services("b").forecasts.of_case(case)


def test_a_verdict_outside_working_hours_stays_on_its_day(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.at("2026-11-24 19:00").run("a", "next")
    services.run("a", "decide", case, "pending", "--reason", "WAIT-CARRIER")
    for login in ("a", "b", "c", "admin"):
        services.run("admin", "reviewers", "away", login, "--from", "2026-11-24", "--to", "2026-11-30")

    for at in ("2026-11-24 20:00", "2026-11-25 08:30", "2026-11-25 09:30"):
        found = services.at(at).site.services("a").forecasts.of_case(parse_case(case))
        assert (found.first_verdict.p50, found.first_verdict.p90) == (date(2026, 11, 24), date(2026, 11, 24)), at
        assert found.decided.p50 >= date(2026, 12, 1)
    for login in ("a", "b", "c", "admin"):
        services.run("admin", "reviewers", "away", login, "--from", "2026-11-24")
    endless = services.site.services("a").forecasts.of_case(parse_case(case))
    assert endless.is_endless
    assert endless.first_verdict.p90 == date(2026, 11, 24)


def test_no_decision_is_expected_after_a_half_day_closes(services: ClockSite) -> None:
    case = parse_case(services.received("2026-11-23 10:00"))
    morning = DaySetting(on=date(2026, 11, 24), working=True, hours=((time(9), time(12)),))
    services.site.services("admin").calendars.set_day(morning, "half a day")
    forecasts = services.at("2026-11-24 14:00").site.services("a").forecasts

    assert forecasts.of_case(case).first_verdict.p50 == date(2026, 11, 25)
    assert forecasts.of_queue().cleared.p50 == date(2026, 11, 25)
    assert services.at("2026-11-24 11:00").site.services("b").forecasts.of_case(case).first_verdict.p50 == date(
        2026, 11, 24
    )


def test_without_a_known_return_the_days_and_the_date_agree(services: ClockSite) -> None:
    services.received("2026-11-23 10:00")
    for login in ("a", "b", "c", "admin"):
        services.run("admin", "reviewers", "away", login, "--from", "2026-11-24")

    queue = services.site.services("a").forecasts.of_queue()
    assert queue.is_endless
    assert queue.p50_days == queue.p90_days
    assert queue.p50_days > 365


def test_a_case_suspended_by_province_waits_until_the_known_end(services: ClockSite) -> None:
    here, there = (parse_case(services.received("2026-11-24 10:00")) for _case in range(2))
    with services.site.services("admin").context.write() as session:
        session.get_one(ApplicationRow, here).province = "四川省"
    services.run("sup", "calendar", "suspend", "2026-11-24", "2026-12-11", "--province", "Sichuan", "--reason", "洪水")

    stopped, other = services.site.services("a").forecasts.of_cases([here, there]).values()
    assert stopped.first_verdict.p50 == date(2026, 12, 14)
    assert stopped.decided.p90 >= stopped.first_verdict.p50
    assert other.first_verdict.p50 == date(2026, 11, 25)
    output = services.terminal.as_person("a", "forecast", format_case(here), "--say").stdout
    assert "14 Dec" in output
