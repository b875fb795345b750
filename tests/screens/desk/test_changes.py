"""The sheet with what changed since the last round: on the desk, in a case that is only read, and at the checker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db.enums import Verdict
from tests.clock_site import ClockSite
from tests.resubmissions import start_failed, write_new_document
from tests.screens.cases import clean
from tests.screens.driver import memory_workbench, site_workbench
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site
from workbench.keys.registry import commands_of, help_of

Resubmit = Callable[[], ClockSite]


@pytest.fixture
def resubmitted(site: Site, tmp_path: Path) -> ClockSite:
    """Resubmit an application with another number, handler and licence; the two handlers look alike when masked."""
    services = ClockSite(site)
    start_failed(services)
    desk = Desk(site, tmp_path)
    path = write_new_document(desk, "2")
    assert services.at("2026-11-25 10:00").terminal.as_person("b", "resubmit", "C-1", str(path)).exit_code == 0
    desk.applications(application(uscc="91110000600037341L", handler_name="乙某乙"))
    return services


async def test_unchanged_fields_are_below_the_window_until_a_key_shows_them_all(resubmitted: ClockSite) -> None:
    async with site_workbench(resubmitted.site, "a", size=(80, 24)) as desk:
        await desk.press("n")
        assert "Unchanged" not in desk.text
        await desk.press("plus")
        assert desk.text.splitlines()[2].startswith("  │ Unchanged: 27")
        assert "scope" in desk.text
        await desk.press("plus")
        assert "scope" not in desk.text
        assert "accepted in round 1" in desk.text
        await desk.press("home")
        assert "Asked for in round 1" in desk.text
        await desk.press("end")
        assert "Asked for in round 1" not in desk.text


async def test_a_case_of_the_second_round_opens_on_what_changed_and_its_verdicts_know_what_digits_judged(
    resubmitted: ClockSite,
) -> None:
    async with site_workbench(resubmitted.site, "a") as desk:
        await desk.press("n")
        assert desk.dialog == "ChangesSheet"
        for words in (
            "乙•• (differs in what is masked)",
            "received Mon 23 Nov 15:00",
            "accepted in round 1",
            "not judged",
        ):
            assert words in desk.text
        await desk.press("question_mark")
        for command in commands_of("changes"):
            assert help_of(command).split(":")[0] in desk.text
        assert "Give this verdict" not in desk.text
        await desk.press("escape")
        assert desk.dialog == "ChangesSheet"

        await desk.press("escape")
        assert desk.dialog == "DeskScreen"
        assert "91110000600037341L" in desk.text
        assert "✓ ±" in desk.text
        await desk.press("d")
        assert desk.dialog == "ChangesSheet"
        # After the last item, a digit that is meant for a panel changes no judgement.
        await desk.press("1", "2", "2", "3")
        assert "All items are judged. Choose one with ↑ to judge it again." in desk.text
        await desk.press("up", "up", "3", "escape", "p")
        found = resubmitted.terminal.document("a", "show", "C-1")["items"]
        assert [item["judged"] for item in found] == ["fixed", "not_fixed", "partly"]
        assert "2 of 3 items of the last round are not judged fixed" in desk.text
        assert "USE-STATEMENT: partly fixed" in desk.text

        await desk.press("escape", "f")
        assert desk.desk_screen.session.draft is not None
        await desk.press("y")
        decision = resubmitted.terminal.document("a", "show", "C-1")["decisions"][-1]
        assert decision["verdict"] == Verdict.FAIL
        assert decision["reasons"][:2] == ["DOC-UNSEALED", "USE-STATEMENT"]
        assert "营业执照副本" in decision["items"][0]["text"]


async def test_who_does_not_hold_the_case_only_reads_the_changes(resubmitted: ClockSite) -> None:
    async with site_workbench(resubmitted.site, "b") as desk:
        await desk.go("q")
        await desk.press("enter", "d")
        assert desk.dialog == "ChangesSheet"
        await desk.press("1")
        assert "There is no item to judge here." in desk.text
        await desk.press("escape")
        assert desk.dialog == "ReadOnlyScreen"
    assert [item["judged"] for item in resubmitted.terminal.document("a", "show", "C-1")["items"]] == [None] * 3


async def test_the_checker_sees_the_judgements_and_the_changes(resubmitted: ClockSite) -> None:
    resubmitted.run("a", "next")
    resubmitted.run("a", "judge", "C-1", "1", "not-fixed")
    resubmitted.run("a", "decide", "C-1", "fail", "--final", "--reason", "ID-USCC", "--note", "again")
    async with site_workbench(resubmitted.site, "b") as desk:
        await desk.go("c")
        assert "not fixed" in desk.text
        await desk.press("enter", "d")
        assert desk.dialog == "ChangesSheet"
        assert "not fixed" in desk.text


async def test_a_case_of_the_first_round_has_nothing_to_compare() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "d")
        assert desk.dialog == "DeskScreen"
        assert "This is the first round; there is nothing to compare it with." in desk.notes
