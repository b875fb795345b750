"""Company codes (USCC): check digits and the parts of the code."""

import re

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from tests.shared_data import shared_data
from workbench.domain.values.identifiers import uscc_valid

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def company_code(head: str, organisation: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(organisation, weights, strict=True))
    digit = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    body = head + organisation + digit
    return body + uscc.calc_check_digit(body)


COMPANY_CODES = st.builds(
    company_code,
    st.from_regex(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}", fullmatch=True).map(str),
    st.text(alphabet=USCC_ALPHABET, min_size=8, max_size=8),
)


def test_a_right_company_code_is_valid() -> None:
    for number in [
        "91110000600037341L",
        "914403001922038216",
        "91440300708461136T",
        "91 110000 600037341l",
        "９１１１００００６０００３７３４１Ｌ",
    ]:
        assert uscc_valid(number)


def test_a_wrong_company_code_is_invalid() -> None:
    for number in ["", "12345", "91110000600037341N", "9111000060003IOZSV", "91110000600037341", "A1110000600037341L"]:
        assert not uscc_valid(number)


def test_the_organisation_check_digit_in_a_company_code_is_checked() -> None:
    body = "91110000600037342"
    outer_digit_only = body + uscc.calc_check_digit(body)

    assert uscc.is_valid(outer_digit_only)
    assert not uscc_valid(outer_digit_only)


@given(COMPANY_CODES)
def test_a_generated_company_code_is_valid_even_with_letters_in_front(number: str) -> None:
    assert uscc_valid(number)


@given(COMPANY_CODES, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_changing_any_one_character_makes_a_company_code_invalid(number: str, place: int, char: str) -> None:
    assert uscc_valid(number[:place] + char + number[place + 1 :]) == (char == number[place])


def test_the_company_codes_of_the_shared_data_are_valid() -> None:
    vectors = shared_data("china_ids", "test_cn_uscc.doctest").read_text(encoding="utf-8")
    codes = re.findall(r"^\.\.\. ([0-9A-Z]{18})$", vectors, re.MULTILINE)

    assert len(codes) == 200
    assert [code for code in codes if not uscc_valid(code)] == []
