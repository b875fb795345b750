"""Claiming, renewing, releasing, skipping and putting cases aside."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from db.enums import FailKind
from tests.languages import speaking
from tests.policies import amend_policy
from tests.services.review.verdict_acts import decide, failing, passing, take
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.wording.amounts import decided_today_words, queued_words


def case_id_of(found: CaseFile | NoNextCase) -> int:
    assert isinstance(found, CaseFile)
    return found.header.id


def test_claiming_and_reading_a_case_uses_statements_of_tables_only(site: Site) -> None:
    site.plant(1)
    claims, of_models = site.services("a").claims, []

    def note(statement: ORMExecuteState) -> None:
        of_models.extend([statement.statement] * statement.is_orm_statement)

    event.listen(Session, "do_orm_execute", note)
    try:
        assert case_id_of(claims.next()) == 1
    finally:
        event.remove(Session, "do_orm_execute", note)

    # The first statement of a model would configure all models, which the first case would wait for.
    assert of_models == []


def test_what_others_may_take_goes_first_if_it_is_due_before_what_is_mine(site: Site) -> None:
    (mine,) = site.plant(1, due_in_days=4, priority="urgent")
    (overdue,) = site.plant(1, due_in_days=-1, priority="low")
    site.services("sup").assigning.assign([mine], "a", "hers")
    services = site.services("a")
    assert "It is number 2 of the queued cases." in services.claims.explain(mine)

    assert case_id_of(services.claims.next()) == overdue
    assert "It is number 1 of the queued cases." in services.claims.explain(mine)
    with speaking("zh"):
        assert "在排队中的审核单中排第 1 位。" in services.claims.explain(mine)
    assert not any("number" in line for line in services.claims.explain(overdue))
    assert services.claims.explain(overdue)[0].startswith("Order: first what is overdue or due today")


@pytest.mark.parametrize(
    ("due_in_days", "comes_back"),
    # The site begins at 10:00 on 24 November.
    [(3, "2026-11-27 00:00"), (0.2, "2026-11-24 14:48"), (0, "2026-12-08 10:00"), (20, "2026-12-08 10:00")],
)
def test_a_case_put_aside_comes_back_when_its_due_day_begins(site: Site, due_in_days: float, comes_back: str) -> None:
    (case,) = site.plant(1, due_in_days=due_in_days)
    services = site.services("a")
    services.claims.next()

    back_at = services.claims.aside(case, site.clock.at + timedelta(days=14))

    assert f"{back_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" == comes_back


def test_a_case_assigned_to_an_absent_reviewer_is_offered_to_all(site: Site) -> None:
    (assigned,) = site.plant(1)
    site.services("sup").assigning.assign([assigned], "b", "knows the trade")
    assert isinstance(site.services("a").claims.next(), NoNextCase)

    today = site.clock.at.date()
    site.services("admin").absences.away("b", today, None)

    assert case_id_of(site.services("a").claims.next()) == assigned


@pytest.mark.promise("P4", "D1")
def test_a_hold_is_renewed_once_a_minute_without_an_event_and_queued_again_when_it_expires(site: Site) -> None:
    (case,) = site.plant(1)
    claims, other = site.services("a").claims, site.services("b").claims
    first = claims.next()
    assert isinstance(first, CaseFile)
    until = claims.renew(case)
    site.clock.advance(seconds=30)
    assert claims.renew(case) == until
    site.clock.advance(seconds=60)
    until = site.clock.at + timedelta(minutes=30)
    assert claims.renew(case) == site.services("a").casefiles.show(case).header.held_until == until
    assert site.actions(case) == ["next"]
    found = other.next()
    assert isinstance(found, NoNextCase)
    assert (found.kind, found.who) == ("held", (("a", until),))

    site.clock.advance(minutes=31)
    second = other.next()

    assert isinstance(second, CaseFile)
    assert (second.header.id, second.header.fence) == (case, first.header.fence + 1)
    assert claims.renew(case) is None, "a lost hold is not renewed"


def test_a_case_put_aside_comes_first_at_its_time_and_is_queued_half_an_hour_later(site: Site) -> None:
    site.plant(2)
    claims = site.services("a").claims
    first = case_id_of(claims.next())
    claims.aside(first, site.clock.at + timedelta(hours=2))
    second = case_id_of(claims.next())
    claims.release(second)

    site.clock.advance(hours=2, minutes=10)
    back = claims.next()
    assert case_id_of(back) == first
    assert isinstance(back, CaseFile)
    assert back.header.held_until == site.clock.at + timedelta(minutes=30)

    claims.aside(first, site.clock.at + timedelta(hours=1))
    site.clock.advance(hours=1, minutes=31)
    assert case_id_of(site.services("b").claims.next()) == first


@pytest.mark.promise("D2")
def test_cases_put_aside_have_a_limit_of_their_own(site: Site) -> None:
    amend_policy(site, ("max_aside = 10", "max_aside = 2"))
    site.plant(4)
    services = site.services("a")
    claims = services.claims
    first, second = (case_id_of(claims.next()), claims.aside(1))[0], case_id_of(claims.next())
    claims.aside(second)

    found = claims.next()
    assert isinstance(found, NoNextCase)
    assert (found.kind, found.limit) == ("limit", 2)

    claims.aside(second, site.clock.at + timedelta(hours=3))
    claims.release(first)
    third = case_id_of(claims.next())
    services.verdicts.decide(passing(third))
    claims.aside(case_id_of(claims.next()))
    services.undo.undo(third)
    with pytest.raises(NotAllowed, match=r"as many cases as you may \(2\)"):
        claims.aside(third)


def test_a_skipped_case_keeps_the_reason_loses_its_assignee_and_is_offered_again_only_after_a_change(
    site: Site,
) -> None:
    (case,) = site.plant(1)
    claims, assigning = site.services("a").claims, site.services("sup").assigning
    assigning.assign([case], "a", "you know the trade")
    assert site.services("b").claims.next() == NoNextCase(kind="assigned", count=1, assigned=(("a", 1, False),))
    claims.next()
    claims.skip(case, "I know the handler")
    file = site.services("a").casefiles.show(case)
    assert ("a", "comment", "I know the handler") in [(line.who, line.action, line.text) for line in file.history]
    skipped = file.header
    assert (skipped.assignee, skipped.is_skipped) == (None, True)
    assert [site.services(login).queue.page()[0].is_skipped for login in ("a", "b")] == [True, False]

    found = claims.next()
    assert isinstance(found, NoNextCase)
    assert (found.kind, found.count) == ("skipped", 1)
    assert "You skipped it: you get it again only when something about it changes." in claims.explain(case)

    assert case_id_of(site.services("b").claims.next()) == case
    assigning.assign([case], "a", "please look again")
    assert not site.services("a").queue.page()[0].is_skipped
    assert case_id_of(claims.next()) == case


def test_a_refusal_names_the_holder_the_assignee_or_the_state_and_a_skip_needs_a_reason(site: Site) -> None:
    (case,) = site.plant(1)
    claims = site.services("a").claims
    with pytest.raises(NotAllowed, match=r"Nobody holds C-000001; .*`workbench take`"):
        claims.release(case)
    site.services("sup").assigning.assign([case], "b", "knows the trade")
    with pytest.raises(NotAllowed, match="C-000001 is assigned to b"):
        claims.release(case)
    site.services("b").claims.next()

    with pytest.raises(Busy, match="held by b until 10:30"):
        claims.release(case)
    with pytest.raises(WrongUsage):
        site.services("b").claims.skip(case, "  ")
    site.services("b").verdicts.decide(passing(case))
    with pytest.raises(NotAllowed, match="C-000001 is passed"):
        claims.release(case)
    refusals = [action for action in site.actions(case) if "release" in action]
    assert refusals == ["refused release"] * 4


def test_the_counts_say_how_many_cases_a_person_decided_and_proposed_today_and_how_long_they_took(site: Site) -> None:
    site.plant(5)
    reviewer = site.services("a")
    assert (reviewer.queue.counts().decided_today, reviewer.queue.counts().median_s) == (0, None)
    for seconds in (40, 90, 200):
        case = reviewer.claims.next()
        assert isinstance(case, CaseFile)
        site.clock.advance(seconds=seconds)
        reviewer.verdicts.decide(passing(case.header.id))
    decide(site, failing(take(site).header.id, fail_kind=FailKind.FINAL))
    with speaking("en"):
        assert decided_today_words(reviewer.queue.counts()) == "3 decided today, 1 proposed today, median 1 min 30 s"

    assert isinstance(case, CaseFile)
    reviewer.undo.undo(case.header.id)
    assert reviewer.queue.counts().decided_today == 2
    assert site.services("b").queue.counts().decided_today == 0
    site.clock.advance(days=1)
    assert reviewer.queue.counts().decided_today == 0


def test_the_counts_say_how_many_of_the_queued_cases_next_could_give(site: Site) -> None:
    site.plant(3)
    site.services("sup").assigning.assign([3], "b", "hers")
    site.services("a").claims.skip(take(site).header.id, "my cousin")

    counts = site.services("a").queue.counts()
    with speaking("en"):
        assert queued_words(counts.claimable, counts.queued)[0] == "1 of 3 queued cases can come to you."
    assert site.services("b").queue.counts().claimable == 3
    assert site.services("b").queue.counts("who:b").claimable == 1
