"""Comments, verifications, checklist answers, and what the applicant says or resubmits."""

from datetime import date

import pytest

from db.enums import CaseState, ChecklistValue, Verdict, VerificationKind
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import NotAllowed, StorageFailed, WrongUsage


def rectifying(site: Site) -> int:
    (case,) = site.plant(severity="block")
    site.services("a").claims.next()
    site.services("a").verdicts.decide(VerdictRequest(case_id=case, verdict=Verdict.FAIL, reasons=("ACT-PEAK-HOUR",)))
    return case


def shown(site: Site, case: int) -> CaseFile:
    return site.services("a").casefiles.show(case)


def test_a_comment_is_in_the_history_of_the_case(site: Site) -> None:
    (case,) = site.plant()

    site.services("b").remarks.comment(case, "called, nobody there [/b]")

    (line,) = shown(site, case).history
    assert (line.who, line.action, line.text) == ("b", "comment", "called, nobody there [/b]")


def test_a_later_answer_to_a_question_replaces_the_earlier_one(site: Site) -> None:
    (case,) = site.plant()
    question = shown(site, case).checklist[0].question

    site.services("a").remarks.checklist(case, question, ChecklistValue.NO)
    site.services("b").remarks.checklist(case, question, ChecklistValue.YES, "seen the original")

    line = shown(site, case).checklist[0]
    assert (line.answer, line.note, line.by) == ("yes", "seen the original", "b")


def test_the_refusal_of_an_unknown_question_lists_the_known_ones(site: Site) -> None:
    (case,) = site.plant()

    with pytest.raises(WrongUsage, match=shown(site, case).checklist[0].question):
        site.services("a").remarks.checklist(case, "NO-SUCH", ChecklistValue.NO)


def test_a_verification_has_its_kind_and_author(site: Site) -> None:
    (case,) = site.plant()

    site.services("a").remarks.verify(case, VerificationKind.PHONE, "the company confirmed")

    (line,) = shown(site, case).verifications
    assert (line.kind, line.result, line.by) == ("phone", "the company confirmed", "a")


def test_a_resubmission_in_time_begins_the_next_round_and_its_pause_is_added(site: Site) -> None:
    case = rectifying(site)
    due = shown(site, case).header.due_at
    site.clock.advance(days=1)

    site.services("a").remarks.resubmit(case)

    header = shown(site, case).header
    assert (header.state, header.round) == (CaseState.QUEUED, 2)
    assert due is not None
    assert header.due_at is not None
    assert (header.due_at - due).days >= 1


def test_a_resubmission_after_the_deadline_is_refused(site: Site) -> None:
    case = rectifying(site)
    site.clock.advance(days=20)

    with pytest.raises(NotAllowed, match="deadline"):
        site.services("a").remarks.resubmit(case)
    assert site.state(case) == "rectifying"


@pytest.mark.parametrize(("reason", "moves"), [("WAIT-APPLICANT", True), ("WAIT-CARRIER", False)])
def test_an_answer_goes_back_to_the_queue_and_only_the_applicant_s_own_time_is_added(
    site: Site, reason: str, moves: bool
) -> None:
    (case,) = site.plant()
    site.services("a").claims.next()
    site.services("a").verdicts.decide(
        VerdictRequest(case_id=case, verdict=Verdict.PENDING, reasons=(reason,), until=date(2026, 11, 30))
    )
    due = shown(site, case).header.due_at
    site.clock.advance(days=1)

    site.services("a").remarks.answer(case, "they called back")

    header = shown(site, case).header
    assert (header.state, header.round) == (CaseState.QUEUED, 1)
    assert (header.due_at != due) is moves


def test_a_withdrawn_case_is_closed(site: Site) -> None:
    (case,) = site.plant()
    site.services("a").remarks.withdraw(case, "the applicant wrote")

    with pytest.raises(NotAllowed, match="withdrawn"):
        site.services("a").remarks.verify(case, VerificationKind.VISIT, "too late")


def test_a_storage_failure_has_a_readable_message(site: Site) -> None:
    (case,) = site.plant()
    context = site.services("a").context

    with pytest.raises(StorageFailed, match="nothing was written"), context.read() as session:
        session.connection().exec_driver_sql("UPDATE event SET action = 'x'")
    assert site.state(case) == "queued"
