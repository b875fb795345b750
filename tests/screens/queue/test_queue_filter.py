"""The filter of the queue as it is typed, explained and applied."""

import pytest

from db.enums import CaseState
from screens.queue.filter_bar import FilterBar
from screens.queue.filter_help import (
    completions,
    filter_key_lines,
    hint_lines,
    problem_in,
    word_at,
)
from screens.queue.screen import QueueScreen
from tests.languages import speaking
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from tests.screens.queue.queue_visits import filled_queue, go, under_cursor
from workbench.domain.filter.keys import STATE_GROUPS
from workbench.domain.filter.meant import NOTHING_KNOWN, KnownValues


async def test_what_is_typed_is_completed_and_explained_and_an_error_is_shown_at_its_place() -> None:
    async with memory_workbench(arrange=filled_queue(5)) as desk:
        screen = await go(desk)
        await desk.press("slash")
        assert "state:" in desk.text
        await desk.type("pri")
        await desk.press("tab")
        await desk.type("u")
        await desk.press("tab")
        assert screen.bar.field.value == "priority:urgent"
        await desk.press("ctrl+u")
        await desk.type("失信")
        await desk.press("tab")
        assert (screen.bar.field.value, "dishonest debtor" in desk.text) == ("reason:CR-DEBTOR", True)
        assert "Enter applies · Tab completes · Esc goes back" in desk.text

        for typed, words in (
            ("due<+5", "understood: Tue 1 Dec, in 5 working days"),
            ("due<03/04/2027", "could be 2027-04-03 or 2027-03-04"),
            ("due:over", "overdue"),
        ):
            await desk.press("ctrl+u")
            await desk.type(typed)
            assert words in desk.text

        await desk.press("ctrl+u")
        await desk.type("虚构 ris:x")
        line, carets, sentence = desk.text.split("\n")[1:4]
        before = line[: line.index("ris")]
        assert carets.index("^") == len(before) + 2
        assert carets.strip() == "^" * len("ris")
        assert "did you mean risk" in sentence
        await desk.press("enter")
        assert screen.bar.is_open
        assert screen.cases.filter_text == ""
        await desk.press("escape")
        assert not screen.bar.is_open
        assert "all open cases" in desk.text


async def test_tab_goes_through_the_completions() -> None:
    async with memory_workbench(arrange=filled_queue(5)) as desk:
        screen = await go(desk)
        await desk.press("slash")
        await desk.type("inquiry:")
        for value in ("open", "overdue", "answered", "open"):
            await desk.press("tab")
            assert screen.bar.field.value == f"inquiry:{value}"


async def test_a_filter_is_applied_by_enter_and_cleared_by_an_empty_line() -> None:
    def arrange(services: MemoryServices) -> None:
        filled_queue(1284)(services)
        services.queue.put(77, applicant_name="成都虚构远声")

    async with memory_workbench(arrange=arrange) as desk:
        screen = await go(desk)
        await desk.press("f4")
        await desk.type("远声")
        await desk.press("enter")
        assert "1 of 1,284" in desk.text
        assert under_cursor(screen) == 77

        await desk.press("slash", *["backspace"] * 2, "enter")
        assert "1,284" in desk.text
        assert "1 of" not in desk.text


async def test_a_filter_without_matches_is_shown_with_the_key_that_clears_it() -> None:
    async with memory_workbench(arrange=filled_queue(3)) as desk:
        await go(desk)
        await desk.press("slash")
        await desk.type("zz")
        await desk.press("enter")

        assert "No cases match  zz" in desk.text
        assert "clear the line to reset it" in desk.text
        assert "Only open cases were searched; with state:all also the closed ones are." in desk.text

        await desk.press("slash")
        await desk.type("zz state:all")
        await desk.press("enter")

        assert "No cases match  zz state:all" in desk.text
        assert "Only open cases were searched" not in desk.text

        screen = desk.app.screen
        assert isinstance(screen, QueueScreen)
        for word, term in (
            ("OVERDUE", "due:overdue"),
            ("逾期", "due:overdue"),
            ('"in review"', "state:in_review"),
            ("Mo Zz", '"Mo Zz"'),
        ):
            screen.bar.post_message(FilterBar.Applied(word))
            await desk.settle()
            assert f"Did you mean  {term}" in desk.text


async def test_the_filter_is_one_key_away_from_the_desk_and_takes_what_is_typed() -> None:
    async with memory_workbench(arrange=filled_queue(9)) as desk:
        await desk.press("n")
        for key in ("f4", "slash"):
            await desk.go("d")
            await desk.press(key)
            screen = desk.app.screen
            assert isinstance(screen, QueueScreen)
            assert screen.bar.is_open
            assert desk.desk_screen.session.case is not None
            await desk.type("a1")
            assert "/ a1" in desk.text
            assert desk.dialog == "QueueScreen"
            await desk.press("escape")


