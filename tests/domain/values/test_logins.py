"""Logins are compared in one form, and those that people confuse are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.values.logins import lookalike_key, normal_login


@given(text=st.text(max_size=30))
def test_the_normal_form_is_normal_and_has_no_blanks(text: str) -> None:
    login = normal_login(text)

    assert normal_login(login) == login
    assert not any(map(str.isspace, login))


@pytest.mark.parametrize(
    "other",
    ["Rev1", "revl", "revI", "rév1", "rеv1", "ｒｅｖ１"],
    ids=["case", "ell", "eye", "accent", "Cyrillic", "width"],
)
def test_logins_that_people_confuse_are_alike(other: str) -> None:
    assert lookalike_key(normal_login(other)) == lookalike_key("rev1")


@pytest.mark.parametrize(("one", "other"), [("rev1", "rev2"), ("li.na", "lina"), ("李娜", "李那"), ("anna", "anne")])
def test_logins_that_nobody_confuses_are_not_alike(one: str, other: str) -> None:
    assert lookalike_key(one) != lookalike_key(other)
