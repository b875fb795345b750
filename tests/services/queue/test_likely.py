"""The filter for cases that will probably be late."""

from datetime import timedelta

import pytest

from db.enums import InquiryOutcome, Role
from tests.languages import speaking
from tests.services.review.verdict_acts import staged
from tests.sites import Site
from workbench.domain.clock.late_risk import LateCause
from workbench.wording.forecast import late_cause_words


def test_likely_lists_the_cases_with_a_chance_to_be_late_and_computes_it_once_a_minute(site: Site) -> None:
    late, early = site.plant(2, due_in_days=-1), site.plant(2, due_in_days=30)
    queue = site.services("sup").queue

    assert queue.ids("likely:late", 10) == queue.ids("likely:overdue", 10) == tuple(late)
    assert queue.ids("-likely:late", 10) == tuple(early)
    assert queue.count("预计:超时 due:overdue") == queue.count("due:overdue") == 2
    site.plant(1, due_in_days=-2)
    site.clock.advance(seconds=50)
    assert queue.count("likely:late") == 2
    site.clock.advance(seconds=11)
    assert queue.count("likely:late") == 3


def test_whoever_lists_cases_may_filter_by_their_chances(site: Site) -> None:
    site.plant(1, due_in_days=-1)
    assert [site.services(login).queue.count("likely:late") for login in ("a", "sup", "admin", "audit")] == [1] * 4


def test_a_list_of_likely_late_cases_says_how_likely_and_why(site: Site) -> None:
    late, early = site.plant(2, due_in_days=-1), site.plant(1, due_in_days=40)
    today = site.clock.at.date()
    site.services("sup").assigning.move(dict.fromkeys(late[1:], "b"), "knows the agent")
    site.services("admin").absences.away("b", today, today + timedelta(days=3))
    queue = site.services("a").queue

    first, second = (row.late for row in queue.page("likely:late"))
    assert first is not None
    assert (first.share, first.cause, first.count) == (1, LateCause.QUEUE, 0)
    assert second is not None
    assert (second.cause, second.who) == (LateCause.AWAY, "b")
    assert late_cause_words(second, today) == "b is away until Fri 27 Nov"
    assert queue.ids("", 3, "late") == (*late, *early)
    assert queue.ids("", 3, "-late") == (*early, *late)
    assert [row.late is None for row in queue.page("")] == [True] * 3


def test_a_late_case_waits_for_its_check_even_if_its_maker_is_away(site: Site) -> None:
    case = staged(site)
    site.clock.advance(days=7)
    today = site.clock.at.date()
    site.services("sup").assigning.move({case: "b"}, "knows the agent")
    site.services("admin").absences.away("b", today, today + timedelta(days=3))
    [row] = site.services("sup").queue.page("likely:late")
    assert row.late is not None
    assert (row.late.who, late_cause_words(row.late, today)) == ("b", "waits for its check")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "waits for Anti-fraud and risk control to verify"), ("zh", "等待 反诈风控部 核实")]
)
def test_a_likely_late_case_waits_for_the_department_that_has_not_answered(
    site: Site, language: str, words: str
) -> None:
    case, other = site.plant(2, due_in_days=-1)
    site.services("admin").roles.add("ver", (Role.VERIFIER,), "fraud")
    site.services("a").inquiries.inquire(case, "fraud", "Is the number known?")
    queue = site.services("a").queue

    with speaking(language):
        risks = {row.id: row.late for row in queue.page("likely:late")}
        late = risks[case]
        assert late is not None
        assert late.cause is LateCause.DEPARTMENT
        assert late_cause_words(late, site.clock.at.date()) == words
    assert [risk.cause for number, risk in risks.items() if risk and number == other] == [LateCause.QUEUE]

    site.services("ver").inquiries.answer(1, InquiryOutcome.CONFIRMED, "known")
    assert [row.late.cause for row in queue.page("likely:late") if row.late] == [LateCause.QUEUE] * 2
