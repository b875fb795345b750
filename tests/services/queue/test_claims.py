"""Claiming, renewing, releasing, skipping and putting cases aside."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from tests.policies import amend_policy
from tests.services.review.verdict_acts import passing
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.errors import Busy, NotAllowed, WrongUsage


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


def test_the_order_is_breached_then_due_today_then_priority_then_due_date_then_number(site: Site) -> None:
    later = site.plant(2, due_in_days=5)
    sooner = site.plant(1, due_in_days=4)
    urgent = site.plant(1, due_in_days=6, priority="urgent")
    today = site.plant(1, due_in_days=0.2, priority="low")
    breached = site.plant(1, due_in_days=-1, priority="low")
    claims = site.services("a").claims
    site.services("admin").people.limit("a", 10)

    order = []
    for _turn in range(6):
        order.append(case_id_of(claims.next()))
        claims.aside(order[-1])

    assert order == [*breached, *today, *urgent, *sooner, *later]


def test_what_others_may_take_goes_first_if_it_is_due_before_what_is_mine(site: Site) -> None:
    (mine,) = site.plant(1, due_in_days=4, priority="urgent")
    (overdue,) = site.plant(1, due_in_days=-1, priority="low")
    site.services("sup").assigning.assign([mine], "a", "hers")
    services = site.services("a")
    assert "It is number 2 of the queued cases." in services.claims.explain(mine)

    assert case_id_of(services.claims.next()) == overdue
    assert "It is number 1 of the queued cases." in services.claims.explain(mine)
    assert not any("number" in line for line in services.claims.explain(overdue))
    assert services.claims.explain(overdue)[0].startswith("Order: first what is overdue or due today")


@pytest.mark.parametrize(
    ("due_in_days", "comes_back"),
    # The site begins at 10:00 on 24 November.
    [(3, "2026-11-27 00:00"), (0.2, "2026-11-24 14:48"), (-1, "2026-12-08 10:00"), (20, "2026-12-08 10:00")],
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
def test_an_expired_hold_is_queued_again(site: Site) -> None:
    site.plant(1)
    first = site.services("a").claims.next()
    assert isinstance(site.services("b").claims.next(), NoNextCase)

    site.clock.advance(minutes=31)
    second = site.services("b").claims.next()

    assert case_id_of(first) == case_id_of(second) == 1
    assert isinstance(second, CaseFile)
    assert isinstance(first, CaseFile)
    assert second.header.fence == first.header.fence + 1


def test_a_case_put_aside_comes_first_at_its_time_and_is_queued_half_an_hour_later(site: Site) -> None:
    site.plant(2)
    claims = site.services("a").claims
    first = case_id_of(claims.next())
    claims.aside(first, site.clock.at + timedelta(hours=2))
    second = case_id_of(claims.next())
    claims.release(second)

    site.clock.advance(hours=2, minutes=10)
    assert case_id_of(claims.next()) == first

    claims.aside(first, site.clock.at + timedelta(hours=1))
    site.clock.advance(hours=1, minutes=31)
    assert case_id_of(site.services("b").claims.next()) == first


@pytest.mark.promise("D2")
def test_cases_put_aside_count_towards_a_limit_of_their_own(site: Site) -> None:
    amend_policy(site, ("max_aside = 10", "max_aside = 4"))
    site.plant(6)
    claims = site.services("a").claims
    for _turn in range(4):
        claims.aside(case_id_of(claims.next()))

    found = claims.next()
    assert isinstance(found, NoNextCase)
    assert (found.kind, found.limit) == ("limit", 4)

    claims.aside(4, site.clock.at + timedelta(hours=3))
    claims.release(1)
    assert isinstance(claims.next(), CaseFile)


@pytest.mark.promise("D2")
def test_a_case_is_not_put_aside_above_the_limit(site: Site) -> None:
    amend_policy(site, ("max_aside = 10", "max_aside = 1"))
    site.plant(2)
    claims = site.services("a").claims
    first = case_id_of(claims.next())
    site.services("a").verdicts.decide(passing(first))
    claims.aside(case_id_of(claims.next()))
    site.services("a").undo.undo(first)

    with pytest.raises(NotAllowed, match=r"as many cases as you may \(1\)"):
        claims.aside(first)


def test_a_skipped_case_is_offered_again_only_after_something_changes(site: Site) -> None:
    (case,) = site.plant(1)
    claims = site.services("a").claims
    claims.next()
    claims.skip(case, "I know the handler")

    found = claims.next()
    assert isinstance(found, NoNextCase)
    assert (found.kind, found.count) == ("skipped", 1)

    site.services("sup").assigning.assign([case], "a", "please look again")
    assert case_id_of(claims.next()) == case


def test_skipping_an_assigned_case_ends_the_assignment(site: Site) -> None:
    (case,) = site.plant(1)
    site.services("sup").assigning.assign([case], "a", "you know the trade")
    assert isinstance(site.services("b").claims.next(), NoNextCase)
    case_id_of(site.services("a").claims.next())
    site.services("a").claims.skip(case, "I know the handler")

    assert case_id_of(site.services("b").claims.next()) == case
    assert site.services("a").casefiles.show(case).header.assignee is None


def test_skipping_requires_a_reason(site: Site) -> None:
    (case,) = site.plant(1)
    site.services("a").claims.next()

    with pytest.raises(WrongUsage):
        site.services("a").claims.skip(case, "  ")


def test_an_empty_result_names_the_holders_of_the_rest(site: Site) -> None:
    site.plant(1)
    site.services("b").claims.next()

    found = site.services("a").claims.next()

    assert isinstance(found, NoNextCase)
    assert found.kind == "held"
    assert found.who == (("b", site.clock.at + timedelta(minutes=30)),)


def test_an_empty_queue_returns_the_kind_none(site: Site) -> None:
    assert site.services("a").claims.next() == NoNextCase(kind="none")


@pytest.mark.promise("D1")
def test_activity_renews_a_hold_at_most_once_a_minute_and_writes_no_event(site: Site) -> None:
    (case,) = site.plant(1)
    claims = site.services("a").claims
    claims.next()
    until = claims.renew(case)
    site.clock.advance(seconds=30)
    assert claims.renew(case) == until

    site.clock.advance(seconds=60)
    assert claims.renew(case) == site.clock.at + timedelta(minutes=30)
    assert site.services("a").casefiles.show(case).header.held_until == site.clock.at + timedelta(minutes=30)
    assert site.actions(case) == ["next"]


def test_a_lost_hold_is_not_renewed(site: Site) -> None:
    (case,) = site.plant(1)
    site.services("a").claims.next()
    site.clock.advance(minutes=31)
    site.services("b").claims.next()

    assert site.services("a").claims.renew(case) is None


def test_the_refusal_names_the_holder_of_a_case(site: Site) -> None:
    (case,) = site.plant(1)
    site.services("b").claims.next()

    with pytest.raises(Busy, match="held by b until 10:30"):
        site.services("a").claims.release(case)
    assert site.actions(case) == ["next", "refused release"]


def test_a_case_that_nobody_holds_cannot_be_released(site: Site) -> None:
    (case,) = site.plant(1)

    with pytest.raises(NotAllowed, match="Nobody holds C-000001"):
        site.services("a").claims.release(case)


def test_the_counts_say_how_many_cases_a_person_decided_today_and_how_long_they_took(site: Site) -> None:
    site.plant(5)
    reviewer = site.services("a")
    assert (reviewer.queue.counts().decided_today, reviewer.queue.counts().median_s) == (0, None)
    for seconds in (40, 90, 200):
        case = reviewer.claims.next()
        assert isinstance(case, CaseFile)
        site.clock.advance(seconds=seconds)
        reviewer.verdicts.decide(passing(case.header.id))
    counts = reviewer.queue.counts()
    assert (counts.decided_today, counts.median_s) == (3, 90)

    assert isinstance(case, CaseFile)
    reviewer.undo.undo(case.header.id)
    assert reviewer.queue.counts().decided_today == 2
    assert site.services("b").queue.counts().decided_today == 0
    site.clock.advance(days=1)
    assert reviewer.queue.counts().decided_today == 0
