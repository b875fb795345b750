"""Deciding and undoing verdicts, and their notices."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import CaseState, Measure, Priority, ServiceClass, Verdict, WaitsFor
from tests.services.review.verdict_acts import decide, failing, held, notices, passing, take
from tests.sites import Site
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.services.foundation import audit_log


def waiting(case: int, *reasons: str, waits_for: WaitsFor | None = None) -> VerdictRequest:
    """Return the request of a pending verdict."""
    return VerdictRequest(case_id=case, verdict=Verdict.PENDING, reasons=reasons, waits_for=waits_for)


@pytest.mark.promise("D3")
def test_the_notice_of_a_pass_waits_for_the_grace_period_in_which_its_maker_can_undo_it(site: Site) -> None:
    case = held(site)

    done = decide(site, passing(case))

    assert done.state is CaseState.PASSED
    assert done.release_at == site.clock.at + timedelta(seconds=60)
    assert site.state(case) == "passed"
    assert site.actions(case) == ["next", "decide"]
    ((body, is_cancelled),) = notices(site)
    assert "C-000001" in body
    assert not is_cancelled
    with pytest.raises(NotAllowed, match="Another person"):
        site.services("b").undo.undo(case)
    assert site.services("a").undo.last() is not None

    site.clock.advance(seconds=60)

    assert site.services("a").undo.last() is None
    with pytest.raises(NotAllowed, match="released at 10:01:00"):
        site.services("a").undo.undo(case)


def test_a_fixable_fail_has_an_item_for_each_reason_and_the_latest_of_their_deadlines(site: Site) -> None:
    case = held(site, severity="block")

    done = decide(site, failing(case))

    assert done.state is CaseState.RECTIFYING
    # Seven working days after Tuesday 24 November 2026 end on Thursday 3 December at 18:00 in Shanghai.
    assert done.deadline_at is not None
    assert done.deadline_at.isoformat() == "2026-12-03T10:00:00+00:00"
    assert done.notice is not None
    assert "ACT-PEAK-HOUR" in done.notice
    assert "DOC-UNSEALED" in done.notice
    assert "2026年12月3日（周四）18:00" in done.notice
    (line,) = site.services("a").casefiles.show(case).decisions
    assert [item.code for item in line.items] == ["ACT-PEAK-HOUR", "DOC-UNSEALED"]


@pytest.mark.promise("D8")
def test_the_deadline_of_a_fail_is_at_most_fifteen_working_days(site: Site) -> None:
    case = held(site)

    with pytest.raises(NotAllowed, match="too far"):
        decide(site, failing(case, until=date(2027, 1, 29)))
    assert site.state(case) == "in_review"
    assert site.actions(case) == ["next", "refused decide"]


def test_the_date_of_a_pending_case_has_a_default_by_whom_it_waits_for(site: Site) -> None:
    for reason, day in (("WAIT-APPLICANT", 1), ("WAIT-CARRIER", 27), ("WAIT-REGISTRY", 3), ("WAIT-DEPARTMENT", 27)):
        (case,) = site.plant()
        take(site)
        decide(site, waiting(case, reason))
        found = site.services("a").casefiles.show(case).header.next_action_on
        assert found is not None
        assert found.day == day


def test_a_case_that_waits_for_the_applicant_without_saying_what_for_has_a_warning(site: Site) -> None:
    case = held(site)
    vague = waiting(case, "WAIT-APPLICANT")

    assert "does not say what" in site.services("a").verdicts.preview(vague).warnings[0]
    told = replace(vague, items=(ItemRequest(code="WAIT-APPLICANT", text="AUTH_LETTER"),))
    done = decide(site, told)
    assert done.warnings == ()
    assert "1. 授权委托书\n" in (done.notice or "")


def test_the_reasons_of_a_week_are_offered_again_to_who_used_them(site: Site) -> None:
    site.plant(3)
    decide(site, waiting(take(site).header.id, "WAIT-CARRIER"))
    decide(site, passing(take(site).header.id))
    site.clock.at += timedelta(days=6)
    last = decide(site, failing(take(site).header.id)).case_id
    verdicts = site.services("a").verdicts
    assert verdicts.recent_reasons(0) == ("ACT-PEAK-HOUR", "DOC-UNSEALED", "WAIT-CARRIER")
    assert verdicts.recent_reasons(last) == ("WAIT-CARRIER",)
    assert site.services("b").verdicts.recent_reasons(0) == ()

    site.clock.at += timedelta(days=2)
    assert verdicts.recent_reasons(0) == ("ACT-PEAK-HOUR", "DOC-UNSEALED")


def test_an_incomplete_verdict_is_refused_with_a_message(site: Site) -> None:
    case = held(site)
    for request, words in [
        (VerdictRequest(case_id=case, verdict=Verdict.PASS), "at least one reason"),
        (VerdictRequest(case_id=case, verdict=Verdict.PASS, reasons=("NO-SUCH",)), "no reason NO-SUCH"),
        (
            VerdictRequest(case_id=case, verdict=Verdict.PASS, reasons=("ACT-PEAK-HOUR",)),
            "cannot be used with this verdict",
        ),
        (passing(case, measure=Measure.BAR_BOTH), "does not allow the measure"),
        (failing(case, until=date(2026, 11, 1)), "first possible day is 2026-11-24"),
        (failing(case, items=(ItemRequest(code="BIZ_LICENCE"),)), "neither a reason nor a document"),
        *(
            (failing(case, items=(ItemRequest(code="ID-NAME", text=short),)), f"“{short}” is too short")
            for short in ("1v", "abc", "图")
        ),
        (passing(case, items=(ItemRequest(code="BIZ_LICENSE"),)), "Only a fixable fail"),
        (passing(case, until=date(2026, 11, 30)), "Only a pending or a fixable fail can have a date"),
        (waiting(case, "WAIT-CARRIER", waits_for=WaitsFor.APPLICANT), "cannot wait for the applicant"),
        (waiting(case, "WAIT-APPLICANT", "WAIT-CARRIER"), "waits for one party"),
    ]:
        assert words in site.services("a").verdicts.preview(request).problems[0]
        with pytest.raises((NotAllowed, WrongUsage), match=words):
            decide(site, request)


def test_undo_restores_state_and_draft_gives_a_hold_and_cancels_the_notice(site: Site) -> None:
    (case,) = site.plant()
    fence = take(site).header.fence
    site.services("a").drafts.save(case, {"note": "half a thought"})
    decide(site, failing(case))
    assert site.services("a").casefiles.show(case).draft == {}

    site.clock.advance(seconds=59)
    back = site.services("a").undo.undo(case)

    assert back.header.state is CaseState.IN_REVIEW
    assert back.header.held_by == "a"
    assert back.header.fence == fence + 1
    assert back.draft == {"note": "half a thought"}
    assert [is_cancelled for _body, is_cancelled in notices(site)] == [True]
    assert decide(site, failing(case)).state is CaseState.RECTIFYING


def test_next_gives_the_case_that_an_undo_pushed_aside_after_the_restored_one(site: Site) -> None:
    site.plant(4)
    first = take(site).header.id
    decide(site, passing(first))
    for _turn in range(2):
        site.services("a").claims.aside(take(site).header.id)
    on_desk = take(site).header.id

    site.services("a").undo.undo(first)

    assert take(site).header.id == first
    decide(site, passing(first))
    assert take(site).header.id == on_desk


@pytest.mark.promise("P3")
def test_an_expired_hold_counts_with_its_fence_until_another_took_the_case_whom_the_refusal_names(site: Site) -> None:
    case, other = site.plant(2)
    fence = take(site).header.fence
    site.services("a").drafts.save(case, {"note": "kept"})
    other_fence = take(site, "c").header.fence
    site.clock.advance(minutes=31)
    with pytest.raises(NotAllowed, match="Nobody holds"):
        decide(site, passing(other), login="c")
    assert decide(site, passing(other, fence=other_fence), login="c").state is CaseState.PASSED
    for repeated in (passing(other, fence=other_fence), passing(other)):
        with pytest.raises(NotAllowed, match="already recorded as D-000001"):
            decide(site, repeated, login="c")
    take(site, "b")

    with pytest.raises(Busy, match="held by b until"):
        decide(site, passing(case, fence=fence))
    decide(site, passing(case), login="b")
    with pytest.raises(Busy, match="taken over by b at 10:31"):
        decide(site, passing(case, fence=fence))
    assert site.services("a").casefiles.show(case).draft == {"note": "kept"}


@pytest.mark.promise("A2")
def test_a_changed_event_is_detected_and_events_are_append_only(site: Site) -> None:
    database = site.services("admin").context.database
    with pytest.raises(Exception, match="append-only"), database.write() as session:
        session.execute(text("UPDATE event SET actor_login = 'x' WHERE seq = 2"))
    with site.tampering() as session:
        session.execute(text("UPDATE event SET actor_login = 'x' WHERE seq = 2"))

    with database.read() as session:
        assert audit_log.verify(session).broken_at == 2


@pytest.mark.promise("P8")
def test_a_decision_returns_its_letter_masked_and_its_note_is_in_no_letter(site: Site) -> None:
    case = held(site)
    asked_for = (ItemRequest(code="BIZ_LICENSE"), ItemRequest(code="DOC-UNSEALED", text="加盖公章"))
    written = "测试 人的证件不清楚 (ACT-PEAK-HOUR, DOC-UNSEALED)"

    done = decide(site, failing(case, items=asked_for, letter=written, note="the agent is known to us"))

    for owed in ("测•••的证件不清楚", "加盖公章", "营业执照"):
        assert owed in (done.notice or "")
    ((body, _is_cancelled),) = notices(site)
    assert "测试 人的证件不清楚" in body, "it is stored in clear"
    assert "known to us" not in body + (done.notice or "")


def test_the_explanation_has_the_steps_to_the_due_date(site: Site) -> None:
    (case,) = site.plant()

    sentences = " ".join(site.services("a").claims.explain(case))

    assert "3 working days after day 0 (day 0 is the day that the receipt counts for)" in sentences
    assert "standard, because it is the usual class of such applications" in sentences
    assert "Fri 27 Nov" in sentences

    assert "Priority: normal, because it is the usual one of such applicants; the findings give low risk." in sentences
    site.services("sup").rescheduling.change_priority(case, Priority.HIGH, "x")
    assert "high, because sup set it by hand; the findings" in " ".join(site.services("a").claims.explain(case))

    site.services("sup").rescheduling.change_class(case, ServiceClass.COMPLEX, "x")
    assert "complex, because it was changed by hand" in " ".join(site.services("a").claims.explain(case))

    (risky,) = site.plant(severity="block")
    assert "; the findings give high risk (ACT-PEAK-HOUR)." in " ".join(site.services("a").claims.explain(risky))


def test_a_draft_saved_after_the_verdict_is_dropped_and_a_withdrawal_cancels_an_unreleased_notice(site: Site) -> None:
    case = held(site)
    site.services("a").drafts.save(case, {"note": "first"})
    decide(site, failing(case))

    site.services("a").drafts.save(case, {"note": "late"})

    assert site.services("a").casefiles.show(case).draft == {}
    site.services("a").remarks.withdraw(case, "the applicant wrote")

    # The letter about the withdrawal is the second.
    assert [is_cancelled for _body, is_cancelled in notices(site)] == [True, False]


def test_a_verdict_on_a_case_that_somebody_acts_on_meanwhile_says_so(site: Site) -> None:
    case = held(site)
    read = site.services("a").verdicts.casefiles.cached

    def acted_on(*arguments: Any) -> Any:
        found = read(*arguments)
        site.services("sup").rescheduling.change_class(case, ServiceClass.EXPEDITED, "an applicant waits")
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("workbench.services.review.verdicts.last_read", lambda *_case: None)
        patched.setattr(site.services("a").verdicts.casefiles, "cached", acted_on)
        with pytest.raises(Busy, match="C-000001 changed while you decided: somebody acted on it"):
            decide(site, passing(case))


def test_assigning_a_case_to_its_holder_does_not_disturb_the_verdict_and_unseen_evidence_does(site: Site) -> None:
    (case,) = site.plant()
    header = take(site).header
    site.services("sup").assigning.assign([case], "a", "yours")

    with pytest.raises(Busy, match="new evidence"):
        decide(site, passing(case, fence=header.fence, evidence_no=header.evidence_no - 1))
    done = decide(site, passing(case, fence=header.fence, evidence_no=header.evidence_no))

    assert done.state is CaseState.PASSED
