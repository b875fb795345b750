"""The filter language: accepted terms, and the position and message of each error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.languages import speaking
from workbench.domain.filter.parser import (
    FILTER_KEYS,
    Filter,
    FilterProblem,
    FilterTerm,
    in_shown_words,
    parse_filter,
)


def terms(text: str) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(term.key, term.op, term.values, term.is_negated) for term in parse_filter(text).terms]


def problem(text: str) -> tuple[str, str]:
    """Return the part of the filter marked as wrong, and the message."""
    with pytest.raises(FilterProblem) as caught:
        parse_filter(text)
    return text[caught.value.start : caught.value.end], str(caught.value)


def outcome(text: str) -> Filter | FilterProblem:
    try:
        return parse_filter(text)
    except FilterProblem as error:
        return error


def test_a_filter_is_shown_in_the_words_of_the_screen_and_means_the_same() -> None:
    text = 'who:me -state:pending due<2026-12-01 applicant:"a b" 成都'
    assert in_shown_words(text) == text
    with speaking("zh"):
        shown = in_shown_words(text)
        assert shown == '谁:我 -状态:待审核 截止时间<2026-12-01 申请人:"a b" 成都'
        assert parse_filter(shown) == parse_filter(text)


def test_terms_are_parsed() -> None:
    for text, expected in [
        ("", []),
        ("   ", []),
        ("-state:closed", [("state", ":", ("closed",), True)]),
        ("state:queued,pending", [("state", ":", ("queued", "pending"), False)]),
        ("PRIORITY>=High", [("priority", ">=", ("high",), False)]),
        ("round=2", [("round", ":", ("2",), False)]),
        ("round>1", [("round", ">", ("1",), False)]),
        ('applicant:"成都 科技"', [("applicant", ":", ("成都 科技",), False)]),
        ('-"a ""b"" c"', [("", ":", ('a "b" c',), True)]),
        ('"state:x"', [("", ":", ("state:x",), False)]),
        ("“成都 科技”", [("", ":", ("成都 科技",), False)]),
        ("due:today due:breached", [("due", ":", ("today",), False), ("due", ":", ("overdue",), False)]),
        ("due≤1", [("", ":", ("due≤1",), False)]),
        ("case:c-12,7", [("case", ":", ("C-000012", "C-000007"), False)]),
        ("C-000012", [("", ":", ("C-000012",), False)]),
        ("phone:+86138-0000-0001", [("phone", ":", ("13800000001",), False)]),
        ("who:me holder:nobody", [("who", ":", ("me",), False), ("holder", ":", ("nobody",), False)]),
        ("12:30", [("", ":", ("12:30",), False)]),
        (
            "agent=甲 代理商＝none kind=individual",
            [("agent", "=", (name,), False) for name in ("甲", "none")] + [("kind", ":", ("individual",), False)],
        ),
        ("due：２０２６-12-01", [("due", ":", ("2026-12-01",), False)]),
        (
            'due<+5 due:周三 due>"3 Dec"',
            [("due", op, (day,), False) for op, day in (("<", "+5"), (":", "周三"), (">", "3 Dec"))],
        ),
        (
            "谁:我 理由:失信 number:T-1",
            [("who", ":", ("me",), False), ("reason", ":", ("失信",), False), ("application", ":", ("T-1",), False)],
        ),
        ("状态：pending 截止<今天", [("state", ":", ("pending",), False), ("due", "<", ("today",), False)]),
    ]:
        assert terms(text) == expected


def test_states_can_be_written_as_the_screen_shows_them() -> None:
    with speaking("zh"):
        assert terms("状态：待复核") == [("state", ":", ("awaiting_check",), False)]
        assert terms("状态:通过 风险:高") == terms("state:passed risk:high")


def test_an_error_is_in_the_words_of_the_language_in_use() -> None:
    for text, words in [
        ("状态:已批准", "“状态”没有“已批准”这个取值；可选：未办结、已办结、全部、材料不齐、排队中、"),
        ("优先级:", "“优先级”需要取值，如 低、普通、"),
        ("代理商:", "“代理商”需要取值"),
        ("时限:", "是否应为时限类别？"),
        ("等到>昨天", "有审核单、申请编号、"),
        ("state<排队中", "请写 状态: 加取值"),
        ("截止<已超时", "请写 截止时间:已超时"),
        ("核实单:已答覆", "是否应为 已答复？"),
    ]:
        with speaking("zh"):
            assert words in problem(text)[1]


def test_an_error_has_its_position() -> None:
    for text, marked, words in [
        ("prioriti:high", "prioriti", "did you mean priority?"),
        ("a colour:red", "colour", "there are case, application, applicant, handler"),
        ("state:qeued", "qeued", "did you mean queued?"),
        ("risk:huge", "huge", "low, medium, high"),
        ("state<queued", "<", "cannot be compared"),
        ("x priority:", "priority:", "such as low, normal"),
        ("due<overdue", "overdue", "not a date to compare with"),
        ("due:2026-13-01", "2026-13-01", "takes overdue, today, tomorrow or a date"),
        ("due:late", "late", "takes overdue, today, tomorrow or a date"),
        ('ab "cd', '"cd', "is not closed"),
        ('ab ""', '""', "nothing between"),
        ("ab -", "-", "Nothing follows"),
        ("round:0", "0", "whole number"),
        ("case:SN-1", "SN-1", "cases look like"),
        ("phone:138", "138", "stored as hashes"),
        ("a\x1b[2J", "\x1b", "cannot be searched"),
        ("a\ud800", "\ud800", "cannot be searched"),
    ]:
        found, sentence = problem(text)
        assert found == marked
        assert words in sentence


def test_a_filter_of_megabytes_is_refused() -> None:
    assert "at most" in problem("x" * 1_000_000)[1]
    assert "at most" in problem("x " * 100)[1]


def test_an_error_does_not_repeat_a_personal_number() -> None:
    assert "11010119900101001" not in problem("state:11010119900101001X")[1]


def test_only_a_state_term_replaces_the_default_open_states() -> None:
    assert parse_filter("state:all x").names_state
    assert not parse_filter("-state:pending").names_state


def test_every_key_has_help_and_unique_names() -> None:
    names = [name for key in FILTER_KEYS for name in (key.name, *key.others)]
    assert len(names) == len(set(names))
    assert all(key.help for key in FILTER_KEYS)


pieces = st.sampled_from(
    [
        *(f"{key.name}{op}" for key in FILTER_KEYS for op in (":", "=", "<=")),
        *(value for key in FILTER_KEYS for value in key.values),
        *'"“”-,，：:<>%_\u3000\x00\ud800',
        "成都",
        "𠮷",
        "2026-12-01",
        "C-12",
        " ",
        "3",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=8).map("".join)))
def test_any_text_is_parsed_or_refused_with_a_position(text: str) -> None:
    found = outcome(text)
    if isinstance(found, Filter):
        assert parse_filter(str(found)) == found
    else:
        assert 0 <= found.start <= found.end <= len(text)
        assert str(found)


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(str.strip)
texts = st.builds(
    FilterTerm,
    key=st.sampled_from(["", "applicant", "agent", "rule"]),
    values=st.tuples(words),
    is_negated=st.booleans(),
)
choices = st.builds(
    FilterTerm,
    key=st.just("state"),
    values=st.lists(st.sampled_from(["queued", "open", "pending"]), min_size=1, unique=True).map(tuple),
    is_negated=st.booleans(),
)


@given(st.lists(st.one_of(texts, choices), max_size=6))
def test_a_printed_filter_is_parsed_back_to_the_same_filter(made: list[FilterTerm]) -> None:
    assert parse_filter(str(Filter(tuple(made)))) == Filter(tuple(made))
