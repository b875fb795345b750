"""Text made safe to print on a terminal and fitted to its cells."""

import unicodedata
from importlib.util import find_spec

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.shared_data import shared_data
from workbench.domain.text.safe import cells, fit, fold_key, pad_left, pad_right, safe

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u180e"
HOSTILE = st.text(
    alphabet=st.sampled_from(
        f"a张\n\r\t\x00\x1b\x7f\x85\x9b{BIDI}{ZERO_WIDTH}\u2028\u2029\U000e0041\ud800\ue000\U0010fffd"
        "\u0301\u0308\u0338\ufe0f\U0001f3fd👍ᄀ\u1161\u11a8e\u0f73\u0344"
    )
)
ANY_TEXT = st.text(alphabet=st.characters()) | HOSTILE


def test_control_characters_become_visible_symbols() -> None:
    for stored, shown in [
        ("\x1b]52;c;ZXZpbA==\x07", "␛]52;c;ZXZpbA==␇"),
        ("\x00\x08\x7f", "␀␈␡"),
        ("\x9b2J", "‹009B›2J"),
        ("a\nb\tc\r", "a␊b␉c␍"),
        ("pass\u202efail", "pass‹202E›fail"),
        ("a\u200bb", "a‹200B›b"),
        ("a\u2028b", "a‹2028›b"),
        ("\U000e0041", "‹E0041›"),
        ("\ud800", "‹D800›"),
        ("\ue000\U0010fffd", "‹E000›‹10FFFD›"),
        ("\uffff", "‹FFFF›"),
        ("e\u0301", "é"),
        ("[b]not markup[/b]", "[b]not markup[/b]"),
        ("ali\ufe00ce", "ali‹FE00›ce"),
        ("138\ufe0f0000", "138‹FE0F›0000"),
        ("a\U000e0101b", "a‹E0101›b"),
        ("王\ufe0f", "王‹FE0F›"),
        ("葛\U000e0100\U000e0101", "葛\U000e0100‹E0101›"),
        ("王\U0001f3fd", "王‹1F3FD›"),
        ("a\u2800b\U0001d159", "a‹2800›b‹1D159›"),
    ]:
        assert safe(stored) == shown


@pytest.mark.promise("T3")
def test_characters_of_names_stay_unchanged() -> None:
    for name in [
        "葛\U000e0100城",
        "辻\ufe00",
        "㛃",
        "𠮷野",
        "阿卜杜拉·买买提",
        "王\U0002ebf0",
        "이순신",
        "José",
        "ＡＢ１",
        "张　三",
    ]:
        assert safe(name) == name


def test_newlines_and_tabs_are_kept_on_request() -> None:
    assert safe("a\r\nb\n\tc\rd", keep_newlines=True) == "a\nb\n\tc␍d"


def test_a_character_keeps_at_most_four_combining_marks() -> None:
    assert safe("x" + "\u0338" * 50 + "y") == "x" + "\u0338" * 4 + "y"


def test_a_combining_mark_without_a_base_gets_a_dotted_circle() -> None:
    assert safe("\u0338a") == "◌\u0338a"
    assert safe("a\n\u0338", keep_newlines=True) == "a\n◌\u0338"


def test_characters_that_terminals_draw_differently_are_removed() -> None:
    assert safe("☎\ufe0f 👍\U0001f3fd") == "☎ 👍"


