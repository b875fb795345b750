"""Departments are asked and answer by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from textual.widgets import Input

from db.enums import InquiryOutcome, Role
from screens.inquiries.screen import InquiriesScreen
from screens.panels.identity import identity_lines
from screens.shell.view import symbols_of
from tests.demos import NOW, fresh_demo, made_demo
from tests.languages import speaking
from tests.screens.driver import WINDOWS, KeyDriver, site_workbench
from tests.services.review.verdict_acts import take
from tests.sites import ManualClock, Site
from workbench.keys.registry import COMMANDS

__all__ = ["fresh_demo", "made_demo"]


@pytest.fixture
def demo(fresh_demo: Path) -> Iterator[Site]:
    """The demo of the time that the demo data is about."""
    site = Site(fresh_demo, ManualClock(NOW))
    yield site
    site.close()


@pytest.fixture
def office(site: Site) -> Site:
    site.plant(2)
    site.services("admin").roles.add("ver", (Role.VERIFIER,), "fraud")
    return site


def ask(site: Site, case: int = 1, department: str = "fraud") -> int:
    return site.services("a").inquiries.inquire(case, department, "Is the number known?").id


async def choose(desk: KeyDriver, inquiry: str) -> None:
    """Move the cursor down to an inquiry."""
    screen = desk.app.screen
    assert isinstance(screen, InquiriesScreen)
    numbers = [f"I-{number:06}" for number in screen._lines]
    await desk.press(*["down"] * numbers.index(inquiry))


def refusals(site: Site) -> list[str]:
    with site.services("admin").context.read() as session:
        logged = text("SELECT action FROM event WHERE actor_login = 'ver' AND is_refused = 1 ORDER BY seq")
        return list(session.execute(logged).scalars())


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_reviewer_asks_a_department_and_keeps_the_case(office: Site, language: str) -> None:
    take(office, "a")
    async with site_workbench(office, "a", language=language) as desk:
        await desk.press("n", "I", "down", *"known")
        assert ("Anti-fraud and risk control" if language == "en" else "反诈风控部") in desk.text
        await desk.press("enter")

        [line] = office.services("a").inquiries.list()
        assert (line.department, line.question, line.asked_by) == ("fraud", "known", "a")
        assert office.state(line.case_id) == "in_review"
        assert ("department asked" if language == "en" else "已向部门发出核实单") in desk.text
        panel = identity_lines(office.services("a").casefiles.show(line.case_id), desk.desk_screen.view(), 100)
        shown = "\n".join(row.content.plain for row in panel).partition("  known")
        assert shown[0].endswith("Anti-fraud and risk control" if language == "en" else "反诈风控部")
        assert shown[2].strip().startswith("not answered yet  " if language == "en" else "待答复  ")


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize(("language", "word"), [("en", "contradicted"), ("zh", "不符")])
async def test_a_verifier_answers_by_keys(office: Site, size: tuple[int, int], language: str, word: str) -> None:
    ask(office)
    async with site_workbench(office, "ver", size=size, language=language) as desk:
        assert "I-000001" in desk.text
        assert "Is the number known?" in desk.text
        assert "11010119900101001X" not in desk.text

        await desk.press("enter", "down", *"not ours", "enter", "enter")

        assert word in desk.text
    [line] = office.services("a").inquiries.list()
    assert (line.outcome, line.note, line.ended_by) == ("contradicted", "not ours", "ver")


async def test_a_document_is_sent_with_the_answer(office: Site, tmp_path: Path) -> None:
    ask(office)
    file = tmp_path / "list.pdf"
    file.write_bytes(b"%PDF-1.4 list")
    async with site_workbench(office, "ver") as desk:
        await desk.press("enter", *"seen", "enter")
        await desk.type(str(file))
        await desk.press("enter")

    assert office.services("a").inquiries.list()[0].has_document


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


@pytest.mark.parametrize(("language", "state"), [("en", "open, half of the time is over"), ("zh", "期限已过半")])
async def test_the_list_shows_the_state_of_an_inquiry_whole_before_the_department(
    office: Site, language: str, state: str
) -> None:
    ask(office)
    office.clock.advance(days=1, hours=9)
    office.services("a").ticking.tick()
    async with site_workbench(office, "ver", size=(80, 24), language=language) as desk:
        assert state in next(line for line in desk.text.splitlines() if "I-000001" in line)


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


@pytest.mark.proof
@pytest.mark.parametrize(
    ("language", "half", "confirmed", "contradicted", "overdue", "withdrawn"),
    [
        ("en", "half of the time is over", "confirmed", "contradicted", "overdue", "withdrawn"),
        ("zh", "期限已过半", "属实", "不符", "已超时", "已撤回"),
    ],
)
async def test_on_the_demo_three_departments_are_asked_reminded_answer_contradict_are_late_and_no_longer_needed(
    demo: Site, language: str, half: str, confirmed: str, contradicted: str, overdue: str, withdrawn: str
) -> None:
    first = max(line.id for line in demo.services("rev1").inquiries.list()) + 1
    numbers, fraud, channel = (f"I-{number:06}" for number in range(first, first + 3))

    def told(desk: KeyDriver, inquiry: str) -> str:
        return next((line for line in desk.text.splitlines() if inquiry in line), "")

    async with site_workbench(demo, "rev1", language=language) as desk:
        await desk.press("n", "I", *"one", "enter", "I", "down", *"two", "enter", "I", "down", "down", *"six", "enter")
    demo.clock.advance(days=1, hours=5)
    demo.services("rev1").ticking.tick()
    for login, inquiry, note, choice, answer in (
        ("ver2", fraud, "mad", ("down",), contradicted),
        ("ver1", numbers, "our", (), confirmed),
    ):
        async with site_workbench(demo, login, language=language) as desk:
            await choose(desk, inquiry)
            assert (half in told(desk, inquiry)) == (login == "ver2")
            await desk.press("enter", *choice, *note, "enter", "enter")
            assert answer in told(desk, inquiry)
            assert channel not in desk.text
    demo.clock.advance(days=5)
    async with site_workbench(demo, "rev1", language=language) as desk:
        await desk.go("i")
        assert overdue in told(desk, channel)
        await choose(desk, channel)
        await desk.press("Z", *"not", "enter")
        shown = {word for word, inquiry in ((contradicted, fraud), (confirmed, numbers)) if word in told(desk, inquiry)}
        assert (shown, withdrawn in told(desk, channel)) == ({contradicted, confirmed}, True)


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
