"""Masking of names, phone numbers and ID numbers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.text.mask import DOT, MaskKind, has_number, mask, mask_digits_within
from workbench.domain.values.identifiers import uscc_valid
from workbench.domain.values.spelling import folded_and_key

SHOWN_AT_MOST = {
    MaskKind.NAME: (1, 0),
    MaskKind.MSISDN: (3, 2),
    MaskKind.ID_NO: (1, 2),
    MaskKind.TEXT: (0, 0),
}
VALUES = (
    st.text(max_size=30)
    | st.from_regex(r"(\+86)?1[3-9][0-9]{9}", fullmatch=True)
    | st.from_regex(r"[1-8][0-9]{14}([0-9]{2}[0-9X])?", fullmatch=True)
    | st.text(alphabet="０１２３４５６７８９Ｘ", max_size=20)
    | st.text(alphabet="John-Paul O'Neill张三\ud800\u0301", max_size=30)
)


def test_a_name_keeps_its_first_character_and_its_length() -> None:
    for name, masked in [
        ("张三丰", "张••"),
        ("张三", "张•"),
        ("张", "•"),
        ("欧阳虚构", "欧•••"),
        ("John Smith", "J•••••••••"),
        ("", ""),
    ]:
        assert mask(MaskKind.NAME, name) == masked


def test_a_phone_number_hides_six_digits_even_if_it_is_short() -> None:
    for number, masked in [
        ("13800138078", "138••••••78"),
        ("138001380789", "138•••••••89"),
        ("1380013807", "138••••••7"),
        ("138001", "••••••"),
        ("13", "••"),
        ("", ""),
    ]:
        assert mask(MaskKind.MSISDN, number) == masked


def test_an_id_number_keeps_its_first_digit_last_two_and_length() -> None:
    for number, masked in [
        ("11010519491231002X", "1•••••••••••••••2X"),
        ("1101054912310021", "1•••••••••••••21"),
        ("110105491231002", "1••••••••••••02"),
        ("1101051", "1••••••"),
        ("123", "•••"),
    ]:
        assert mask(MaskKind.ID_NO, number) == masked


def test_a_text_of_unknown_kind_is_masked_completely() -> None:
    assert mask(MaskKind.TEXT, "虚构路1号") == "•••••"


@pytest.mark.promise("N3")
@pytest.mark.parametrize("kind", list(MaskKind))
@given(text=VALUES)
def test_a_mask_shows_no_more_than_its_profile_and_keeps_the_length(kind: MaskKind, text: str) -> None:
    first, last = SHOWN_AT_MOST[kind]
    masked = mask(kind, text)

    assert len(masked) == len(text)
    hidden = [place for place, char in enumerate(masked) if char == DOT]
    assert len(text) - len(hidden) <= first + last
    assert all(place in hidden for place in range(first, len(text) - last))
    assert not text or len(hidden) >= min(len(text), 1 if kind is MaskKind.NAME else 6)


@pytest.mark.parametrize("kind", list(MaskKind))
@given(text=VALUES)
def test_masking_a_masked_text_reveals_nothing(kind: MaskKind, text: str) -> None:
    masked = mask(kind, text)

    assert mask(kind, masked) == masked


def test_personal_numbers_within_a_text_are_masked() -> None:
    for text, masked in [
        ("call 13800138000 now", "call 138••••••00 now"),
        ("+86 138 0013 8000", "+86 138••••••••00"),
        ("8613800138000", "86138••••••00"),
        ("+86-138-0013-8000", "+86-138••••••••00"),
        ("TEL13800138000,13900139000", "TEL138••••••00,139••••••00"),
        ("13800138000 13900139000", "138••••••00 139••••••00"),
        ("a digit lost: 1380013800", "a digit lost: 138••••••0"),
        ("１３８００１３８０００", "１３８••••••００"),
        ("028-85551234", "028•••••••34"),
        ("02885551234", "028••••••34"),
        ("身份证号110105194912310021有误", "身份证号1•••••••••••••••21有误"),
        ("11010519491231002x.", "1•••••••••••••••2x."),
        ("11010519491231002", "1••••••••••••••02"),
        ("110105 19491231 002X", "1•••••••••••••••••2X"),
        ("110105491231002", "1••••••••••••02"),
        ("89860070310112094320", "8•••••••••••••••••20"),
        ("6222 0212 3456 7890 123", "6••••••••••••••••••••23"),
        ("138.0013.8000", "138••••••••00"),
        ("138·0013·8000", "138••••••••00"),
        ("138\t0013\t8000", "138••••••••00"),
        ("138\u200b0013\u200b8000", "138••••••••00"),
        ("138  0013--8000", "138••••••••••00"),
        ("138 – 0013 – 8000", "138••••••••••••00"),
        ("138\n0013\n8000", "138\n••••\n••00"),
        ("call 138-0013-\r\n8000", "call 138••••••\r\n••00"),
        ("110105 19491231\u2028002X", "1••••••••••••••\u2028••2X"),
        ("2026-11-24\n1 3 8 0 0 1 3 8 0 0 0", "2026-11-24\n1 3•••••••••••••••• 0"),
        ("138.00.13.80.00", "138••••••••••00"),
        ("13-800-138-000", "13-•••••••••00"),
        ("(138)00138000", "(138•••••••00"),
        ("138（0013）8000", "138••••••••00"),
        ("reports_138_0013_8000.csv", "reports_138••••••••00.csv"),
        ("138/0013/8000", "138••••••••00"),
        ("1 3 8 0 0 1 3 8 0 0 0", "1 3•••••••••••••••• 0"),
        ("1380013 8000", "138•••••••00"),
        ("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "1•••••••••••••••••••••••••••••••• X"),
        ("1101 0519 4912 3100 2X", "1•••••••••••••••••••2X"),
    ]:
        assert mask_digits_within(text) == masked
        assert has_number(folded_and_key(text)[0])


def test_company_codes_dates_and_amounts_stay_readable() -> None:
    for text in [
        "USCC 91110000600037341L",
        "914403001922038216",
        "9115220107837941X1",
        "91310112087994932F",
        "C-000123 · TC-2026-00123",
        "2026-11-27 18:00:00.123456+08:00",
        "2026-11-27 09:00-18:00 2026-11-28",
        "20261127180000",
        "1995-08-17 12:00",
        "¥ 1,234,567.50, 4,812 calls, 17 %",
        "202600012345",
        "2026-11-13 2026-11-14 9:00",
        "2026-11-24 2026-11-30 12:00",
        "13.123456789 138.12345678",
        "138.100.13.80",
        "13 800 000 000 元",
        "13\u202f800\u202f000\u202f000.00",
        "1 3 5 7 9 11 13 15 17",
        "1, 1 4 7 10 13 16 19",
        "2026/11/13 18/12 9",
        "",
    ]:
        assert mask_digits_within(text) == text


def test_a_number_that_only_resembles_a_company_code_is_masked() -> None:
    assert mask_digits_within("914403001922038217") == "9•••••••••••••••17"


@given(st.text(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text())
def test_no_phone_number_stays_unmasked_in_any_text(before: str, number: str, after: str) -> None:
    # A further digit makes it a different number.
    text = f"{before}|{number}|{after}"

    masked = mask_digits_within(text)

    assert number not in masked[len(before) :][: len(number) + 2]
    assert len(masked) == len(text)


@given(st.from_regex(r"[1-6][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9])[0-9]{3}[0-9X]", fullmatch=True))
def test_no_id_number_stays_unmasked_even_with_a_wrong_check_digit(number: str) -> None:
    assert mask_digits_within(f"经办人{number}。") == f"经办人{mask(MaskKind.ID_NO, number)}。"


def test_an_id_number_that_is_also_a_valid_company_code_is_masked() -> None:
    number = "111781202906092514"

    assert uscc_valid(number)
    assert mask_digits_within(number) == mask(MaskKind.ID_NO, number)


@pytest.mark.promise("I9")
def test_the_time_to_mask_a_text_is_linear_in_its_length() -> None:
    for unit in [
        "1",
        "0",
        "【",
        " ",
        "1-",
        "1234-",
        "A",
        "123456 ",
        "86",
        "1380013800",
        "1 3 ",
        "1---3---8---",
        "1\n",
        "110105 ",
    ]:
        text = unit * (50_000 // len(unit))
        started = time.process_time()

        mask_digits_within(text)

        assert time.process_time() - started < 0.5
