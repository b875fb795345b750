"""Queue and next with a filter, on the command line."""

import pytest

from db.queries.listing import case_order
from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from tests.services.review.verdict_acts import staged
from workbench.domain.case.case_id import format_case
from workbench.services.queue.listing import Queue


def test_the_queue_is_listed_in_another_order_which_says_how_far_it_sorts(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.site.plant(4)
    newest = terminal.document("a", "queue", "--order", "case")["cases"]
    assert [case["case"] for case in newest] == [format_case(number) for number in (4, 3, 2, 1)]
    assert terminal.document("a", "queue", "--order", "审核单")["cases"] == newest
    assert "There is no order “size”" in refused(terminal.as_person("a", "queue", "--order", "size"), 2)

    monkeypatch.setattr(case_order, "MOST_SORTED", 2)
    monkeypatch.setattr(Queue, "MOST_SORTED", 2)
    assert "Only the 2 most urgent cases are sorted" in terminal.as_person("a", "queue", "--order=-case").output
    assert "Only" not in terminal.as_person("a", "queue", "--order=-due").output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reason_is_found_by_its_code_its_words_and_its_pinyin_initials(terminal: Terminal, language: str) -> None:
    staged(terminal.site)
    with speaking(language):
        for word in ("doc-unsealed", "doc-", "材料未盖章", "盖章", '"without seal"', "wgz", "act"):
            assert terminal.document("a", "queue", "--filter", f"原因:{word} state:all")["total"] == 1, word
        assert terminal.document("a", "queue", "--filter", "reason:失信 state:all")["total"] == 0
        near = refused(terminal.as_person("a", "queue", "--filter", "原因:严重违法失言"), 2)
    assert {"en": "serious violation", "zh": "严重违法失信"}[language] in near


def test_next_says_that_the_filter_hides_the_remaining_cases(terminal: Terminal) -> None:
    terminal.site.plant(4)

    result = terminal.as_person("a", "next", "--filter", "成都", "--json")

    assert "The remaining 4 cases are outside the filter" in refused(result, 69, json_failure=True)
    assert '"kind": "filtered"' in result.stdout
    terminal.document("admin", "reviewers", "skills", "a", "--filter", "province:福建")
    without_filter = refused(terminal.as_person("a", "next"), 69)
    assert "outside your skills; they come to you on the day they are due" in without_filter


def test_words_without_a_match_are_explained_in_the_language_in_use(terminal: Terminal) -> None:
    with speaking("zh"):
        assert terminal.as_person("a", "queue", "--filter", "已超时").stderr.endswith("要找的可能是：截止时间:已超时\n")
    assert terminal.as_person("a", "queue", "--filter", "overdue").stderr.endswith("Did you mean: due:overdue\n")


def test_a_personal_number_in_an_error_message_is_masked_and_cut(terminal: Terminal) -> None:
    for key in ("who", "holder", "assignee"):
        message = refused(terminal.as_person("a", "queue", "--filter", f"{key}:13800138000"), 2)
        assert "138••••••00" in message
        assert "13800138000" not in message
    long = refused(terminal.as_person("a", "queue", "--filter", f"who:{'x' * 4000}"), 2)
    assert len(long) < 200


def test_the_queue_states_the_allowed_limits(terminal: Terminal) -> None:
    for limit in ("20000", "0"):
        message = refused(terminal.as_person("a", "queue", "--limit", limit), 2)
        assert "a whole number from 1 to 10000" in message


def test_the_queue_is_counted_by_a_property_with_a_filter_for_each_value(terminal: Terminal) -> None:
    terminal.site.plant(3)
    terminal.site.plant(1, priority="urgent")

    found = terminal.document("audit", "queue", "--by", "priority")

    assert (found["by"], found["total"], found["others"]) == ("priority", 4, 0)
    assert [(row["value"], row["cases"], row["share"]) for row in found["counts"]] == [
        ("normal", 3, 0.75),
        ("urgent", 1, 0.25),
    ]
    assert terminal.document("a", "queue", "--filter", found["counts"][1]["filter"])["total"] == 1
    assert "urgent      1   25 %" in terminal.as_person("a", "queue", "--by", "priority").output
    fewer = terminal.as_person("a", "queue", "--by", "priority", "--limit", "1").output
    assert "urgent" not in fewer
    assert "1 more values are not shown" in fewer
    assert "--by and --order" in refused(terminal.as_person("a", "queue", "--by", "priority", "--order", "due"), 2)
    assert "choose from state" in refused(terminal.as_person("a", "queue", "--by", "size"), 2)


def test_the_queue_says_for_whom_and_until_when_a_pending_case_waits(terminal: Terminal) -> None:
    terminal.site.plant(1)
    terminal.document("a", "next")
    until = ("--reason", "WAIT-CARRIER", "--until", "2026-12-02")
    assert terminal.as_person("a", "decide", "C-1", "pending", *until).exit_code == 0

    [case] = terminal.document("a", "queue", "--filter", "waits:carrier")["cases"]
    assert (case["waits_for"], case["next_action_on"]) == ("carrier", "2026-12-02")
    assert "pending: the carrier until Wed 2 Dec" in terminal.as_person("a", "queue").output
