"""Moving cases to people, what their former holders see, and the undo of a move."""

import pytest

from db.enums import CaseState, FailKind, Role, Verdict
from db.models import CaseRow
from tests.cli.appeals.filed_appeals import appealed, decided, office
from tests.services.review.verdict_acts import decide, failing, held, staged
from tests.sites import Site
from workbench.domain.case.case_id import parse_case
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.services.foundation.case_access import LostHold
from workbench.services.queue.assignment import Assignment
from workbench.services.review.back_to_queue import void_verdict


def taken(site: Site, login: str) -> CaseFile:
    found = site.services(login).claims.next()
    assert isinstance(found, CaseFile)
    return found


def test_a_move_has_one_outcome_for_each_case_and_its_reason_in_the_history(site: Site) -> None:
    first, second, third = site.plant(3)
    site.services("a").remarks.withdraw(second, "the applicant wrote")
    assigning = site.services("sup").assigning

    done = assigning.move({first: "b", second: "b", 999: "c", third: "c"}, "knows the trade")

    assert [(one.case_id, one.to) for one in done.assigned] == [(first, "b"), (third, "c")]
    assert [one.case_id for one in done.refused] == [second, 999]
    assert "C-000002 is withdrawn" in done.refused[0].why
    assert "There is no case C-000999" in done.refused[1].why
    assert "refused assign" in site.actions(second)
    lines = [(line.action, line.who, line.text) for line in site.services("b").casefiles.show(first).history]
    assert {("comment", "sup", "knows the trade"), ("assign", "sup", "b")} <= set(lines)
    with pytest.raises(WrongUsage, match="At most 2,000 cases"):
        assigning.move(dict.fromkeys(range(1, 2_002), "b"), "ill")


def test_a_plan_names_the_holders_and_changes_nothing(site: Site) -> None:
    site.plant(2)
    held = taken(site, "a").header.id

    plan = site.services("sup").assigning.plan([1, 2, 77], "c")

    assert {one.case_id: one.from_holder for one in plan.assigned} == {held: "a", 3 - held: None}
    assert [one.case_id for one in plan.refused] == [77]
    assert site.actions(held) == ["next"]


def test_assigning_needs_a_supervisor_a_reviewing_person_and_a_reason(site: Site) -> None:
    (case,) = site.plant()
    with pytest.raises(NotAllowed):
        site.services("a").assigning.move(dict.fromkeys([case], "b"), "mine")
    with pytest.raises(NotAllowed):
        site.services("a").assigning.plan([case], "a")
    with pytest.raises(NotAllowed, match="does not review"):
        site.services("sup").assigning.move(dict.fromkeys([case], "audit"), "try")
    with pytest.raises(NotFound):
        site.services("sup").assigning.move(dict.fromkeys([case], "nobody-here"), "try")
    with pytest.raises(WrongUsage):
        site.services("sup").assigning.move(dict.fromkeys([case], "b"), "  ")


def test_candidates_have_their_load_and_absent_people_come_last(site: Site) -> None:
    cases = site.plant(4)
    site.services("sup").assigning.move(dict.fromkeys(cases[:2], "a"), "load")
    taken(site, "a")
    today = site.clock.at.date()
    site.services("admin").absences.away("b", today, today)

    found = site.services("sup").assigning.candidates()

    assert [one.login for one in found][-1] == "b"
    assert {one.login: one.load.cases for one in found}["a"] == 2
    assert found[-1].is_away
    assert all(one.login not in {"audit"} for one in found)
    assert Role.REVIEWER in next(one.roles for one in site.services("sup").people.list() if one.login == "admin")


def test_the_former_holder_sees_who_assigned_or_took_the_case_and_when(site: Site) -> None:
    site.plant()
    header = taken(site, "a").header
    claims = site.services("a").claims
    assert claims.loss(header.id, header.fence) is None

    move(site, [header.id], "b")
    assert claims.loss(header.id, header.fence) == LostHold(
        case_id=header.id, action="assign", by="sup", to="b", at=site.clock.at
    )
    site.services("sup").undo.undo(header.id)
    assert owned(site, "a") == [header.id], "an undone move gives the holder the case again"
    header = site.services("a").casefiles.show(header.id).header
    site.clock.advance(minutes=31)
    assert claims.loss(header.id, header.fence) is None, "nobody has taken it since the hold expired"

    taken(site, "b")
    loss = claims.loss(header.id, header.fence)
    assert loss is not None
    assert (loss.action, loss.by) == ("next", "b")


def pending(site: Site, login: str = "a") -> int:
    """Let a person ask the applicant of a new case for a document; return the number of the case."""
    (case,) = site.plant()
    taken(site, login)
    request = VerdictRequest(case_id=case, verdict=Verdict.PENDING, reasons=("WAIT-CARRIER",))
    assert site.services(login).verdicts.decide(request).state is CaseState.PENDING
    return case


def owned(site: Site, login: str) -> list[int]:
    """Return the cases of an owner."""
    return [row.id for row in site.services("sup").queue.page(f"owner:{login}")]


def move(site: Site, cases: list[int], to: str) -> Assignment:
    return site.services("sup").assigning.move(dict.fromkeys(cases, to), "ill")


