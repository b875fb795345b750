"""Absences: the preview names every case of the person, and the substitute gets what it says."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from db.enums import FailKind, Verdict
from db.models import CaseRow
from tests.services.review.verdict_acts import decide, failing, held, staged, take
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, NoNextCase, VerdictRequest
from workbench.domain.case.vocabulary import CaseState
from workbench.domain.filter.absent_cases import MOVES, OFFERED, RELEASED, TO_ALL, TO_SUBSTITUTE, AbsentCase
from workbench.errors import NotAllowed, NotFound
from workbench.wording.case.story import CaseStory


def away(
    site: Site, login: str = "a", *, days: int = 0, substitute: str = "", dry_run: bool = False
) -> tuple[AbsentCase, ...]:
    first_on = site.clock.at.date() + timedelta(days=days)
    return site.services("sup").absences.away(login, first_on, None, "ill", substitute, dry_run=dry_run)


def back_from_check(site: Site) -> int:
    """Return a case that was returned to a, who released it."""
    case = staged(site)
    site.services("b").checks.give_back(case, "look again")
    site.services("a").claims.release(case)
    return case


@pytest.fixture
def shares(site: Site) -> Mapping[str, int]:
    """One case of each kind that belongs to a, who holds the last one."""
    found = {"pending": held(site)}
    decide(site, VerdictRequest(case_id=found["pending"], verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",)))
    found["staged"], found["rectifying"] = staged(site), held(site)
    decide(site, failing(found["rectifying"], fail_kind=FailKind.FIXABLE))
    found["returned"] = back_from_check(site)
    (found["aside"],) = site.plant(1, priority="urgent", due_in_days=-1)
    assert take(site).header.id == found["aside"]
    site.services("a").claims.aside(found["aside"], site.clock.at + timedelta(days=2))
    (found["held"],) = site.plant(1, priority="urgent", due_in_days=-1)
    assert take(site).header.id == found["held"]
    (found["assigned"],) = site.plant(1)
    site.services("sup").assigning.assign([found["assigned"]], "a", "hers")
    site.clock.advance(seconds=61)
    return found


def test_the_preview_names_each_case_with_what_becomes_of_it_and_writes_nothing(
    site: Site, shares: Mapping[str, int]
) -> None:
    before = [site.actions(case) for case in shares.values()]
    alone = {one.share.name: one for one in away(site, dry_run=True)}
    helped = {one.share.name: one.handover for one in away(site, dry_run=True, substitute="b")}

    assert {share: one.case_id for share, one in alone.items()} == shares
    assert {share: one.handover for share, one in alone.items()} == {
        **dict.fromkeys(("held", "aside"), RELEASED),
        **dict.fromkeys(("returned", "assigned"), OFFERED),
        **dict.fromkeys(("pending", "staged", "rectifying"), TO_ALL),
    }
    assert helped == {
        **dict.fromkeys(("held", "aside", "returned", "assigned"), MOVES),
        **dict.fromkeys(("pending", "staged", "rectifying"), TO_SUBSTITUTE),
    }
    assert [site.actions(case) for case in shares.values()] == before
    assert not site.services("sup").people.line("a").is_away


def owner(site: Site, case_id: int) -> str | None:
    """Return who holds a case, or else to whom it is assigned."""
    header = site.services("sup").casefiles.show(case_id).header
    return header.held_by or header.assignee


def test_the_substitute_gets_what_is_there_with_the_draft_and_what_comes_back(
    site: Site, shares: Mapping[str, int]
) -> None:
    site.services("a").drafts.save(shares["aside"], {"note": "half done"})
    away(site, substitute="b")
    assert {owner(site, shares[share]) for share in ("held", "aside", "returned", "assigned")} == {"b"}
    first = site.services("b").claims.next()
    assert isinstance(first, CaseFile)
    assert first.draft == {"note": "half done"}

    site.services("c").remarks.answer(shares["pending"])
    site.services("c").checks.give_back(shares["staged"], "not yet")
    site.services("c").remarks.resubmit(shares["rectifying"])
    assert {owner(site, shares[share]) for share in ("pending", "staged", "rectifying")} == {"b"}


def test_without_a_substitute_holds_end_and_nothing_that_comes_back_waits_for_the_person(
    site: Site, shares: Mapping[str, int]
) -> None:
    away(site)
    site.services("c").checks.give_back(shares["staged"], "not yet")
    site.services("c").remarks.answer(shares["pending"])
    expected = {case for share, case in shares.items() if share != "rectifying"}
    assert site.services("b").queue.counts().claimable == len(expected)
    found = set()
    while isinstance(case := site.services("b").claims.next(), CaseFile):
        found.add(case.header.id)
        site.services("b").claims.skip(case.header.id, "seen")
    assert found == expected
    assert isinstance(case, NoNextCase)
    assert (case.kind, case.count, case.assigned) == ("skipped", len(expected), ())


def test_a_planned_absence_begins_with_its_day_and_is_handed_over_once(site: Site) -> None:
    case = held(site)
    away(site, days=1, substitute="b")
    site.services("a").ticking.tick()
    assert owner(site, case) == "a"
    line = site.services("sup").people.line("a")
    assert (line.is_away, line.substitute) == (False, "b")

    site.clock.advance(days=1)
    assert site.services("c").ticking.tick().queued == 0
    # The hold had expired, and nobody had assigned the case.
    assert owner(site, case) is None
    mine = site.plant(1)
    site.services("sup").assigning.assign(mine, "a", "back soon")
    site.services("c").ticking.tick()
    assert owner(site, mine[0]) == "a"


def test_a_case_says_at_once_that_the_person_to_check_it_is_away(site: Site) -> None:
    case = staged(site)
    site.services("sup").assigning.assign([case], "b", "checks today")
    shown = site.services("sup").casefiles.show(case)
    assert not shown.header.is_assignee_away
    away(site, "b", days=1)
    assert site.services("sup").casefiles.changed_since(shown) is None

    site.clock.advance(days=1)
    later = site.services("sup").casefiles.changed_since(shown)
    assert later is not None
    assert CaseStory(later, site.clock.at).next[0].startswith("waits for a person other than a (b is away) to check it")


def test_who_is_back_gets_new_work_and_the_forecast_still_knows_the_days(site: Site) -> None:
    case = staged(site)
    away(site, substitute="b")
    site.clock.advance(days=2)
    site.services("sup").absences.back("a")
    site.services("c").checks.give_back(case, "not yet")
    assert owner(site, case) == "a"
    with site.services("sup").context.read() as session:
        assert str(session.connection().exec_driver_sql("SELECT to_on FROM absence").scalar()) == "2026-11-25"

    away(site, days=5)
    site.services("sup").absences.back("a")
    with pytest.raises(NotFound):
        site.services("sup").absences.back("a")


def test_a_substitute_must_review_on_those_days_and_may_have_one_too(site: Site) -> None:
    for nobody in ("a", "audit"):
        with pytest.raises(NotAllowed):
            away(site, substitute=nobody)
    away(site, "b")
    with pytest.raises(NotAllowed):
        away(site, substitute="b")
    with pytest.raises(NotAllowed):
        site.services("c").absences.away("a", site.clock.at.date(), None)

    site.services("sup").absences.back("b")
    case = staged(site)
    away(site, substitute="b")
    away(site, "b", substitute="c")
    site.services("sup").checks.give_back(case, "not yet")
    assert owner(site, case) == "c"


def test_a_case_that_the_maker_staged_before_leaving_cannot_be_checked_by_its_new_maker(site: Site) -> None:
    case = staged(site)
    away(site, substitute="b")
    site.services("c").checks.give_back(case, "not yet")
    assert take(site, "b").header.id == case
    decide(site, failing(case, fail_kind=FailKind.FINAL), "b")
    with pytest.raises(NotAllowed):
        site.services("b").checks.approve(case, "seen")
    with site.services("sup").context.read() as session:
        assert session.get_one(CaseRow, case).state == CaseState.AWAITING_CHECK
    assert isinstance(site.services("b").claims.next(), NoNextCase)
