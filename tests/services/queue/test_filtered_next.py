"""Claiming the next case of a filter, in the same order as without one."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlmodel import Session

from db.queries.claim import Claimer, find_next_cases
from db.queries.listing import case_pages
from db.queries.listing.case_list import CaseQuery
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.domain.filter.parser import FilterProblem
from workbench.errors import Busy
from workbench.services.queue import claims


def taken(site: Site, wanted: str) -> int | str:
    found = site.services("a").claims.next(wanted)
    return found.header.id if isinstance(found, CaseFile) else found.kind


@pytest.fixture(params=["hits", "order"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to claim within a filter."""
    if request.param == "order":
        monkeypatch.setattr(case_pages, "FEW", 0)
    return str(request.param)


# Without a filter, both ways are the same, and no index finds what is not of a person.
@pytest.mark.parametrize(
    ("way", "wanted"),
    [("hits", ""), ("hits", "虚构 priority>=low"), ("order", "虚构 priority>=low"), ("order", "-who:b")],
    indirect=["way"],
)
def test_the_order_within_a_filter_is_that_of_next(site: Site, way: str, wanted: str) -> None:
    plain = site.plant(2, due_in_days=4)
    overdue = site.plant(2, due_in_days=-1)
    urgent = site.plant(2, priority="urgent", due_in_days=6)
    later = site.plant(1, due_in_days=5)
    today = site.plant(1, due_in_days=0.1)
    mine = site.plant(1, priority="low")
    mine_today = site.plant(1, due_in_days=0.2, priority="low")
    other = site.plant(1, due_in_days=-2)
    site.services("sup").assigning.assign([*mine, *mine_today], "a", "hers")
    site.services("sup").assigning.assign(other, "b", "his")
    order = []
    services = site.services("a")
    listed = [case for case in services.queue.ids(wanted, 20) if case not in {*mine, *mine_today, *other}]
    while isinstance(found := services.claims.next(wanted), CaseFile):
        order.append(found.header.id)
        services.claims.skip(found.header.id, "seen")

    assert order == [*mine_today, *overdue, *today, *mine, *urgent, *plain, *later]
    assert [case for case in order if case not in {*mine, *mine_today}] == listed
    assert isinstance(found, NoNextCase)
    assert found.kind == "skipped"


def test_only_cases_of_the_filter_are_claimed_and_the_held_one_comes_first_whatever_the_filter(
    site: Site, way: str
) -> None:
    assert site.services("a").claims.next("成都") == site.services("a").claims.next() == NoNextCase(kind="none")
    site.plant(3, priority="urgent")
    [wanted] = site.plant(1, severity="block", rule="ACT-SHORT-CALLS")
    assert taken(site, "rule:ACT-SHORT-CALLS") == wanted
    assert taken(site, "成都") == wanted


def test_a_filter_without_cases_reports_how_many_it_hides(site: Site, way: str) -> None:
    site.plant(4)
    for wanted in ("成都", "state:pending", "risk:high", "due:none"):
        assert site.services("a").claims.next(wanted) == NoNextCase(kind="filtered", count=4)
    first = site.services("a").claims.next()
    assert isinstance(first, CaseFile)
    site.services("a").claims.skip(first.header.id, "seen")
    assert site.services("a").claims.next("成都") == NoNextCase(kind="filtered", count=3)


def test_an_expired_hold_is_taken_within_a_filter(site: Site, way: str) -> None:
    case = site.plant(1)
    assert isinstance(site.services("b").claims.next(), CaseFile)
    assert taken(site, "公司") == "held"
    site.clock.advance(minutes=31)
    assert taken(site, "公司") == case[0]


def test_an_invalid_filter_claims_nothing(site: Site) -> None:
    case = site.plant(1)
    with pytest.raises(FilterProblem):
        site.services("a").claims.next("prioriti:high")
    assert site.state(case[0]) == "queued"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[Sequence[Any]], object]) -> None:
    """Call a function after the next case is found and before it is claimed."""

    def find(session: Session, claimer: Claimer, within: CaseQuery, most: int) -> Sequence[Any]:
        found = find_next_cases(session, claimer, within, most)
        act(found)
        return found

    monkeypatch.setattr(claims, "find_next_cases", find)


def test_others_can_write_while_a_case_is_searched(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = site.plant(30)
    site.services("admin").people.limit("b", 30)
    quick: list[int] = []

    def take_first(_found: Sequence[Any]) -> None:
        if len(quick) < 3:
            taken = site.services("b").claims.next()
            assert isinstance(taken, CaseFile)
            quick.append(taken.header.id)
            site.services("b").claims.aside(taken.header.id)

    meanwhile(monkeypatch, take_first)

    assert taken(site, "公司") == cases[2]
    assert quick == cases[:2]


def test_a_case_that_changed_since_it_was_found_is_not_claimed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = site.plant(2)

    def assign(found: Sequence[Any]) -> None:
        if found[0].id == first:
            site.services("sup").assigning.assign([first], "b", "his")

    meanwhile(monkeypatch, assign)

    assert taken(site, "公司") == second


def test_a_hold_that_was_renewed_since_is_not_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    case = site.plant(1)
    assert isinstance(site.services("b").claims.next(), CaseFile)
    site.clock.advance(minutes=31)
    meanwhile(monkeypatch, lambda found: site.services("b").claims.renew(case[0]) if found else None)

    assert taken(site, "公司") == "held"


def test_claiming_is_refused_if_others_claim_every_case_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = site.plant(200)
    meanwhile(
        monkeypatch,
        lambda found: site.services("sup").assigning.assign([case.id for case in found], "b", "his"),
    )

    with pytest.raises(Busy, match="try again"):
        site.services("a").claims.next("公司")
    assert site.state(cases[-1]) == "queued"
