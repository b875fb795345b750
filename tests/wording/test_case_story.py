"""What happened to a case, and what comes next, in one sentence each."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.records import DecisionLine, HistoryLine, ItemLine, ReReview
from workbench.domain.case.vocabulary import CaseState, FailKind, Measure, Verdict, WaitsFor
from workbench.wording.case.story import CaseStory

ITEMS = (
    ItemLine(code="DOC-UNSEALED", text="a copy", is_satisfied=True, is_waived=False),
    ItemLine(code="ID-REVERIFY", text="in person", is_satisfied=False, is_waived=False),
)
WAIVED = (replace(ITEMS[0], is_satisfied=False, is_waived=True), ITEMS[1])


def fail(**changes: Any) -> DecisionLine:
    values: dict[str, Any] = {
        "id": 1,
        "round": 1,
        "verdict": Verdict.FAIL,
        "fail_kind": FailKind.FIXABLE,
        "measure": Measure.NONE,
        "reasons": ("DOC-UNSEALED",),
        "note": "",
        "letter": "",
        "status": "applied",
        "maker": "rev1",
        "decided_at": NOW - timedelta(hours=3),
        "release_at": None,
        "checker": None,
        "check_note": "",
        "deadline_at": NOW + timedelta(days=7),
        "until_on": None,
        "items": ITEMS,
    }
    return DecisionLine(**(values | changes))


def event(action: str, text: str = "", state: CaseState | None = None) -> HistoryLine:
    return HistoryLine(at=NOW - timedelta(hours=1), action=action, who="sup", text=text, round=1, state=state)


def story(
    state: CaseState, *decisions: DecisionLine, history: tuple[HistoryLine, ...] = (), **changes: Any
) -> CaseStory:
    case: CaseFile = casefile(1, clean(), decisions=decisions, history=history)
    names = ("appeal_until", "letter_due_by", "measures", "re_reviews")
    of_case = {name: changes.pop(name) for name in names if name in changes}
    return CaseStory(replace(case, header=replace(case.header, state=state, **changes), **of_case), NOW)


def with_own_deadline(ends_in: timedelta) -> DecisionLine:
    """Return a fail one of whose items has a deadline of its own."""
    return fail(items=(ITEMS[0], replace(ITEMS[1], deadline_at=NOW + ends_in)))


RESTORING = MeasureOrder(
    id=1,
    case_id=1,
    msisdn="1",
    measure=Measure.RESTORE,
    ordered_at=NOW,
    release_at=NOW,
    due_at=NOW + timedelta(days=1),
)
RE_REVIEW = ReReview(passed_id=1, passed_at=NOW, opened_id=95, campaign=1, reason="new limit", state=CaseState.QUEUED)
POLICY = event("policy", "1 → 2: +ACT-PEAK-HOUR")
PENDING = fail(verdict=Verdict.PENDING, fail_kind=None, items=())
FINAL = fail(fail_kind=FailKind.FINAL, status="approved", checker="rev2", items=())


@pytest.mark.parametrize(
    ("found", "happened", "following"),
    [
        (story(CaseState.QUEUED), "", "any free reviewer decides, due Thu 26 Nov 18:00"),
        (story(CaseState.QUEUED, assignee="rev2"), "", "waits for rev2 to decide"),
        (
            story(CaseState.IN_REVIEW, held_by="rev1", aside_until=NOW + timedelta(days=3)),
            "",
            "rev1 put it aside until Fri 27 Nov 14:32",
        ),
        (
            story(CaseState.PENDING, PENDING, waits_for=WaitsFor.CARRIER, next_action_on=date(2026, 11, 27)),
            "round 1: pending (rev1, Tue 24 Nov 11:32)",
            "waits for the carrier until Fri 27 Nov, then returns to the queue",
        ),
        (
            story(CaseState.PENDING, PENDING, waits_for=WaitsFor.APPLICANT, next_action_on=date(2026, 11, 27)),
            "round 1: pending (rev1, Tue 24 Nov 11:32)",
            "waits for the applicant's answer until Fri 27 Nov, then returns to the queue",
        ),
        (
            story(CaseState.RECTIFYING, fail(), deadline_at=NOW + timedelta(days=7)),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32)",
            "the applicant rectifies by Tue 1 Dec 14:32 (1 of 2 received), or the case lapses",
        ),
        (
            story(CaseState.RECTIFYING, fail(items=WAIVED), deadline_at=NOW + timedelta(days=7)),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32)",
            "the applicant rectifies by Tue 1 Dec 14:32 (1 waived, 0 of 1 received), or the case lapses",
        ),
        (
            story(CaseState.RECTIFYING, with_own_deadline(timedelta(days=1)), deadline_at=NOW + timedelta(days=1)),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32)",
            "the applicant rectifies “second identity verification” by Wed 25 Nov 14:32, all by Tue 1 Dec 14:32 "
            "(1 of 2 received), or the case lapses",
        ),
        (
            story(CaseState.LAPSED, with_own_deadline(-timedelta(hours=2)), history=(event("lapse"),)),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32); "
            "lapsed (Tue 24 Nov 13:32, 1 of 2 received, “second identity verification” missed)",
            "closed; no appeal is possible any more",
        ),
        (
            story(CaseState.QUEUED, fail(), history=(event("resubmit"), event("decide")), round=2),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32); "
            "resubmitted (Tue 24 Nov 13:32, 1 of 2 received)",
            "any free reviewer decides, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.AWAITING_CHECK, fail(fail_kind=FailKind.FINAL, status="staged", check_for=("final_fail",))),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32)",
            "waits for another person to check it (a final fail)",
        ),
        (
            story(CaseState.FAILED, FINAL, appeal_until=date(2026, 12, 15)),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2)",
            "closed; an appeal is possible until Tue 15 Dec",
        ),
        (
            story(CaseState.FAILED, FINAL, appeal_until=date(2026, 11, 20)),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2)",
            "closed; the last day to appeal was Fri 20 Nov",
        ),
        (
            story(CaseState.QUEUED, FINAL, history=(event("comment", "a mistake"), event("reopen"), event("approve"))),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2); "
            "opened again (sup, Tue 24 Nov 13:32): a mistake",
            "any free reviewer decides, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                FINAL,
                history=(POLICY, event("comment", "a mistake"), event("reopen"), event("approve"), event("decide")),
            ),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2); "
            "opened again (sup, Tue 24 Nov 13:32): a mistake; policy changed (1 → 2, Tue 24 Nov 13:32)",
            "any free reviewer decides, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                fail(),
                history=(event("comment", "known"), event("waive", state=CaseState.QUEUED), event("decide")),
                round=2,
            ),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32); item waived (sup, Tue 24 Nov 13:32): known",
            "any free reviewer decides, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.QUEUED, fail(status="void"), history=(POLICY, event("decide")), assignee="rev1"),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32, void: the policy changed); "
            "policy changed (1 → 2, Tue 24 Nov 13:32)",
            "waits for rev1 to decide",
        ),
        (
            story(CaseState.QUEUED, fail(status="void"), history=(event("void"), event("decide")), assignee="rev1"),
            "round 1: failed, can be rectified (rev1, Tue 24 Nov 11:32, void: the findings changed)",
            "waits for rev1 to decide",
        ),
        (
            story(
                CaseState.FAILED,
                FINAL,
                appeal_until=date(2026, 12, 15),
                letter_due_by=NOW + timedelta(days=1),
                measures=(RESTORING,),
            ),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2)",
            "restoring ordered, due Wed 25 Nov 14:32, not carried out yet; "
            "letter not sent yet, due by Wed 25 Nov 14:32; an appeal is possible until Tue 15 Dec",
        ),
        (
            story(CaseState.APPEALED, FINAL, measures=(replace(RESTORING, due_at=NOW - timedelta(days=1)),)),
            "round 1: failed, final (rev1, Tue 24 Nov 11:32, checked by rev2)",
            "a supervisor decides the appeal by Thu 26 Nov 18:00; "
            "restoring ordered, due Mon 23 Nov 14:32, not carried out yet, overdue",
        ),
        (story(CaseState.PASSED, re_reviews=(RE_REVIEW,)), "", "reviewed again as C-000095 (queued)"),
        (
            story(CaseState.QUEUED, re_reviews=(replace(RE_REVIEW, passed_id=8, opened_id=1),)),
            "re-review of C-000008, passed Tue 24 Nov 14:32 (campaign 1: new limit)",
            "any free reviewer decides, due Thu 26 Nov 18:00",
        ),
        (story(CaseState.WITHDRAWN, history=(event("withdraw"),)), "withdrawn (sup, Tue 24 Nov 13:32)", "closed"),
    ],
    ids=lambda value: str(value.case.header.state) if isinstance(value, CaseStory) else "",
)
def test_a_case_says_what_happened_and_what_comes_next(found: CaseStory, happened: str, following: str) -> None:
    assert found.happened == happened
    assert found.next == following


def test_a_verdict_that_was_undone_is_not_told() -> None:
    assert story(CaseState.IN_REVIEW, fail(status="undone"), held_by="rev1").is_new


def test_a_returned_verdict_gives_the_note_of_its_checker_until_it_is_decided_again() -> None:
    returned = fail(status="returned", checker="rev2", check_note="look at page 2")

    assert story(CaseState.IN_REVIEW, returned).check_note == "Returned by rev2: look at page 2"
    assert story(CaseState.AWAITING_CHECK, returned, fail(id=2, status="staged")).check_note == ""
    with speaking("zh"):
        assert story(CaseState.IN_REVIEW, returned).check_note == "rev2 退回：look at page 2"
