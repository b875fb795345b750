"""Assigning many cases to a person, and what their former holders see."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import Session

from db.enums import Role
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile
from workbench.errors import NotAllowed, NotFound, StorageBusy, WrongUsage
from workbench.services.foundation.case_access import LostHold
from workbench.services.queue import assignment


def taken(site: Site, login: str) -> CaseFile:
    found = site.services(login).claims.next()
    assert isinstance(found, CaseFile)
    return found


def test_a_case_that_cannot_be_assigned_is_reported_and_does_not_stop_the_others(site: Site) -> None:
    first, second, third = site.plant(3)
    site.services("a").remarks.withdraw(second, "the applicant wrote")

    done = site.services("sup").assigning.assign_many([first, second, third, 999], "b", "knows the trade")

    assert [one.case_id for one in done.assigned] == [first, third]
    assert [one.case_id for one in done.refused] == [second, 999]
    assert "C-000002 is withdrawn" in done.refused[0].why
    assert "There is no case C-000999" in done.refused[1].why
    assert "refused assign" in site.actions(second)


def test_a_case_that_is_listed_twice_is_assigned_once(site: Site) -> None:
    (case,) = site.plant()
    done = site.services("sup").assigning.assign_many([case, case], "b", "twice")

    assert len(done.assigned) == 1
    assert site.actions(case) == ["assign"]


def test_a_failed_transaction_is_reported_and_earlier_ones_stay_committed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = site.plant(4)
    monkeypatch.setattr(assignment, "CASES_PER_TRANSACTION", 2)
    load = assignment._load

    def busy_at_last(session: Session, chunk: Sequence[int]) -> Any:
        if cases[-1] in chunk:
            raise StorageBusy("The database is busy; nothing was written. Try again.")
        return load(session, chunk)

    monkeypatch.setattr(assignment, "_load", busy_at_last)
    done = site.services("sup").assigning.assign_many(cases, "b", "many")

    assert [one.case_id for one in done.assigned] == cases[:2]
    assert [one.case_id for one in done.refused] == cases[2:]
    assert [site.actions(case) for case in cases] == [["assign"], ["assign"], [], []]


def test_a_plan_names_the_holders_and_changes_nothing(site: Site) -> None:
    site.plant(2)
    held = taken(site, "a").header.id

    plan = site.services("sup").assigning.plan([1, 2, 77])

    assert {one.case_id: one.from_holder for one in plan.assigned} == {held: "a", 3 - held: None}
    assert [one.case_id for one in plan.refused] == [77]
    assert site.actions(held) == ["next"]


def test_assigning_needs_a_supervisor_a_reviewing_person_and_a_reason(site: Site) -> None:
    (case,) = site.plant()
    with pytest.raises(NotAllowed):
        site.services("a").assigning.assign_many([case], "b", "mine")
    with pytest.raises(NotAllowed):
        site.services("a").assigning.plan([case])
    with pytest.raises(NotAllowed, match="does not review"):
        site.services("sup").assigning.assign_many([case], "audit", "try")
    with pytest.raises(NotFound):
        site.services("sup").assigning.assign_many([case], "nobody-here", "try")
    with pytest.raises(WrongUsage):
        site.services("sup").assigning.assign_many([case], "b", "  ")


def test_the_reason_is_in_the_history(site: Site) -> None:
    (case,) = site.plant()
    site.services("sup").assigning.assign_many([case], "b", "knows the trade")

    lines = [(line.action, line.who, line.text) for line in site.services("b").casefiles.show(case).history]

    assert ("comment", "sup", "knows the trade") in lines
    assert ("assign", "sup", "b") in lines


def test_candidates_have_their_load_and_absent_people_come_last(site: Site) -> None:
    cases = site.plant(4)
    site.services("sup").assigning.assign_many(cases[:2], "a", "load")
    taken(site, "a")
    today = site.clock.at.date()
    site.services("admin").absences.away("b", today, today)

    found = site.services("sup").assigning.candidates()

    assert [one.login for one in found][-1] == "b"
    assert {one.login: (one.held, one.assigned) for one in found}["a"] == (1, 2)
    assert found[-1].is_away
    assert all(one.login not in {"audit"} for one in found)
    assert Role.REVIEWER in next(one.roles for one in site.services("sup").people.list() if one.login == "admin")


def test_the_former_holder_sees_who_assigned_the_case_to_whom_and_when(site: Site) -> None:
    site.plant()
    header = taken(site, "a").header
    claims = site.services("a").claims
    assert claims.loss(header.id, header.fence) is None

    site.services("sup").assigning.assign_many([header.id], "b", "language")

    assert claims.loss(header.id, header.fence) == LostHold(
        case_id=header.id, action="assign", by="sup", to="b", at=site.clock.at
    )


def test_the_holder_of_an_expired_hold_sees_who_took_the_case_once_it_is_taken(site: Site) -> None:
    site.plant()
    header = taken(site, "a").header
    claims = site.services("a").claims
    site.clock.advance(minutes=31)
    assert claims.loss(header.id, header.fence) is None

    taken(site, "b")
    loss = claims.loss(header.id, header.fence)

    assert loss is not None
    assert (loss.action, loss.by) == ("next", "b")
