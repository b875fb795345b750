"""Search by pinyin initials."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.initials import SEVERAL_INITIALS, initials
from tests.sizes import sample
from workbench.domain.values.spelling import matches


def test_initials_are_the_first_letters_of_the_readings() -> None:
    for text, letters in [
        ("身份证过期", "sfzgq"),
        ("银行", "yh"),
        ("行走", "xz"),
        ("单小时外呼超过60次", "dxswhcg60c"),
        ("身份证 ID,过期", "sfzidgq"),
        ("ID card expired", "idcardexpired"),
        ("", ""),
        ("…", ""),
    ]:
        assert initials(text) == letters


def phrases() -> Mapping[str, object]:
    """Return the dictionary of phrases, which takes half a second to read."""
    from pypinyin.constants import PHRASES_DICT

    return PHRASES_DICT


def reading(text: str) -> str:
    """Return the initials of a text that is read as a whole."""
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(unicodedata.normalize("NFKC", text).casefold().strip(), style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


@given(
    st.lists(
        st.one_of(
            st.deferred(lambda: st.sampled_from(sorted(phrases()))),
            st.sampled_from("重庆长沙银行大夫成都AZaz09 ,·Ａé😀"),
            st.integers(0x4E00, 0x9FFF).map(chr),
        ),
        max_size=8,
    ).map("".join)
)
def test_initials_by_character_and_word_are_those_of_the_whole_text(text: str) -> None:
    assert initials(text) == reading(text)


@pytest.mark.proof
def test_the_characters_with_several_initials_are_those_of_the_dictionary() -> None:
    from pypinyin import Style, lazy_pinyin

    every = sorted(phrases())
    chosen = sample(every, ci=2_000)
    found = {
        character
        for phrase in chosen
        for character, letter in zip(phrase, lazy_pinyin(phrase, style=Style.FIRST_LETTER), strict=True)
        if reading(character) != letter
    }
    assert found <= SEVERAL_INITIALS
    assert found
    assert found == SEVERAL_INITIALS or len(chosen) < len(every)


def test_a_reason_is_found_by_code_by_text_and_by_initials() -> None:
    for query in ["", " ", "ID-RIC", "id-ric", "EXPIRED", "ｉｄ", "身份证", "过期", "sfz", "GQ", " fzgq ", "zg"]:
        assert matches(query, "ID-RIC-EXPIRED", "身份证过期")


def test_a_text_without_a_match_is_not_found() -> None:
    for query in ["sfq", "USCC", "营业执照", "sfz ", "!", "过 期"]:
        assert not matches(query, "ID-RIC-EXPIRED", "证件过期")


@given(st.text(), st.text(), st.text())
def test_a_search_never_raises_and_finds_the_text_itself(query: str, code: str, text: str) -> None:
    matches(query, code, text)

    assert matches(code, code, text)
    assert matches(text, code, text)
