"""Logins are compared in one form, and those that people confuse are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.values.logins import look_alike, lookalike_keys, normal_login


@given(text=st.text(max_size=30))
def test_the_normal_form_is_normal_and_has_no_blanks(text: str) -> None:
    login = normal_login(text)

    assert normal_login(login) == login
    assert not any(map(str.isspace, login))


@pytest.mark.promise("A8")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("rev1", other) for other in ("Rev1", "revl", "revI", "r\u00e9v1", "r\u0435v1", "ｒｅｖ１")),
        # A capital I is alike to i and to l; IPA, Cyrillic, Armenian and Greek letters.
        *(
            ("admin", other)
            for other in ("ADMIN", "ADM1N", "adm|n", "adm\u0456n", "\u0251dmin", "adm\u0131n", "adrnin", "admi\u0578")
        ),
        *(("il", other) for other in ("II", "1l", "I|", "\u0406\u04cf")),
        *(("wang", other) for other in ("vvang", "wan\u0261", "\u051dang", "WAN\u0581")),
    ],
)
def test_logins_that_people_confuse_are_alike(one: str, other: str) -> None:
    assert look_alike(normal_login(other), one)
    assert lookalike_keys(normal_login(other)) & lookalike_keys(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("rev1", "rev2"), ("li.na", "lina"), ("李娜", "李那"), ("anna", "anne"), ("al", "ai"), ("al1", "ai1")],
)
def test_logins_that_nobody_confuses_are_not_alike(one: str, other: str) -> None:
    assert not look_alike(one, other)
