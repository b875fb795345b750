"""Logins are compared in one form, and those that people confuse are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.values.logins import is_allowed_login, look_alike, look_alike_keys, normal_login


@given(text=st.text(max_size=30))
def test_the_normal_form_is_normal_and_has_no_blanks(text: str) -> None:
    login = normal_login(text)

    assert normal_login(login) == login
    assert not any(map(str.isspace, login))


@pytest.mark.promise("A8")
def test_logins_that_people_confuse_are_alike() -> None:
    for one, other in [
        *(("rev1", other) for other in ("Rev1", "revl", "revI", "r\u00e9v1", "r\u0435v1", "ｒｅｖ１")),
        # A capital I is alike to i and to l; IPA, Cyrillic, Armenian and Greek letters.
        *(
            ("admin", other)
            for other in ("ADMIN", "ADM1N", "adm|n", "adm\u0456n", "\u0251dmin", "adm\u0131n", "adrnin", "admi\u0578")
        ),
        *(("il", other) for other in ("II", "1l", "I|", "\u0406\u04cf")),
        *(("wang", other) for other in ("vvang", "wan\u0261", "\u051dang", "WAN\u0581")),
    ]:
        assert look_alike(normal_login(other), one)
        assert look_alike_keys(normal_login(other)) & look_alike_keys(one)


def test_logins_that_nobody_confuses_are_not_alike() -> None:
    for one, other in [
        ("rev1", "rev2"),
        ("li.na", "lina"),
        ("李娜", "李那"),
        ("anna", "anne"),
        ("al", "ai"),
        ("al1", "ai1"),
    ]:
        assert not look_alike(one, other)


HIDDEN = (
    "\u034f\u115f\u1160\u17b4\u180b\u180f\u200b\u2060\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\U0001d159\U000e0041\U000e0101"
)


def test_a_login_with_a_character_that_cannot_be_seen_is_refused() -> None:
    for hidden in HIDDEN:
        assert not is_allowed_login(normal_login(f"ali{hidden}ce"))
        assert look_alike(f"ali{hidden}ce", "alice")


def test_a_login_whose_characters_can_all_be_seen_is_allowed() -> None:
    for login in ["a", "李娜", "li.na", "josé", "이순신", "x" * 64]:
        assert is_allowed_login(normal_login(login))


def test_an_empty_or_too_long_login_is_refused() -> None:
    for login in ["", " ", "x" * 65, "a\x1bb"]:
        assert not is_allowed_login(normal_login(login))
