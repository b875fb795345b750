"""Case numbers: how they are written and read."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.case.case_id import (
    format_batch,
    format_case,
    format_decision,
    parse_batch,
    parse_case,
)
from workbench.errors import ExitCode, NotFound

PARSERS = [parse_case, parse_batch]


def test_a_case_number_is_written_with_a_letter_and_six_digits() -> None:
    assert format_case(123) == "C-000123"
    assert format_decision(1) == "D-000001"
    assert format_batch(1_234_567) == "B-1234567"


def test_every_usual_spelling_of_a_case_number_is_read() -> None:
    for typed in ["C-000123", "c-123", " C-0000000000123 ", "Ｃ－１２３"]:
        assert parse_case(typed) == 123


def test_a_text_that_is_no_case_number_is_refused() -> None:
    for typed in ["", "123", "C123", "C-", "C-0", "C--1", "C-12a", "D-000123", "TC-2026-00123", "C-1 2"]:
        with pytest.raises(NotFound) as refusal:
            parse_case(typed)

        assert refusal.value.exit_code is ExitCode.NO_INPUT
        assert str(refusal.value) == f'"{typed}" is not a case number; cases look like C-000123.'


def test_a_number_too_large_for_the_database_is_refused() -> None:
    assert parse_case("C-" + "9" * 18) == 10**18 - 1
    with pytest.raises(NotFound):
        parse_case("C-" + "9" * 19)


def test_batch_numbers_have_their_own_letter() -> None:
    assert parse_batch("b-000007") == 7
    with pytest.raises(NotFound, match=r'"7" is not a batch number; batches look like B-000123\.'):
        parse_batch("7")


def test_a_refusal_repeats_no_control_character_personal_number_or_long_text() -> None:
    with pytest.raises(NotFound) as refusal:
        parse_case("\x1b]0;x\x07 11010519491231002X " + "y" * 5000)

    message = str(refusal.value)
    assert "\x1b" not in message
    assert "11010519491231002X" not in message
    assert len(message) < 110


@given(st.integers(1, 10**18 - 1))
def test_a_written_case_number_is_read_back(number: int) -> None:
    assert parse_case(format_case(number)) == number
    assert parse_batch(format_batch(number)) == number


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text() | st.text(alphabet="CDBcdb-０12\ud800"))
def test_any_text_is_a_case_number_or_refused(parse: Callable[[str], int], text: str) -> None:
    with suppress(NotFound):
        assert parse(text) > 0
