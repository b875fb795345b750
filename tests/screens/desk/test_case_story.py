"""The desk says where a case stands: what happened, what a checker wants, what comes next."""

import re
from datetime import timedelta

import pytest

from db.enums import CaseState
from screens.panels.case_header import story_lines
from tests.clock_site import ClockSite
from tests.screens.cases import NOW
from tests.screens.driver import site_workbench
from tests.screens.panels.test_history import VIEW
from tests.sites import Site
from tests.wording.test_case_story import fail, story


async def test_a_returned_case_shows_the_note_of_its_checker_above_all_and_in_its_history(site: Site) -> None:
    services = ClockSite(site)
    case = services.received("2026-11-24 09:00")
    services.at("2026-11-24 10:00").run("a", "next")
    services.run("a", "decide", case, "fail", "--final", "--reason", "ID-USCC", "--note", "seal copied")
    services.run("b", "check", case, "return", "--note", "The registry shows it as valid")
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.press("n")
        assert "Returned by b: The registry shows it as valid" in desk.text
        assert "So far  round 1: proposed fail, final: " in desk.text
        assert "(a, Tue 24 Nov 10:00; returned by b, Tue 24 Nov 10:00)" in " ".join(desk.text.split())
        assert "Next    a decides round 1, due" in desk.text
        await desk.press("4", "plus")
        assert "checker's note b The registry" in " ".join(desk.text.split())

    text = services.terminal.as_person("a", "show", case).output
    assert "Returned by b: The registry shows it as valid" in text
    assert "a decides round 1" in text
    assert re.search(r"note, internal +seal copied", text)
    assert re.search(r"letter text +\S", text)


@pytest.mark.parametrize(
    ("back", "verdict"),
    [("answer", ("pending", "--reason", "WAIT-APPLICANT")), ("resubmit", ("fail", "--reason", "USE-STATEMENT"))],
)
def test_the_due_date_of_a_paused_case_is_that_of_an_answer_on_the_last_day(
    site: Site, back: str, verdict: tuple[str, ...]
) -> None:
    services = ClockSite(site)
    case = services.received("2026-11-24 09:00")
    services.at("2026-11-24 10:00").run("a", "next")
    services.run("a", "decide", case, *verdict, "--until", "2026-12-04")
    # A suspension elsewhere, and one that begins after the case is due.
    services.run("sup", "calendar", "suspend", "2026-12-01", "2026-12-31", "--province", "海南", "--reason", "x")
    services.run("sup", "calendar", "suspend", "2027-03-01", "2027-03-03", "--reason", "x")
    told = " ".join(services.terminal.as_person("a", "show", case).output.split())
    promised = re.search(r"clock paused, due (\w+ \d+ Dec \d\d:\d\d) if the answer comes on the last day", told)
    assert promised is not None, told

    services.at("2026-12-04 18:00").run("a", back, case)
    assert re.search(f"Due +{promised[1]}", services.terminal.as_person("a", "show", case).output)


def test_a_wait_for_others_past_the_due_date_says_so_and_has_no_forecast_of_its_own(site: Site) -> None:
    services = ClockSite(site)
    case = services.received("2026-11-24 09:00")
    services.at("2026-11-24 10:00").run("a", "next")
    services.run("a", "decide", case, "pending", "--reason", "WAIT-CARRIER", "--until", "2026-12-04")

    told = " ".join(services.terminal.as_person("a", "show", case).output.split())
    assert "until Fri 4 Dec at the latest, then returns to the queue after its due date (Fri 27 Nov 18:00)" in told
    forecast = services.terminal.document("a", "forecast", case, "--json")
    assert [forecast[name] for name in ("answer", "decided", "passed")] == [None] * 3


@pytest.mark.parametrize(("height", "shown"), [(16, 3), (40, 5)])
def test_a_low_screen_has_the_newest_acts_and_counts_the_others(height: int, shown: int) -> None:
    days = [NOW - timedelta(days=9 - number) for number in range(5)]
    decisions = tuple(fail(id=number, round=number + 1, decided_at=at, items=()) for number, at in enumerate(days))
    case = story(CaseState.QUEUED, *decisions).case

    lines = [line.plain.strip() for line in story_lines(case, VIEW, 100, height)]
    assert lines[-1].startswith("Next")
    told = re.findall(r"round (\d): failed", "\n".join(lines))
    assert told == [str(number) for number in range(6 - shown, 6)]
    assert ("+2 earlier; press 4 for the history" in lines[0]) is (shown == 3)
