"""Completion, help and error positions while a filter is typed."""

import pytest

from db.enums import CaseState
from screens.queue.filter_help import completions, hint_lines, word_at
from workbench.domain.filter.keys import STATE_GROUPS


def hint(text: str, *, scrolled: int = 0, width: int = 100, is_submitted: bool = False) -> tuple[str, str]:
    first, second, _third = hint_lines((text, len(text)), scrolled, width, None, is_submitted=is_submitted)
    return first.plain, second.plain.rstrip()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pri", ("priority:",)),
        ("成都 -ri", ("risk:",)),
        ("priority:h", ("priority:high",)),
        ("state:open,pas", ("state:open,passed",)),
        ("who:", ("who:me", "who:nobody")),
        ("applicant:x", ()),
        ("xyz:", ()),
        ("", ()),
    ],
)
def test_a_value_is_completed_from_those_of_its_key(typed: str, found: tuple[str, ...]) -> None:
    assert completions(word_at(typed, len(typed))) == found


def test_an_empty_filter_lists_the_keys() -> None:
    keys, searched = hint("")

    assert "state:  waits:  priority:" in keys
    assert "names, application and phone numbers" in searched


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