KNOWN: KnownValues = {
    "who": {"me": (), "wang.fang": ()},
    "reason": {"CR-DEBTOR": ("失信被执行人", "dishonest debtor"), "CR-LISTED": ("被列名", "listed")},
    "province": {"四川": ("Sichuan",), "上海": ("Shanghai",)},
    "agent": {"虚构 代理（华东）": ()},
}


def hint(text: str, *, scrolled: int = 0, width: int = 100, is_submitted: bool = False) -> tuple[str, str]:
    first, second, *_more = hint_lines((text, len(text)), scrolled, width, None, KNOWN, is_submitted=is_submitted)
    return first.plain, second.plain.rstrip()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pri", ("priority:",)),
        ("成都 -ri", ("risk:",)),
        ("priority:h", ("priority:high",)),
        ("state:open,pas", ("state:open,passed",)),
        ("who:", ("who:me", "who:wang.fang")),
        ("状", ("状态:",)),
        ("state:待审", ("state:pending",)),
        ("类别:bz", ("类别:标准",)),
        ("状态:待", ("状态:待复核", "状态:待审核")),
        ("状态:待审核", ()),
        ("reason:cr-", ("reason:CR-DEBTOR", "reason:CR-LISTED")),
        ("reason:失信", ("reason:CR-DEBTOR",)),
        ("reason:sxbzx", ("reason:CR-DEBTOR",)),
        ("省:sich", ("省:四川",)),
        ("agent:华东", ('agent:"虚构 代理（华东）"',)),
        ("失信", ("reason:CR-DEBTOR",)),
        ("fang", ("who:wang.fang",)),
        ("z", ()),
        ("applicant:x", ()),
        ("xyz:", ()),
        ("", ()),
    ],
)
def test_a_value_is_completed_from_those_of_its_key(typed: str, found: tuple[str, ...]) -> None:
    assert completions(word_at(typed, len(typed)), KNOWN) == found


def test_an_empty_filter_offers_the_keys_by_what_a_person_has_with_the_keys_of_the_line_below() -> None:
    lines = [line.plain for line in hint_lines(("", 0), 0, 76, None, NOTHING_KNOWN, is_submitted=False)]

    assert len(lines) == 4
    assert "a number case: application: phone: · a name applicant: handler:" in lines[0]
    assert "who: owner: maker:" in " ".join(lines)
    assert lines[3].startswith("Enter applies")
    with speaking("zh"):
        lines = [line.plain for line in hint_lines(("", 0), 0, 76, None, NOTHING_KNOWN, is_submitted=False)]
        assert {"状态:", "负责人:", "原因:"} <= set(" ".join(lines).split())
        assert any(line.plain.startswith(" 状态: ") for line in filter_key_lines(76))
        states = completions(word_at("state:", len("state:")))
        assert {"state:未办结", "state:排队中"} <= set(states)
        assert all(problem_in(term) is None for term in states)


def test_a_key_is_explained_while_its_value_is_typed() -> None:
    words, help_line = hint("成都 risk:")

    assert words.split() == ["low", "medium", "high"]
    assert help_line == "risk: low, medium or high"


def test_all_states_are_listed_although_they_need_two_lines() -> None:
    first, second = hint("state:", width=76)

    assert set(f"{first} {second}".split()) == {*STATE_GROUPS, *CaseState}


def test_whom_pending_cases_wait_for_is_found_while_their_state_is_typed() -> None:
    words, help_line = hint("state:pend")

    assert words.split() == ["pending"]
    assert "waits:applicant" in help_line


def test_carets_under_an_error_count_cells_and_not_characters() -> None:
    carets, sentence = hint("成都 colour:red 远声")

    assert carets == " " * len("成都" * 2 + " ") + "^" * len("colour")
    assert "colour" in sentence


def test_carets_follow_a_scrolled_line() -> None:
    carets, _sentence = hint("成都 colour:red 远声", scrolled=4)

    assert carets == " " + "^" * len("colour")


def test_an_incomplete_value_is_an_error_only_after_enter() -> None:
    assert hint("priority:hi")[0].strip() == "high"

    assert hint("priority:hi", is_submitted=True)[0].strip() == "^^"


async def test_a_searched_number_is_masked_outside_the_input_field() -> None:
    async with memory_workbench(size=(80, 24)) as desk:
        await desk.go("q")
        await desk.press("slash", *"phone:13800138000")
        assert "phone:13800138000" in desk.text

        await desk.press("enter")
        assert "13800138000" not in desk.text
        head, *rest = desk.text.split("\n")
        assert "phone:138••••••00" in head
        assert any("No cases match" in line and "phone:138••••••00" in line for line in rest)

        await desk.press("slash")
        assert "phone:13800138000" in desk.text
