"""Spreading cases over people: as even as skills allow, and the same for the same seed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.staff.spreading import spread

PEOPLE = ("a", "b", "c")
loads_of_people = st.fixed_dictionaries({}, optional={login: st.integers(0, 4) for login in PEOPLE})
skills_of_cases = st.lists(st.sets(st.sampled_from(PEOPLE)), max_size=5)


def unevenness(loads: dict[str, int], logins: list[str]) -> int:
    return sum((load + logins.count(login)) ** 2 for login, load in loads.items())


@given(loads=loads_of_people, skills=skills_of_cases, seed=st.integers(0, 99))
def test_no_other_way_to_spread_the_cases_by_skills_makes_the_loads_more_even(
    loads: dict[str, int], skills: list[set[str]], seed: int
) -> None:
    takers = [sorted(able & set(loads)) for able in skills]

    found = spread(range(len(skills)), loads, lambda case, login: login in skills[case], seed)

    assert all(login in takers[case] for case, login in found.items())
    assert list(found) == [case for case, able in enumerate(takers) if able]
    ways = product(*(able for able in takers if able))
    assert unevenness(loads, list(found.values())) == min(unevenness(loads, list(way)) for way in ways)


@given(count=st.integers(0, 60), loads=loads_of_people, seed=st.integers(0, 99))
def test_without_skills_who_gets_a_case_has_at_most_one_more_than_anybody(
    count: int, loads: dict[str, int], seed: int
) -> None:
    found = list(spread(range(count), loads, lambda _case, _login: True, seed).values())

    after = {login: load + found.count(login) for login, load in loads.items()}
    assert len(found) == (count if loads else 0)
    assert all(after[login] <= min(after.values()) + 1 for login in found)


@given(count=st.integers(0, 30), loads=loads_of_people, seed=st.integers(0, 99))
def test_the_same_seed_spreads_alike_in_whatever_order_the_people_are_named(
    count: int, loads: dict[str, int], seed: int
) -> None:
    again = dict(reversed(loads.items()))

    assert spread(range(count), loads, lambda *_pair: True, seed) == spread(
        range(count), again, lambda *_pair: True, seed
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_case_goes_through_another_person_where_that_makes_the_loads_more_even(seed: int) -> None:
    skills = ("ab", "ac", "ac")

    found = spread(range(3), dict.fromkeys(PEOPLE, 0), lambda case, login: login in skills[case], seed)

    assert sorted(found.values()) == list(PEOPLE)


def test_everybody_gets_early_and_late_cases() -> None:
    found = spread(range(6), dict.fromkeys(PEOPLE, 0), lambda *_pair: True)

    assert sorted(found[case] for case in range(3)) == sorted(found[case] for case in range(3, 6)) == list(PEOPLE)
