"""Giving many cases to a person, and what those see from whom they are taken."""

from contextlib import AbstractContextManager

import pytest
from sqlmodel import Session

from db.engine import Database
from db.enums import Role
from tests.offices import Site
from workbench.domain.case.casefile import CaseFile
from workbench.errors import NotAllowed, NotFound, StorageBusy, WrongUsage
from workbench.services.queue import assignment
from workbench.services.queue.lost_holds import LostHold


def taken(site: Site, login: str) -> CaseFile:
    found = site.services(login).claims.next()
    assert isinstance(found, CaseFile)
    return found


def test_a_case_that_cannot_be_given_is_named_with_its_reason_and_stops_no_other(site: Site) -> None:
    first, second, third = site.plant(3)
    site.services("a").remarks.withdraw(second, "the applicant wrote")

    done = site.services("sup").assigning.give([first, second, third, 999], "b", "knows the trade")

    assert [one.case_id for one in done.given] == [first, third]
    assert [one.case_id for one in done.refused] == [second, 999]
    assert "C-000002 is withdrawn" in done.refused[0].why
    assert "There is no case C-000999" in done.refused[1].why
    assert "refused assign" in site.actions(second)


def test_each_case_is_given_once_however_often_it_is_named(site: Site) -> None:
    (case,) = site.plant()
    done = site.services("sup").assigning.give([case, case], "b", "twice")

    assert len(done.given) == 1
    assert site.actions(case) == ["assign"]


def test_many_cases_go_in_lots_so_that_others_do_not_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = site.plant(5)
    monkeypatch.setattr(assignment, "CHUNK", 2)
    writes: list[Database] = []
    write = Database.write

    def counted(self: Database) -> AbstractContextManager[Session]:
        writes.append(self)
        return write(self)

    monkeypatch.setattr(Database, "write", counted)

    done = site.services("sup").assigning.give(cases, "b", "many")

    assert len(done.given) == 5
    assert len(writes) == 3


def test_what_a_lot_could_not_take_is_refused_with_the_cause_and_what_went_before_stays(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = site.plant(4)
    monkeypatch.setattr(assignment, "CHUNK", 2)
    services = site.services("sup")
    give_chunk = services.assigning._give_chunk

    def busy_at_last(chunk: list[int], login: str, reason: str) -> assignment.Assignment:
        if cases[-1] in chunk:
            raise StorageBusy("The database is busy; nothing was written. Try again.")
        return give_chunk(chunk, login, reason)

    monkeypatch.setattr(services.assigning, "_give_chunk", busy_at_last)
    done = services.assigning.give(cases, "b", "many")

    assert [one.case_id for one in done.given] == cases[:2]
    assert [one.case_id for one in done.refused] == cases[2:]
    assert [site.actions(case) for case in cases] == [["assign"], ["assign"], [], []]


def test_a_plan_says_who_holds_what_and_changes_nothing(site: Site) -> None:
    site.plant(2)
    held = taken(site, "a").header.id

    plan = site.services("sup").assigning.plan([1, 2, 77])

    assert {one.case_id: one.from_holder for one in plan.given} == {held: "a", 3 - held: None}
    assert [one.case_id for one in plan.refused] == [77]
    assert site.actions(held) == ["next"]


def test_only_a_supervisor_gives_to_those_who_review_and_says_why(site: Site) -> None:
    (case,) = site.plant()
    with pytest.raises(NotAllowed):
        site.services("a").assigning.give([case], "b", "mine")
    with pytest.raises(NotAllowed):
        site.services("a").assigning.plan([case])
    with pytest.raises(NotAllowed, match="does not review"):
        site.services("sup").assigning.give([case], "audit", "try")
    with pytest.raises(NotFound):
        site.services("sup").assigning.give([case], "nobody-here", "try")
    with pytest.raises(WrongUsage):
        site.services("sup").assigning.give([case], "b", "  ")


def test_the_reason_is_read_in_the_history(site: Site) -> None:
    (case,) = site.plant()
    site.services("sup").assigning.give([case], "b", "knows the trade")

    lines = [(line.action, line.who, line.text) for line in site.services("b").casefiles.show(case).history]

    assert ("comment", "sup", "knows the trade") in lines
    assert ("assign", "sup", "b") in lines


def test_candidates_are_those_who_review_with_their_load_and_who_is_away_last(site: Site) -> None:
    cases = site.plant(4)
    site.services("sup").assigning.give(cases[:2], "a", "load")
    taken(site, "a")
    today = site.clock.at.date()
    site.services("admin").people.away("b", today, today)

    found = site.services("sup").assigning.candidates()

    assert [one.login for one in found][-1] == "b"
    assert {one.login: (one.held, one.assigned) for one in found}["a"] == (1, 2)
    assert found[-1].is_away
    assert all(one.login not in {"audit"} for one in found)
    assert Role.REVIEWER in next(one.roles for one in site.services("sup").people.list() if one.login == "admin")


def test_who_held_a_case_learns_to_whom_it_went_by_whom_and_when(site: Site) -> None:
    site.plant()
    header = taken(site, "a").header
    claims = site.services("a").claims
    assert claims.loss(header.id, header.fence) is None

    site.services("sup").assigning.give([header.id], "b", "language")

    assert claims.loss(header.id, header.fence) == LostHold(
        case_id=header.id, action="assign", by="sup", to="b", at=site.clock.at
    )


def test_who_held_a_case_too_long_learns_who_took_it_over_and_not_before(site: Site) -> None:
    site.plant()
    header = taken(site, "a").header
    claims = site.services("a").claims
    site.clock.on(minutes=31)
    assert claims.loss(header.id, header.fence) is None

    taken(site, "b")
    loss = claims.loss(header.id, header.fence)

    assert loss is not None
    assert (loss.action, loss.by) == ("next", "b")
