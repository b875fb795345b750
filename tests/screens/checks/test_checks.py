"""The screen of verdicts that wait for a second check."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.enums import CaseState, FailKind
from tests.clock_site import ClockSite
from tests.screens.cases import troubled
from tests.screens.driver import Driver, memory_workbench, site_workbench
from tests.services.review.verdict_acts import decide, decide_plainly, failing, staged, take
from tests.sites import Site
from workbench.domain.case.records import HistoryLine


async def go_to_checks(desk: Driver) -> None:
    await desk.pilot.press("g", "c")
    await desk.settle()


async def stage(desk: Driver) -> None:
    """Decide a final fail as rev1, then act as rev2."""
    await desk.press("n", "f", "f", "t")
    await desk.type("seen twice [/b]")
    await desk.press("f8")
    desk.services.actor = replace(desk.services.actor, login="rev2")
    await go_to_checks(desk)


async def test_a_waiting_verdict_is_listed_with_its_reasons_and_opened_read_only() -> None:
    async with memory_workbench(troubled(), size=(80, 24)) as desk:
        await stage(desk)
        for part in ("C-000123", "proposed fail, final", "by rev1", "ID-RIC-EXPIRED", "seen twice [/b]"):
            assert part in desk.text

        await desk.pilot.resize_terminal(120, 40)
        await desk.press("enter")
        assert "1 Identity" in desk.text
        assert "handler's ID card expired" in desk.text
        for key in ("question_mark", "o", "r"):
            await desk.press(key, "escape")
            assert "1 Identity" in desk.text
        await desk.pilot.click("#about")
        await desk.press("4", "plus")
        assert "4 History" in desk.text
        assert "1 Identity" not in desk.text

        await desk.press("escape")
        assert "1 Identity" in desk.text
        await desk.press("escape")
        assert "1 Identity" not in desk.text
        assert "Esc desk" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_a_small_list_says_who_made_each_verdict_and_why_a_key_does_nothing(site: Site) -> None:
    services = ClockSite(site)
    for number, login in enumerate("ab", start=1):
        services.received(f"2026-11-24 09:0{number}")
        services.at("2026-11-24 10:00").run(login, "next")
        services.run(login, "decide", f"C-{number}", "fail", "--final", "--reason", "ID-USCC")
    async with site_workbench(site, "a", size=(60, 16)) as desk:
        # The own verdict is for another person to check.
        assert "one verdict to check" in desk.text
        await desk.go("c")
        await desk.press("down")
        rows = [line for line in desk.text.splitlines() if line.startswith(" C-00000")][:2]
        assert [word in row for word, row in zip(("by a ", "by b "), rows, strict=True)] == [True, True]
        assert "虚构公司1" in rows[0]
        assert "Esc" in desk.text.splitlines()[-1]

        await desk.press("u", "up", "a", "enter", "c")
        assert desk.notes == [
            "This key works on the desk: press g d first.",
            "This is your own verdict; a second person must check it. Until then, u undoes it.",
            "This key works on a case that you open from the queue (g q). To see the keys of this screen, press ?.",
        ]

        # `u` takes back the verdict that is shown, although another act is newer.
        services.received("2026-11-24 09:03")
        services.run("a", "next")
        services.run("a", "decide", "C-3", "fail", "--final", "--reason", "ID-USCC")
        await desk.press("u")
        assert "Undo on C-000001" in desk.text
        await desk.press("y")
        assert desk.dialog == "DeskScreen"
        assert "C-000001" in desk.text.splitlines()[0]
        assert site.services("a").casefiles.show(3).header.state is CaseState.AWAITING_CHECK


async def test_the_parts_of_a_verdict_have_chinese_commas_in_chinese() -> None:
    async with memory_workbench(troubled(), language="zh") as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)

        assert "不通过，不可整改" in desk.text


async def test_an_approval_and_a_return_require_a_note_and_store_it() -> None:
    async with memory_workbench(troubled(), troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await stage(desk)
        found, later = desk.services.files[123], desk.services.clocks.now() + timedelta(minutes=1)
        line = HistoryLine(at=later, action="comment", who="imp", text="look", round=1, state=None)
        desk.services.files[123] = replace(found, history=(line,))
        await desk.press("n")
        await desk.press("a")
        assert desk.notes == ["Open the case with Enter first; each one is read before it is approved."]
        await desk.press("enter", "a", "enter")
        assert "A note is required" in desk.text
        assert "Enter some text first, or press Esc to go back." in desk.text
        await desk.type("agreed")
        await desk.press("escape", "a", "enter")
        assert ("approve", 123, "agreed") in desk.services.log

        await desk.press("enter", "r", "enter")
        assert "Enter some text first" in desk.text
        await desk.type("seal?")
        await desk.press("enter")
        assert ("give_back", 124, "seal?") in desk.services.log
        assert "No verdicts are waiting for a check." in desk.text


async def test_the_maker_cannot_check_a_verdict_except_as_the_only_reviewer() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        assert "This is your own verdict" in desk.text
        assert "a approve" not in desk.text
        await desk.press("a", "f5", "f6")
        assert desk.dialog == "ChecksScreen"
        assert desk.services.files[123].header.state is CaseState.AWAITING_CHECK

        desk.services.why_alone = "a shop of one person"
        await desk.go("d")
        await go_to_checks(desk)
        assert "no second person can check it" in desk.text
        await desk.press("enter", "r", "a")
        await desk.type("looked again")
        await desk.press("enter")
        assert ("approve", 123, "looked again") in desk.services.log


async def test_an_empty_list_says_that_nothing_waits_or_that_a_solo_reviewer_needs_no_check() -> None:
    async with memory_workbench() as desk:
        desk.services.files.clear()
        await go_to_checks(desk)
        assert "No verdicts are waiting for a check." in desk.text

        desk.services.why_alone = "a shop of one person [/b]"
        await desk.go("d")
        await go_to_checks(desk)
        assert "Only one person reviews here (a shop of one person [/b]): verdicts take effect" in desk.text


async def test_the_checker_sees_what_came_since_the_verdict_and_nothing_older() -> None:
    async with memory_workbench(troubled(), size=(80, 24)) as desk:
        await desk.press("n", "f", "f", "y")
        await go_to_checks(desk)
        assert "Nothing new since the verdict." in desk.text
        found, now = desk.services.files[123], desk.services.clocks.now()
        came = [
            ("evidence", "cards", 60),
            ("comment", "he called [/b]", 30),
            ("next", "", 20),
            ("evidence", "calls", -60),
        ]
        lines = tuple(
            HistoryLine(at=now + timedelta(seconds=s), action=action, who="imp", text=words, round=1, state=None)
            for action, words, s in came
        )
        desk.services.files[123] = replace(found, history=lines)
        await desk.press("n")

        shown = desk.text.partition("Since the verdict")[2]
        assert [word in shown for word in ("cards", "he called [/b]", "claimed", "call records")] == [
            True,
            True,
            False,
            False,
        ]


@pytest.mark.proof
async def test_the_verdict_of_an_opened_case_is_a_panel_that_scrolls() -> None:
    async with memory_workbench(troubled(), size=(60, 16)) as desk:
        await stage(desk)
        await desk.press("enter", "5")
        assert desk.text.count("proposed fail, final") == 2, "in the story, and in the panel"
        assert "▼ 10 more" in desk.text

        await desk.press("end")
        assert desk.text.count("proposed fail, final") == 1
        assert "▼" not in desk.text
        await desk.press("4")
        assert "The applicant reads" not in desk.text


async def test_who_gets_a_moved_case_back_cannot_check_it_and_reads_why(site: Site) -> None:
    case = staged(site)
    site.services("sup").assigning.move({case: "b"}, "ill")
    async with site_workbench(site, "b") as desk:
        await desk.press("g", "c")
        assert "by a" in desk.text
        await desk.press("a")
        assert "another person must check it" in desk.text
        assert desk.dialog == "ChecksScreen"
    assert site.state(case) == CaseState.AWAITING_CHECK


async def test_who_skipped_a_case_reads_why_another_person_must_check_it(site: Site) -> None:
    site.plant()
    for login in "ba":
        case = take(site, login).header.id
        if login == "b":
            site.services("b").claims.skip(case, "my cousin works there")
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    async with site_workbench(site, "b") as desk:
        await desk.go("c")
        await desk.press("enter", "a")
        assert "(“my cousin works there”); another person must check it." in desk.text
        assert desk.dialog == "ChecksScreen"
    assert site.state(case) == CaseState.AWAITING_CHECK


async def test_a_verdict_without_an_open_point_is_approved_by_one_key_once_it_is_open(site: Site) -> None:
    first, second = (decide_plainly(site) for _case in range(2))
    site.clock.advance(minutes=1)
    site.services("c").remarks.comment(second, "is the seal real?")
    async with site_workbench(site, "b") as desk:
        await desk.go("c")
        assert "No open point: a approves the opened case (Enter) without a note." in desk.text
        await desk.press("x")
        assert desk.dialog == "ActList"
        assert "ChecksScreen" in str(desk.app.screen_stack)
        assert "ReadOnlyScreen" not in str(desk.app.screen_stack)
        await desk.press("escape")
        assert desk.dialog == "ChecksScreen"
        await desk.press("a", "f5")
        assert site.state(first) == site.state(second) == "awaiting_check"
        await desk.press("enter", "a")
        assert site.state(first) == "failed"
        assert site.services("b").casefiles.show(first).decisions[-1].check_note.startswith("CK-NO-OPEN-POINT ")

        assert "Open: something is new since the verdict." in desk.text
        await desk.press("a", "enter", "a")
        assert desk.dialog == "Prompt"
        assert site.state(second) == "awaiting_check"
        await desk.press("escape", "r")
        assert desk.dialog == "Prompt"