def test_a_shortened_text_gives_the_number_of_characters_left_out() -> None:
    for text, limit, shown in [
        ("abc", 3, "abc"),
        ("a" * 320, 13, "a" * 7 + "… +313"),
        ("张" * 20, 11, "张张张… +17"),
        ("张" * 20, 10, "张张… +18"),
        ("a" * 100, 4, "…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("x\u0338yz" * 5, 7, "x\u0338y… +17"),
    ]:
        assert safe(text, limit=limit) == shown
        assert cells(shown) <= limit


@given(ANY_TEXT, st.booleans())
def test_no_control_character_remains(text: str, keep_newlines: bool) -> None:
    shown = safe(text, keep_newlines=keep_newlines)

    assert all(
        unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or (keep_newlines and char in "\n\t")
        for char in shown
    )
    assert not set(shown) & set(BIDI + ZERO_WIDTH)
    shown.encode("utf-8")


@given(ANY_TEXT, st.booleans(), st.none() | st.integers(0, 40))
@example("e\ufe0f\u0301", False, None)
def test_safe_text_stays_unchanged(text: str, keep_newlines: bool, limit: int | None) -> None:
    once = safe(text, keep_newlines=keep_newlines, limit=limit)

    assert safe(once, keep_newlines=keep_newlines, limit=limit) == once
    assert unicodedata.is_normalized("NFC", once)


@given(ANY_TEXT, st.integers(0, 60))
def test_the_limit_counts_cells(text: str, limit: int) -> None:
    assert cells(safe(text, limit=limit)) <= limit


@given(ANY_TEXT)
def test_a_safe_text_is_as_wide_as_the_screen_library_draws_it(text: str) -> None:
    shown = safe(text)

    assert cells(shown) == cell_len(shown)


@pytest.mark.skipif(find_spec("wcwidth") is None, reason="wcwidth is not installed")
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Mc", "Cn"]).filter(lambda c: not "\U0001f1e6" <= c <= "\U0001f1ff")
    )
)
def test_a_safe_text_is_as_wide_as_terminals_draw_it(text: str) -> None:
    from wcwidth import wcswidth

    shown = safe(text)

    assert cells(shown) == wcswidth(shown)


@given(ANY_TEXT, st.integers(-3, 40))
def test_a_fitted_text_fills_its_column_exactly(text: str, width: int) -> None:
    assert cells(fit(safe(text), width)) == max(0, width)


def test_a_text_is_cut_by_cells_and_never_within_a_character() -> None:
    for text, width, shown in [
        ("abc", 5, "abc  "),
        ("abcdef", 5, "abcd…"),
        ("成都虚构", 8, "成都虚构"),
        ("成都虚构", 7, "成都虚…"),
        ("成都虚构", 6, "成都… "),
        ("成都", 1, "…"),
        ("成都", 0, ""),
    ]:
        assert fit(text, width) == shown


def test_the_ellipsis_can_be_ascii() -> None:
    assert fit("abcdefgh", 6, ellipsis="...") == "abc..."
    assert fit("abcdefgh", 2, ellipsis="...") == ".."


def test_numbers_and_words_are_padded_to_their_column() -> None:
    assert pad_left("4,812", 7) == "  4,812"
    assert pad_right("张三", 6) == "张三  "
    assert pad_left("成都虚构", 3) == "成都虚构"


def test_a_full_width_character_is_converted_to_its_key() -> None:
    for char, key in [
        *zip("ａＺ１：？／。、；，！　．＋", "aZ1:?/./;,! .+", strict=True),
        ("a", "a"),
        ("张", "张"),
        ("①", "①"),
        ("enter", "enter"),
        ("", ""),
        ("ア", "ア"),
        ("ｱ", "ｱ"),
        ("¥", "$"),
    ]:
        assert fold_key(char) == key


@given(st.characters())
def test_a_converted_key_is_ascii_or_unchanged(char: str) -> None:
    key = fold_key(char)

    assert key == char or (len(key) == 1 and key.isascii() and key.isprintable())


def test_the_naughty_strings_of_the_shared_data_are_harmless() -> None:
    folder = shared_data("naughty_strings")
    texts = [line for path in folder.glob("*.txt") for line in path.read_text("utf-8").split("\n")]

    assert len(texts) >= 485
    for text in texts:
        shown = safe(text)
        assert safe(shown) == shown
        assert cells(shown) == cell_len(shown)
        assert cells(fit(shown, 20)) == 20