def test_a_pending_case_has_an_owner_who_gets_it_with_the_answer_after_a_move(site: Site) -> None:
    case = pending(site)
    assert owned(site, "a") == [case]

    done = move(site, [case], "b")

    assert [(one.from_owner, one.to, one.state) for one in done.assigned] == [("a", "b", CaseState.PENDING)]
    assert (owned(site, "a"), owned(site, "b")) == ([], [case])
    site.services("c").remarks.answer(case)
    assert not isinstance(site.services("c").claims.next(), CaseFile)
    assert taken(site, "b").header.id == case


def test_a_moved_verdict_keeps_its_maker_and_its_new_owner_gets_it_back_with_the_draft_and_cannot_check_it(
    site: Site,
) -> None:
    case = held(site)
    site.services("a").drafts.save(case, {"note": "final, I think"})
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    assert site.services("b").queue.counts().to_check == 1

    move(site, [case], "b")

    assert owned(site, "b") == [case]
    assert [row.maker for row in site.services("c").checks.waiting()] == ["a"]
    assert [site.services(login).queue.counts().to_check for login in ("a", "b", "c")] == [0, 0, 1]
    for login in ("a", "b"):
        with pytest.raises(NotAllowed, match="another person must check it"):
            site.services(login).checks.approve(case, "mine")
    site.services("c").checks.give_back(case, "look again")
    back = taken(site, "b")
    assert (back.header.id, back.draft, back.header.returned_to) == (case, {"note": "final, I think"}, "b")
    assert not isinstance(site.services("a").claims.next(), CaseFile)


def test_a_moved_verdict_that_becomes_void_goes_to_its_new_owner(site: Site) -> None:
    case = staged(site)
    move(site, [case], "b")

    with site.services("admin").context.write() as session:
        void_verdict(session, site.services("admin").context, session.get_one(CaseRow, case))

    assert not isinstance(site.services("a").claims.next(), CaseFile)
    assert taken(site, "b").header.id == case


def test_a_case_put_aside_and_a_returned_case_move_with_the_draft(site: Site) -> None:
    aside = held(site)
    site.services("a").drafts.save(aside, {"comment": "called"})
    site.services("a").claims.aside(aside)
    returned = staged(site)
    site.services("c").checks.give_back(returned, "look again")

    done = move(site, [aside, returned], "b")

    assert {one.from_owner for one in done.assigned} == {"a"}
    first = taken(site, "b")
    assert (first.header.id, first.header.returned_to) == (returned, None), "what was returned comes first"
    site.services("b").claims.aside(returned)
    assert taken(site, "b").draft == {"comment": "called"}


def test_spreading_makes_loads_even_over_present_reviewers_and_takes_cases_from_their_owner(site: Site) -> None:
    cases = site.plant(9)
    move(site, cases[:6], "a")
    move(site, cases[6:7], "b")
    assigning, today = site.services("sup").assigning, site.clock.at.date()
    site.services("admin").absences.away("c", today, today)

    plan = assigning.plan(cases[:6])

    assert {one.from_owner for one in plan.assigned} == {"a"}
    assert set(plan.loads) == {"admin", "b"}
    assert sorted(load.cases for load in plan.loads.values()) == [3, 4]
    assert plan == assigning.plan(cases[:6])
    targets = {one.case_id: one.to for one in plan.assigned}
    done = assigning.move(targets, "ill")
    assert {one.case_id: one.to for one in done.assigned} == targets
    assert {one.login: one.load for one in assigning.candidates() if one.load.cases} == plan.loads


def test_a_move_is_undone_as_one_and_cases_touched_since_are_left_and_named(site: Site) -> None:
    waiting = pending(site, "b")
    cases = site.plant(4)
    assert taken(site, "a").header.id == cases[0]
    site.services("a").claims.aside(cases[0])
    move(site, [*cases, waiting], "c")
    assert taken(site, "c").header.id == cases[0]
    undo = site.services("sup").undo
    offered = undo.last()
    assert offered is not None
    assert offered.together == (*cases, waiting)

    undone, left = undo.undo_move(offered.together)

    assert undone == (*cases[1:], waiting)
    assert [one.case_id for one in left] == [cases[0]]
    assert "Somebody acted on C-000002 since" in left[0].why
    assert (owned(site, "c"), owned(site, "b")) == ([cases[0]], [waiting])
    assert undo.last() is None


def test_a_move_cannot_be_undone_after_a_minute(site: Site) -> None:
    cases = site.plant(2)
    move(site, cases, "b")
    site.clock.advance(seconds=61)

    undone, left = site.services("sup").undo.undo_move(cases)

    assert undone == ()
    assert all("can no longer be undone" in one.why for one in left)


def test_the_answer_to_an_appeal_does_not_move(site: Site) -> None:
    workplace = office(site)
    case = parse_case(decided(workplace, appealed(workplace)))

    done = site.services("sup2").assigning.move({case: "c"}, "ill")

    assert "its decider stays the same" in done.refused[0].why
    assert owned(site, "sup") == [case]


def test_spreading_respects_skills_except_for_what_is_due(site: Site) -> None:
    skills = site.services("admin").skills
    later, due = site.plant(due_in_days=30), site.plant(due_in_days=-1)
    for login in ("a", "b", "admin"):
        skills.set(login, "kind:individual")
    skills.set("c", "kind:enterprise")

    plan = site.services("sup").assigning.plan([*later, *due])

    assert {one.case_id: one.to for one in plan.assigned}.keys() == {*later, *due}
    assert [one.to for one in plan.assigned if one.case_id == later[0]] == ["c"]
    skills.set("c", "kind:individual")
    assert [one.case_id for one in site.services("sup").assigning.plan([*later, *due]).refused] == later
