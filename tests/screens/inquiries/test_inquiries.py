"""Departments are asked and answer by keys."""

from pathlib import Path

import pytest
from sqlalchemy import text
from textual.widgets import Input

from db.enums import InquiryOutcome, InquiryStatus, Role
from screens.inquiries.screen import InquiriesScreen
from screens.panels.identity import identity_lines
from screens.shell.view import symbols_of
from tests.languages import speaking
from tests.screens.driver import site_workbench
from tests.services.review.verdict_acts import take
from tests.sites import Site
from workbench.keys.registry import COMMANDS


@pytest.fixture
def office(site: Site) -> Site:
    site.plant(2)
    site.services("admin").roles.add("ver", (Role.VERIFIER,), "fraud")
    return site


def ask(site: Site, case: int = 1, department: str = "fraud") -> int:
    return site.services("a").inquiries.inquire(case, department, "Is the number known?").id


def refusals(site: Site) -> list[str]:
    with site.services("admin").context.read() as session:
        logged = text("SELECT action FROM event WHERE actor_login = 'ver' AND is_refused = 1 ORDER BY seq")
        return list(session.execute(logged).scalars())


async def test_a_reviewer_asks_a_department_and_keeps_the_case_and_follows_the_inquiry_until_it_is_withdrawn(
    office: Site,
) -> None:
    take(office, "a")
    async with site_workbench(office, "a", size=(120, 40)) as desk:
        await desk.press("n", "I", "down", *"known")
        assert "Anti-fraud and risk control" in desk.text
        await desk.press("enter")
        [line] = office.services("a").inquiries.list()
        assert (line.department, line.question, line.asked_by) == ("fraud", "known", "a")
        assert office.state(line.case_id) == "in_review"
        assert "department asked" in desk.text
        panel = identity_lines(office.services("a").casefiles.show(line.case_id), desk.desk_screen.view(), 100)
        asked, _known, shown = "\n".join(row.content.plain for row in panel).partition("  known")
        assert asked.endswith("Anti-fraud and risk control")
        assert shown.strip().startswith("not answered yet  ")

        await desk.go("i")
        for days, state in ((1, "open, half of the time is over"), (5, "overdue")):
            office.clock.advance(days=days, hours=9)
            office.services("a").ticking.tick()
            await desk.press("n")
            await desk.pilot.resize_terminal(80, 24)
            await desk.settle()
            assert state in next(row for row in desk.text.splitlines() if "I-000001" in row), "whole before the others"
        await desk.press("Z", *"not", "enter")
        assert "withdrawn" in next(row for row in desk.text.splitlines() if "I-000001" in row)
    assert office.services("a").inquiries.list()[0].status == InquiryStatus.WITHDRAWN


@pytest.mark.parametrize(("language", "word"), [("en", "contradicted"), ("zh", "不符")])
async def test_a_verifier_answers_by_keys(office: Site, language: str, word: str) -> None:
    ask(office)
    async with site_workbench(office, "ver", size=(80, 24), language=language) as desk:
        assert "I-000001" in desk.text
        assert "Is the number known?" in desk.text
        assert "11010119900101001X" not in desk.text

        await desk.press("enter", "down", *"not ours", "enter", "enter")

        assert word in desk.text
    [line] = office.services("a").inquiries.list()
    assert (line.outcome, line.note, line.ended_by) == ("contradicted", "not ours", "ver")


async def test_an_answer_that_is_refused_is_asked_again_with_all_that_was_typed(office: Site, tmp_path: Path) -> None:
    ask(office)
    file = tmp_path / "list.pdf"
    async with site_workbench(office, "ver") as desk:
        await desk.press("enter", "down", *"not ours", "enter")
        await desk.type(str(file))
        await desk.press("enter")
        assert any("list.pdf" in note for note in desk.notes)
        assert desk.app.screen.query_one(Input).value == str(file)

        await desk.press("escape")
        assert desk.app.screen.query_one(Input).value == "not ours"
        assert f"{symbols_of(desk.app.screen).chosen} contradicted" in desk.text

        file.write_bytes(b"%PDF-1.4 list")
        await desk.press("enter")
        assert desk.app.screen.query_one(Input).value == str(file)
        await desk.press("enter")
        assert desk.dialog == "InquiriesScreen"
    [line] = office.services("a").inquiries.list()
    assert (line.outcome, line.note, line.has_document) == ("contradicted", "not ours", True)


async def test_a_withdrawal_that_is_refused_keeps_the_typed_reason(office: Site) -> None:
    number = ask(office)
    async with site_workbench(office, "a") as desk:
        await desk.go("i")
        await desk.press("Z", *"twice")
        office.services("ver").inquiries.answer(number, InquiryOutcome.CONFIRMED, "known", None)
        await desk.press("enter")
        assert desk.notes
        assert desk.app.screen.query_one(Input).value == "twice"
        await desk.press("escape")
        assert desk.dialog == "InquiriesScreen"


async def test_the_answer_says_that_text_is_missing_only_until_some_is_typed(office: Site) -> None:
    ask(office)
    async with site_workbench(office, "ver", size=(80, 24)) as desk:
        await desk.press("enter", "enter")
        assert "Is the number known?" in desk.text
        assert "Enter some text first" in desk.text
        await desk.press("s")
        assert "Enter some text first" not in desk.text
        assert "Enter save" in desk.text


async def test_a_field_is_revealed_for_a_while_and_each_reveal_is_logged(office: Site) -> None:
    ask(office)
    async with site_workbench(office, "ver") as desk:
        await desk.until("handler's ID number")
        await desk.press("tab")
        await desk.press("down", "down", "down", "full_stop")
        assert "11010119900101001X" in desk.text
        assert office.actions(1).count("reveal") == 1

        desk.app.screen.hide_fields()  # type: ignore[attr-defined]  # as when the process is stopped
        await desk.press("tab")
        assert "11010119900101001X" not in desk.text


async def test_the_list_keeps_the_focus_when_it_is_drawn_before_it_is_read(office: Site) -> None:
    ask(office)
    async with site_workbench(office, "ver") as desk:
        screen = desk.app.screen
        assert isinstance(screen, InquiriesScreen)
        await desk.until("handler's ID number")
        screen._lines = {}
        screen.on_resize()
        await desk.settle()
        assert "No department is asked anything." in desk.text
        screen.action_load()
        await desk.settle()
        assert screen.focused is screen.list


async def test_every_key_of_another_screen_is_refused_to_a_verifier_and_logged(office: Site) -> None:
    ask(office)
    keys = {command.keys[0].split(" ")[0]: command for command in COMMANDS}
    async with site_workbench(office, "ver") as desk:
        screen = desk.app.screen
        others = sorted(keys.keys() - screen.active_bindings.keys())
        for number, key in enumerate(others, start=1):
            await desk.press(key)
            assert (key, len(refusals(office)), desk.app.screen) == (key, number, screen)
        assert "only answers inquiries" in desk.text
    assert {"n", "p", "f", "u", "a", "g", "Z", "I"} - {"n"} <= set(others)
    assert len(others) > 25
    assert office.services("a").inquiries.list()[0].is_open


async def test_the_palette_of_a_verifier_opens_no_other_screen(office: Site) -> None:
    ask(office)
    async with site_workbench(office, "ver") as desk:
        await desk.press("ctrl+p", *"queue", "enter")
        await desk.press("escape", "escape")
        assert desk.dialog == "InquiriesScreen"


async def test_the_screen_without_inquiries_says_so(office: Site) -> None:
    async with site_workbench(office, "ver", language="zh") as desk:
        with speaking("zh"):
            assert "没有待答复的核实单" in desk.text
