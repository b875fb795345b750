"""Appeals are filed, decided and checked by keys, on a real database."""

import pytest
from textual.widgets import TextArea

from db.enums import CaseState
from screens.appeals import decision_dialog
from tests.cli.appeals.filed_appeals import appealed, decided, failed, office, show
from tests.clock_site import ClockSite
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site


@pytest.fixture
def services(site: Site, monkeypatch: pytest.MonkeyPatch) -> ClockSite:
    monkeypatch.setattr(decision_dialog, "_TYPING_PAUSE_S", 0.02)
    return office(site)


async def decide(driver: KeyDriver, choice: str, reason: str) -> None:
    """Fill in the dialog over the appeal under the cursor, and confirm it."""
    await driver.press("d", choice, "t")
    await driver.type(reason)
    await driver.press("escape", "y")


async def test_an_appeal_is_filed_by_key_on_the_failed_case(services: ClockSite) -> None:
    case = failed(services)
    services.at("2026-12-01 10:00")
    async with site_workbench(services.site, "a", size=(80, 24)) as driver:
        await driver.go("q")
        await driver.press("slash")
        await driver.type("state:failed")
        await driver.press("enter", "enter")
        assert "appeal" in driver.text
        await driver.press("G")
        assert "empty means Tue 1 Dec" in driver.text
        assert "Enter file it   Tab next field   ^j new line   ^t canned text   Esc back" in driver.text
        await driver.type("not us")
        await driver.press("ctrl+j")
        await driver.type("nor them")
        await driver.press("tab")
        await driver.type("tomorrow")
        await driver.press("enter")
        assert "“tomorrow = 2026-12-02” is in the future" in driver.text
        await driver.press("ctrl+u")
        await driver.type("yesterday")
        assert "understood: Mon 30 Nov 18:00, yesterday" in driver.text
        await driver.press("ctrl+u")
        await driver.type("30 Nov 9:30")
        assert "understood: Mon 30 Nov 09:30, yesterday" in driver.text
        await driver.press("enter")

        assert "sup decides it" in driver.notes[-1]
    [filed] = show(services, case)["appeals"]
    assert (filed["grounds"], filed["received_at"]) == ("not us\nnor them", "2026-11-30T09:30:00+08:00")


async def test_a_supervisor_reads_the_grounds_and_overturns_an_appeal_by_keys(services: ClockSite) -> None:
    case = appealed(services)
    async with site_workbench(services.site, "sup", size=(80, 24)) as driver:
        await driver.go("a")
        row = next(line for line in driver.text.splitlines() if "7 working days left" in line)
        assert row.strip().startswith("final fail")
        assert "due Thu 10 Dec 18:00" in row
        assert "…" not in row
        assert "within 7 working days, at the latest on" in driver.text
        assert "Wed 16 Dec (15 calendar days)" in " ".join(driver.text.split())
        assert "We never called them." in driver.text

        await driver.press("enter")
        assert "We never called them." in driver.text
        assert "Next    sup decides the appeal, due" in driver.text
        await driver.press("4", "plus")
        assert "Appeal (not decided yet)" in driver.text
        assert "appeal filed" in driver.text
        await driver.press("escape")
        await decide(driver, "2", "you are right")
        assert "waits for a check" in driver.notes[-1]
        assert "No appeals are open. An answer" in driver.text
    assert show(services, case)["appeals"][0]["to_state"] == "passed"

    async with site_workbench(services.site, "c", size=(80, 24)) as driver:
        await driver.go("c")
        assert "We never called them." in driver.text
        assert "you are right" in driver.text
        assert "too many calls in an hour" in driver.text, "the reason of the appealed verdict"
        await driver.press("enter", "a")
        await driver.type("agreed")
        await driver.press("enter")
    assert show(services, case)["state"] == CaseState.PASSED


async def test_the_dialog_needs_a_choice_and_a_reason_and_keeps_what_was_typed_and_u_takes_the_decision_back(
    services: ClockSite,
) -> None:
    case = appealed(services)
    async with site_workbench(services.site, "sup") as driver:
        assert "one appeal to decide" in driver.text
        await driver.go("a")
        await driver.press("d", "t")
        await driver.type("seen again")
        await driver.press("escape", "y")
        assert "Choose the decision first" in driver.text
        await driver.press("escape", "d", "1")
        assert isinstance(driver.app.screen.query_one("#answer"), TextArea)
        await driver.until("12300")
        assert "seen again" in driver.text

        await driver.press("f3", *["backspace"] * 10, "escape", "y")
        assert "needs a reason" in driver.text
        assert show(services, case)["state"] == "appealed"

        await driver.press("t")
        await driver.type("no")
        await driver.press("escape", "y")
        assert show(services, case)["state"] == "awaiting_check"
        await driver.press("escape", "u")
    assert show(services, case)["state"] == "appealed"


async def test_the_answer_of_a_decision_that_was_undone_stands_in_the_dialog_also_after_a_restart(
    services: ClockSite,
) -> None:
    case = appealed(services)
    async with site_workbench(services.site, "sup") as driver:
        await driver.go("a")
        await decide(driver, "1", "counted twice")
        await driver.press("escape", "u")
        assert show(services, case)["state"] == "appealed"
        await driver.go("a")
        await driver.press("d")
        assert driver.app.screen.query_one(TextArea).text == "counted twice"
    async with site_workbench(services.site, "sup") as driver:
        await driver.go("a")
        await driver.press("d")
        assert driver.app.screen.query_one(TextArea).text == "counted twice"


async def test_v_shows_the_whole_letter_of_the_chosen_decision(services: ClockSite) -> None:
    appealed(services)
    async with site_workbench(services.site, "sup", size=(80, 24)) as driver:
        await driver.go("a")
        await driver.press("d", "v")
        assert driver.dialog == "AppealDialog"
        assert "! Choose the decision to see the letter." in driver.text
        await driver.press("t")
        await driver.type("counted twice [/b]")
        await driver.press("escape", "2", "v")
        assert "The letter as it goes out" in driver.text
        assert driver.dialog == "TextSheet"
        assert "counted twice [/b]" in driver.text
        await driver.press("end")
        assert "特此通知" in driver.text
        await driver.press("escape")
        assert driver.dialog == "AppealDialog"
        assert "v whole letter" in driver.text


async def test_who_touched_the_case_reads_why_they_cannot_decide_it(services: ClockSite) -> None:
    case = failed(services)
    services.run("sup", "comment", case, "mine")
    appealed(services, case)
    async with site_workbench(services.site, "sup") as driver:
        await driver.go("a")
        assert "before the appeal" in driver.text
        await driver.press("d")
        assert driver.dialog == "AppealsScreen"


async def test_an_appeal_is_offered_until_its_last_day_and_not_after_an_answer(services: ClockSite) -> None:
    case, answered = failed(services), failed(services)
    decided(services, appealed(services, answered))
    services.run("c", "check", answered, "approve", "--note", "yes")
    async with site_workbench(services.site, "a") as driver:
        for days, one in ((0, answered), (0, case), (30, case)):
            services.site.clock.advance(days=days)
            await driver.go("q")
            await driver.press("slash", "end", "ctrl+u")
            await driver.type(one)
            await driver.press("enter", "enter")
            assert "Read only" in driver.text
            assert ("G appeal" in driver.text.splitlines()[-1]) is ((days, one) == (0, case))

            # What was received in time can still be entered later.
            await driver.press("G")
            assert (driver.dialog == "AppealForm") is (one == case)
            await driver.press("escape", "escape")
