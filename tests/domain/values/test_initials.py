"""Search by pinyin initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.initials import initials
from workbench.domain.values.spelling import matches


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("身份证过期", "sfzgq"),
        ("银行", "yh"),
        ("行走", "xz"),
        ("单小时外呼超过60次", "dxswhcg60c"),
        ("身份证 ID,过期", "sfzidgq"),
        ("ID card expired", "idcardexpired"),
        ("", ""),
        ("…", ""),
    ],
)
def test_initials_are_the_first_letters_of_the_readings(text: str, letters: str) -> None:
    assert initials(text) == letters


@pytest.mark.parametrize(
    "query", ["", " ", "ID-RIC", "id-ric", "EXPIRED", "ｉｄ", "身份证", "过期", "sfz", "GQ", " fzgq ", "zg"]
)
def test_a_reason_is_found_by_code_by_text_and_by_initials(query: str) -> None:
    assert matches(query, "ID-RIC-EXPIRED", "身份证过期")


@pytest.mark.parametrize("query", ["sfq", "USCC", "营业执照", "sfz ", "!", "过 期"])
def test_a_text_without_a_match_is_not_found(query: str) -> None:
    assert not matches(query, "ID-RIC-EXPIRED", "证件过期")


@given(st.text(), st.text(), st.text())
def test_a_search_never_raises_and_finds_the_text_itself(query: str, code: str, text: str) -> None:
    matches(query, code, text)

    assert matches(code, code, text)
    assert matches(text, code, text)
