"""The formula guard: no exported cell is read as a formula, and no text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.records.exporting.unguarding import unguarded
from workbench.services.records.exporting.sheets import guarded, is_harmless

STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\u3164", "\u200b", "\u3000", "\ufeff", "\u00a0 \u2060")


def test_a_cell_that_starts_like_a_formula_gets_a_quote() -> None:
    for before in BEFORE:
        for starter in STARTERS:
            text = f"{before}{starter}SUM(1)"
            assert guarded(text) == f"'{text}"
            assert not is_harmless(f"虚构\0{text}")


def test_other_cells_stay_unchanged() -> None:
    for text in ["", "虚构公司", "13800138000", "A=1", "'quoted'", "'", "a@b", "3-4"]:
        assert guarded(text) == text


def test_a_text_that_looks_guarded_gets_another_quote() -> None:
    assert guarded("'=1") == "''=1"
    assert unguarded("''=1") == "'=1"


@given(st.lists(st.text(max_size=3) | st.text(st.sampled_from([*STARTERS, *"'a\u3164"]), max_size=3), max_size=4))
def test_harmless_texts_need_no_guard(texts: list[str]) -> None:
    assert not is_harmless("\0".join(texts)) or [guarded(text) for text in texts] == texts


@pytest.mark.promise("T4")
@given(st.text(st.sampled_from([*STARTERS, *"'a1 \u200b\u3000\n"]), max_size=6))
def test_no_guarded_text_starts_like_a_formula_and_each_can_be_restored(text: str) -> None:
    assert unguarded(guarded(text)) == text
    shown = guarded(text).lstrip(" \u200b\u3000\n")
    assert not shown.startswith(STARTERS)
