"""A second person approves or returns a verdict, and undoes that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.enums import CaseState, FailKind, Verdict
from db.models import CaseRow
from tests.services.review.verdict_acts import decide, decide_plainly, failing, held, notices, passing, staged, take
from tests.sites import Site
from workbench.domain.case.casefile import VerdictRequest
from workbench.errors import Busy, NotAllowed, WrongUsage


def stored(site: Site, case: int) -> dict[str, object]:
    with site.services("admin").context.read() as session:
        return session.get_one(CaseRow, case).model_dump()


def test_passing_against_a_block_requires_an_override_a_note_and_a_check(site: Site) -> None:
    case = held(site, severity="block")
    with pytest.raises(NotAllowed, match="OK-OVERRIDE"):
        decide(site, passing(case))
    override = VerdictRequest(case_id=case, verdict=Verdict.PASS, reasons=("OK-OVERRIDE",))
    with pytest.raises(NotAllowed, match="internal note"):
        decide(site, override)

    done = decide(site, replace(override, note="called them"))

    assert done.state is CaseState.AWAITING_CHECK
    assert set(done.check_for) == {"override", "high_risk"}
    assert notices(site) == []


def test_the_maker_cannot_check_and_an_approval_has_its_own_grace_period(site: Site) -> None:
    case = staged(site)
    assert [row.id for row in site.services("b").checks.waiting()] == [case]
    with pytest.raises(NotAllowed, match="another person"):
        site.services("a").checks.approve(case, "mine")
    site.clock.advance(minutes=5)

    done = site.services("b").checks.approve(case, "I see the same")

    assert done.state is CaseState.FAILED
    assert done.release_at == site.clock.at + timedelta(seconds=60)
    assert len(notices(site)) == 1


def test_who_skipped_a_case_does_not_check_its_verdict(site: Site) -> None:
    site.plant()
    case = take(site, "b").header.id
    site.services("b").claims.skip(case, "my cousin works there")
    assert site.services("b").taking.own_skip(case) == "my cousin works there"
    take(site)
    decide(site, failing(case, fail_kind=FailKind.FINAL))

    assert [site.services(login).queue.counts().to_check for login in "bc"] == [0, 1]
    for act in (site.services("b").checks.approve, site.services("b").checks.give_back):
        with pytest.raises(NotAllowed, match="my cousin works there"):
            act(case, "seen")
    assert site.state(case) == "awaiting_check"
    assert site.services("c").checks.approve(case, "seen").state is CaseState.FAILED


def test_a_returned_case_waits_for_its_maker_with_the_draft_and_comes_first(site: Site) -> None:
    site.plant(3)
    case = take(site).header.id
    site.services("a").drafts.save(case, {"note": "final, I think"})
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    site.services("admin").people.limit("a", 1)
    held = take(site).header.id

    site.services("b").checks.give_back(case, "they can mend this")
    assert site.state(case) == "queued", "its maker holds as many cases as the limit"
    assert take(site, "c").header.id != case

    site.services("a").claims.release(held)
    back = take(site)
    assert (back.header.id, back.draft) == (case, {"note": "final, I think"})
    assert back.decisions[-1].status == "returned"
    # It stays assigned to its maker when the hold expires.
    site.clock.advance(minutes=31)
    site.plant(1, priority="urgent")
    assert take(site, "c").header.id != case
    assert take(site).header.id == case


def test_a_refused_approval_does_not_assess_the_case_again(site: Site) -> None:
    (case,) = site.plant(severity="block")
    site.clock.advance(days=1)
    before = stored(site, case)

    with pytest.raises(NotAllowed, match="queued"):
        site.services("b").checks.approve(case, "fine")

    assert stored(site, case) == before


def test_a_returned_case_that_its_maker_decided_again_is_no_longer_taken_first(site: Site) -> None:
    case = staged(site)
    site.services("b").checks.give_back(case, "they can mend this")
    decide(site, VerdictRequest(case_id=case, verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",)))
    site.services("b").remarks.answer(case)
    (urgent,) = site.plant(priority="urgent")
    site.services("sup").assigning.assign([urgent], "a", "x")

    assert take(site).header.id == urgent


def test_the_checker_reads_the_letter_masked_and_in_the_own_language_before_it_is_sent(site: Site) -> None:
    case = held(site, severity="block")
    letter = "测试人:(ACT-PEAK-HOUR)\n材料未加盖公章。（DOC-UNSEALED）"
    decide(site, failing(case, fail_kind=FailKind.FINAL, note="final", letter=letter))

    shown, gloss = site.services("b").checks.letter(case)
    done = site.services("b").checks.approve(case, "looked at it")

    assert done.notice == shown
    assert "测••:" in shown
    assert "测试人" not in shown + gloss
    assert "Result: not passed" in gloss
    assert "(DOC-UNSEALED)" in gloss
    assert "公章" not in gloss


def test_a_verdict_is_void_once_the_evidence_no_longer_has_its_findings(site: Site) -> None:
    case = staged(site, severity="block")
    # The planted finding has no evidence, so the rules find other things.
    site.clock.advance(days=1)

    with pytest.raises(Busy, match="void"):
        site.services("b").checks.approve(case, "seen")

    found = site.services("a").casefiles.show(case)
    assert found.decisions[-1].status == "void"
    assert (found.header.state, found.header.assignee) == (CaseState.QUEUED, "a")
    assert site.actions(case)[-2:] == ["void", "refused approve"]
    assert notices(site) == []


def test_an_approval_is_refused_if_evidence_came_since_the_checker_looked(site: Site) -> None:
    case = staged(site)
    seen = site.services("b").casefiles.show(case).header.evidence_no

    with pytest.raises(Busy, match="look again"):
        site.services("b").checks.approve(case, "seen", evidence_no=seen - 1)
    assert site.services("b").checks.approve(case, "seen", evidence_no=seen).state is CaseState.FAILED


def test_an_approval_needs_words_only_for_an_open_point(site: Site) -> None:
    plain, discussed, asked = (decide_plainly(site) for _case in range(3))
    site.clock.advance(minutes=1)
    site.services("c").remarks.comment(discussed, "is the seal real?")
    site.services("c").inquiries.inquire(asked, "fraud", "Is the number known?")
    unanswered = staged(site)
    checks = site.services("b").checks
    for act, case, words in (
        (checks.approve, discussed, " "),
        (checks.approve, unanswered, ""),
        (checks.approve, asked, ""),
        (checks.give_back, plain, ""),
    ):
        with pytest.raises(WrongUsage):
            act(case, words)
    checks.approve(plain, "")
    assert [site.state(case) for case in (plain, discussed, asked)] == ["failed", "awaiting_check", "awaiting_check"]
    checks.approve(discussed, "the seal is real")
    site.services("c").inquiries.withdraw(1, "found in the file")
    checks.approve(asked, "")
    assert site.state(asked) == "failed"
