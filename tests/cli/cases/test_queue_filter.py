"""Queue and next with a filter, on the command line."""

import pytest

from tests.cli.framework.terminal import Terminal, refused
from workbench.domain.case.case_id import format_case


def test_the_queue_lists_what_the_filter_finds_and_counts_it_all(terminal: Terminal) -> None:
    terminal.site.plant(4)
    urgent = terminal.site.plant(3, priority="urgent")

    queue = terminal.document("audit", "queue", "--filter", "priority:urgent 公司", "--limit", "2")

    assert queue["total"] == 3
    assert [case["case"] for case in queue["cases"]] == [format_case(number) for number in urgent[:2]]
    assert "4" in terminal.as_person("a", "queue", "--filter=-priority:urgent").stdout


def test_the_first_of_the_queue_is_what_next_takes(terminal: Terminal) -> None:
    terminal.site.plant(2)
    terminal.site.plant(2, severity="block", rule="ACT-SHORT-CALLS")

    queue = terminal.document("a", "queue", "--filter", "rule:ACT-SHORT-CALLS")
    case = terminal.document("a", "next", "--filter", "rule:ACT-SHORT-CALLS")

    assert case["case"] == queue["cases"][0]["case"]


@pytest.mark.parametrize("command", ["queue", "next"])
@pytest.mark.parametrize(
    ("wanted", "place", "words"),
    [
        ("成都 prioriti:high", 4, "did you mean priority?"),
        ("state:qeued", 7, "did you mean queued?"),
        ("who:zoe", 1, "zoe"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_2_with_the_place(
    terminal: Terminal, command: str, wanted: str, place: int, words: str
) -> None:
    for more in ((), ("--json",)):
        sentence = refused(terminal.as_person("a", command, "--filter", wanted, *more), 2)
        assert f"character {place}:" in sentence
        assert words in sentence


def test_next_says_that_only_the_filter_hides_what_is_left(terminal: Terminal) -> None:
    terminal.site.plant(4)

    result = terminal.as_person("a", "next", "--filter", "成都", "--json")

    assert "The filter hides the remaining 4 cases" in refused(result, 69, json_failure=True)
    assert '"kind": "filtered"' in result.stdout


def test_who_may_not_review_takes_nothing_with_a_filter_either(terminal: Terminal) -> None:
    terminal.site.plant(1)
    refused(terminal.as_person("audit", "next", "--filter", "公司"), 77)


def test_a_number_that_was_typed_for_a_person_is_repeated_masked_and_cut(terminal: Terminal) -> None:
    for key in ("who", "holder", "assignee"):
        said = refused(terminal.as_person("a", "queue", "--filter", f"{key}:13800138000"), 2)
        assert "138••••••00" in said
        assert "13800138000" not in said
    long = refused(terminal.as_person("a", "queue", "--filter", f"who:{'x' * 4000}"), 2)
    assert len(long) < 200


def test_the_most_that_the_queue_lists_is_said(terminal: Terminal) -> None:
    for limit in ("20000", "0"):
        said = refused(terminal.as_person("a", "queue", "--limit", limit), 2)
        assert "a whole number from 1 to 10000" in said
