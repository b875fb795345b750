"""What happened to a case, and what comes next, in one sentence each."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from db.enums import Carrier, Language
from screens.checks.staged_text import staged_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean
from workbench.domain.case.appeal import AppealLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.records import DecisionLine, HistoryLine, ItemLine, NoticeLine, ReReview
from workbench.domain.case.vocabulary import (
    AppealOutcome,
    AppealStatus,
    CaseState,
    FailKind,
    Measure,
    Verdict,
    WaitsFor,
)
from workbench.wording.case.fields import FieldWords
from workbench.wording.case.history import detail_words
from workbench.wording.case.story import CaseStory
from workbench.wording.what_would_help import missing_items

ITEMS = (
    ItemLine(code="DOC-UNSEALED", text="a copy", is_satisfied=True, is_waived=False),
    ItemLine(code="ID-REVERIFY", text="in person", is_satisfied=False, is_waived=False),
)
UNCLEAR = (ITEMS[0], replace(ITEMS[1], is_for_reviewer=True))
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


def event(action: str, text: str = "", state: CaseState | None = None, **facts: str) -> HistoryLine:
    at = NOW - timedelta(hours=1)
    return HistoryLine(at=at, action=action, who="sup", text=text, round=1, state=state, facts=facts)


def story(
    state: CaseState, *decisions: DecisionLine, history: tuple[HistoryLine, ...] = (), **changes: Any
) -> CaseStory:
    case: CaseFile = casefile(1, clean(), decisions=decisions, history=history)
    names = ("appeal_until", "notices", "measures", "re_reviews", "appeals")
    of_case = {name: changes.pop(name) for name in names if name in changes}
    header = replace(case.header, state=state, **{"language": Language.EN, **changes})
    return CaseStory(replace(case, header=header, **of_case), NOW)


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
POLICY = replace(event("policy", "1 → 2: +ACT-PEAK-HOUR"), facts={"from": 1, "to": 2})
PENDING = fail(verdict=Verdict.PENDING, fail_kind=None, items=(), waits_for=WaitsFor.APPLICANT)
ON_CARRIER = replace(PENDING, reasons=("WAIT-CARRIER",), waits_for=WaitsFor.CARRIER)
FINAL = fail(fail_kind=FailKind.FINAL, status="approved", checker="rev2", checked_at=NOW - timedelta(hours=2), items=())
APPEAL = AppealLine(
    id=1,
    decision_id=1,
    state_before=CaseState.FAILED,
    received_at=NOW - timedelta(days=3),
    filed_at=NOW - timedelta(days=3),
    filed_by="rev3",
    grounds="",
    due_at=NOW,
    status=AppealStatus.STAGED,
    outcome=AppealOutcome.STANDS,
    to_state=None,
    answer="",
    decided_by="sup",
    decided_at=NOW - timedelta(days=2),
    checker="sup2",
    checked_at=NOW - timedelta(days=1),
    check_note="",
    release_at=None,
)

FAILED = "round 1: failed, can be rectified: document without seal (rev1, Tue 24 Nov 11:32"
CHECKED = "round 1: failed, final: document without seal (rev1, Tue 24 Nov 11:32; checked by rev2, Tue 24 Nov 12:32)"


def letter(kind: str, due_by: datetime, **changes: Any) -> NoticeLine:
    values: dict[str, Any] = {
        "id": 1,
        "case_id": 1,
        "decision_id": None,
        "kind": kind,
        "fail_kind": None,
        "language": "en",
        "subject": "",
        "body": "",
        "created_at": NOW,
        "release_at": NOW,
        "is_released": True,
        "due_by": due_by,
        "deadline_at": None,
        "after": None,
        "is_overdue": due_by < NOW,
        "sent_at": None,
        "channel": "",
        "sent_by": None,
        "failed_at": None,
        "failure": "",
        "attempts": 0,
    }
    return NoticeLine(**(values | changes))


OVERDUE_LETTER = letter("receipt", NOW - timedelta(days=1), failed_at=NOW)
SENT_LETTER = letter("pending", NOW - timedelta(days=2), sent_at=NOW)


def test_a_case_says_what_happened_and_what_comes_next() -> None:
    for found, happened, following in [
        (story(CaseState.QUEUED), "", "any free reviewer decides round 1, due Thu 26 Nov 18:00"),
        (
            story(CaseState.IN_REVIEW, held_by="rev1", aside_until=NOW + timedelta(days=3)),
            "",
            "rev1 put it aside until Fri 27 Nov 14:32, to decide round 1 after that, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.PENDING, ON_CARRIER, waits_for=WaitsFor.CARRIER, next_action_on=date(2026, 11, 26)),
            "round 1: pending: waits for the carrier (rev1, Tue 24 Nov 11:32)",
            "waits for the carrier until Thu 26 Nov at the latest, "
            "then returns to the queue after its due date (Thu 26 Nov 18:00)",
        ),
        (
            story(
                CaseState.PENDING,
                PENDING,
                waits_for=WaitsFor.APPLICANT,
                next_action_on=date(2026, 11, 27),
                due_if_answered_at=NOW + timedelta(days=7),
            ),
            "round 1: pending: document without seal, waits for the applicant (rev1, Tue 24 Nov 11:32)",
            "waits for the applicant's answer until Fri 27 Nov, then returns to the queue; "
            "clock paused, due Tue 1 Dec 14:32 if the answer comes on the last day",
        ),
        (
            story(
                CaseState.PENDING,
                PENDING,
                waits_for=WaitsFor.APPLICANT,
                next_action_on=date(2026, 11, 27),
                due_at=NOW - timedelta(hours=4),
                due_if_answered_at=NOW + timedelta(days=1),
            ),
            "round 1: pending: document without seal, waits for the applicant (rev1, Tue 24 Nov 11:32)",
            "waits for the applicant's answer until Fri 27 Nov, then returns to the queue; "
            "clock paused, overdue when the answer comes",
        ),
        (
            story(CaseState.PENDING, ON_CARRIER, waits_for=WaitsFor.CARRIER, next_action_on=date(2026, 11, 25)),
            "round 1: pending: waits for the carrier (rev1, Tue 24 Nov 11:32)",
            "waits for the carrier until Wed 25 Nov at the latest, then returns to the queue, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.QUEUED, suspended_from=NOW - timedelta(hours=1)),
            "",
            "any free reviewer decides round 1, due date open while work is suspended",
        ),
        (
            story(CaseState.QUEUED, due_at=NOW - timedelta(hours=1), is_overdue=True),
            "",
            "any free reviewer decides round 1, due Tue 24 Nov 13:32, overdue",
        ),
        (
            story(
                CaseState.RECTIFYING,
                fail(),
                deadline_at=NOW + timedelta(days=7),
                notices=(letter("fail", NOW - timedelta(days=1), fail_kind="fixable"),),
            ),
            f"{FAILED})",
            "the applicant rectifies by Tue 1 Dec 14:32 (1 of 2 received), or the case lapses; "
            "still missing: in person; "
            "letter “fail, to rectify” is still to be sent, due by Mon 23 Nov 14:32, overdue; "
            "letter “fail, to rectify” is late: sending it moves the applicant's deadline on",
        ),
        (
            story(CaseState.RECTIFYING, fail(items=WAIVED), deadline_at=NOW + timedelta(days=7)),
            f"{FAILED})",
            "the applicant rectifies by Tue 1 Dec 14:32 (1 waived, 0 of 1 received), or the case lapses; "
            "still missing: in person",
        ),
        (
            story(CaseState.RECTIFYING, with_own_deadline(timedelta(days=1)), deadline_at=NOW + timedelta(days=1)),
            f"{FAILED})",
            "the applicant rectifies “second identity verification” by Wed 25 Nov 14:32, all by Tue 1 Dec 14:32 "
            "(1 of 2 received), or the case lapses; "
            "still missing: in person",
        ),
        (
            story(CaseState.LAPSED, with_own_deadline(-timedelta(hours=2)), history=(event("lapse"),)),
            f"{FAILED}); lapsed (Tue 24 Nov 13:32, 1 of 2 received, “second identity verification” missed)",
            "the review is closed; no appeal is possible any more",
        ),
        (
            story(CaseState.LAPSED, fail(), notices=(letter("fail", NOW - timedelta(days=1), fail_kind="fixable"),)),
            f"{FAILED})",
            "the review is closed; letter “fail, to rectify” is still to be sent, due by Mon 23 Nov 14:32, overdue; "
            "letter “fail, to rectify” is late: sending it takes the lapse back and cancels the letter about it; "
            "no appeal is possible any more",
        ),
        (
            story(CaseState.QUEUED, fail(items=UNCLEAR), history=(event("resubmit"), event("decide")), round=2),
            f"{FAILED}); resubmitted (Tue 24 Nov 13:32, 1 of 1 received, 1 for the reviewer to judge)",
            "any free reviewer decides round 2, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.AWAITING_CHECK,
                fail(fail_kind=FailKind.FINAL, status="staged", check_for=("final_fail",), measure=Measure.BAR_OUT),
                assignee="rev1",
            ),
            "round 1: proposed fail, final, bar outbound: document without seal (rev1, Tue 24 Nov 11:32)",
            "waits for a person other than rev1 to check it (a final fail), due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.FAILED, FINAL, appeal_until=date(2026, 12, 15)),
            CHECKED,
            "the review is closed; an appeal is possible until Tue 15 Dec",
        ),
        (
            story(CaseState.FAILED, FINAL, appeal_until=date(2026, 11, 20)),
            CHECKED,
            "the review is closed; the last day to appeal was Fri 20 Nov",
        ),
        (
            story(
                CaseState.QUEUED,
                FINAL,
                history=(event("comment", "a mistake"), event("reopen"), event("approve")),
                corrects_id=1,
            ),
            f"{CHECKED}; opened again (sup, Tue 24 Nov 13:32): a mistake",
            "any free reviewer decides round 1, due Thu 26 Nov 18:00; "
            "the next verdict's letter corrects that of verdict D-000001 (failed, Tue 24 Nov)",
        ),
        (
            story(
                CaseState.QUEUED,
                fail(),
                history=(event("comment", "known"), event("waive", state=CaseState.QUEUED), event("decide")),
                round=2,
            ),
            f"{FAILED}); item waived (sup, Tue 24 Nov 13:32): known",
            "any free reviewer decides round 2, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.QUEUED, fail(status="void"), history=(POLICY, event("decide")), assignee="rev1"),
            f"{FAILED.replace('failed', 'proposed fail')}; void: the policy changed); "
            "policy changed (1 → 2, Tue 24 Nov 13:32)",
            "waits for rev1 to decide round 1, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.FAILED,
                FINAL,
                appeal_until=date(2026, 12, 15),
                notices=(letter("fail", NOW + timedelta(days=1)),),
                measures=(RESTORING,),
            ),
            CHECKED,
            "the review is closed; letter “fail” is still to be sent, due by Wed 25 Nov 14:32; "
            "restoring of barred numbers ordered, not reported by a supervisor yet, due Wed 25 Nov 14:32; "
            "an appeal is possible until Tue 15 Dec",
        ),
        (
            story(
                CaseState.APPEALED,
                FINAL,
                measures=(replace(RESTORING, due_at=NOW - timedelta(days=1)),),
                notices=(letter("appeal-received", NOW + timedelta(days=1)), OVERDUE_LETTER, SENT_LETTER),
            ),
            CHECKED,
            "a supervisor decides the appeal, due Thu 26 Nov 18:00; "
            "2 letters (receipt (sending failed); appeal received) are still to be sent, 1 overdue, "
            "the first since Mon 23 Nov 14:32; "
            "restoring of barred numbers ordered, not reported by a supervisor yet, due Mon 23 Nov 14:32, overdue",
        ),
        (
            story(CaseState.PASSED, re_reviews=(RE_REVIEW,)),
            "",
            "the review is closed; reviewed again as C-000095 (queued)",
        ),
        (
            story(CaseState.QUEUED, re_reviews=(replace(RE_REVIEW, passed_id=8, opened_id=1),)),
            "re-review of C-000008, passed Tue 24 Nov 14:32 (campaign 1: new limit)",
            "any free reviewer decides round 1, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                fail(decided_at=NOW - timedelta(days=9), status="returned", checker="rev2"),
                fail(id=2, decided_at=NOW - timedelta(days=8)),
                fail(id=3, round=2, decided_at=NOW - timedelta(days=7), verdict=Verdict.PENDING, fail_kind=None),
                fail(id=4, round=2, decided_at=NOW - timedelta(days=6), reasons=("ACT-RECORDING",)),
                fail(id=5, round=3, decided_at=NOW - timedelta(days=5), verdict=Verdict.PASS, fail_kind=None),
                history=(event("reopen"), event("decide"), event("resubmit")),
                round=3,
            ),
            "round 1: proposed fail, can be rectified (rev1, Sun 15 Nov 14:32; returned by rev2); "
            "round 1: failed, can be rectified (rev1, Mon 16 Nov 14:32); "
            "round 2: failed, can be rectified: recordings not kept (rev1, Wed 18 Nov 14:32); "
            "round 3: passed (rev1, Thu 19 Nov 14:32); opened again (sup, Tue 24 Nov 13:32)",
            "any free reviewer decides round 3, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.AWAITING_CHECK,
                fail(decided_at=NOW - timedelta(days=9)),
                history=(event("appeal-decide"), event("appeal"), replace(event("lapse"), at=NOW - timedelta(days=4))),
                appeals=(APPEAL,),
                assignee="sup2",
            ),
            "round 1: failed, can be rectified: document without seal (rev1, Sun 15 Nov 14:32); "
            "lapsed (Fri 20 Nov 14:32, 1 of 2 received); appeal received Sat 21 Nov 14:32; "
            "appeal: the decision stands (sup, Sun 22 Nov 14:32; returned by sup2, Mon 23 Nov 14:32)",
            "waits for sup2 to check the decision on the appeal, due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.QUEUED, FINAL, assignee="rev4", is_assignee_away=True, round=2),
            CHECKED,
            "any free reviewer decides round 2 (rev4 is away), due Thu 26 Nov 18:00",
        ),
        (
            story(CaseState.APPEALED, FINAL, assignee="sup2", is_assignee_away=True),
            CHECKED,
            "a supervisor (sup2 is away) decides the appeal, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                FINAL,
                appeals=(
                    replace(
                        APPEAL, status=AppealStatus.CLOSED, outcome=AppealOutcome.OVERTURNED, to_state=CaseState.QUEUED
                    ),
                ),
                history=(event("approve"), event("appeal-decide")),
            ),
            "appeal received Sat 21 Nov 14:32; "
            "appeal: overturned, queued (sup, Sun 22 Nov 14:32; checked by sup2, Mon 23 Nov 14:32); "
            f"{CHECKED}",
            "any free reviewer decides round 1, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                fail(status="undone"),
                history=(event("undo", verdict="fail", fail_kind="fixable"), event("decide")),
            ),
            "taken back: failed, can be rectified (sup, Tue 24 Nov 13:32)",
            "any free reviewer decides round 1, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.QUEUED,
                fail(),
                history=(
                    replace(event("resubmit"), received_at=NOW - timedelta(days=3)),
                    event("lapse"),
                    event("decide"),
                ),
                round=2,
            ),
            f"{FAILED}); lapsed (Tue 24 Nov 13:32); "
            "resubmitted (Tue 24 Nov 13:32, handed in Sat 21 Nov 14:32, 1 of 2 received, lapse taken back)",
            "any free reviewer decides round 2, due Thu 26 Nov 18:00",
        ),
        (
            story(
                CaseState.WITHDRAWN,
                PENDING,
                history=(
                    event("comment", "shop closed"),
                    event("withdraw"),
                    event("withdraw", kind="appeal"),
                    event("decide"),
                ),
            ),
            "round 1: pending: document without seal, waits for the applicant (rev1, Tue 24 Nov 11:32); "
            "appeal withdrawn (sup, Tue 24 Nov 13:32): shop closed; withdrawn (sup, Tue 24 Nov 13:32): shop closed",
            "the review is closed, nothing is left to do",
        ),
    ]:
        assert "; ".join(found.happened) == happened
        assert "; ".join(found.next) == following


def test_a_verdict_that_was_undone_is_not_told() -> None:
    assert story(CaseState.IN_REVIEW, fail(status="undone"), held_by="rev1").is_new


def test_a_returned_verdict_gives_the_note_of_its_checker_until_it_is_decided_again() -> None:
    returned = fail(status="returned", checker="rev2", check_note="look at page 2")

    assert story(CaseState.IN_REVIEW, returned).check_note == "Returned by rev2: look at page 2"
    assert story(CaseState.AWAITING_CHECK, returned, fail(id=2, status="staged")).check_note == ""
    with speaking("zh"):
        assert story(CaseState.IN_REVIEW, returned).check_note == "rev2 退回：look at page 2"


def test_chinese_has_words_of_its_own_and_blanks_around_logins() -> None:
    for found, sentence in [
        (story(CaseState.QUEUED, assignee="rev2"), "等待 rev2 审核第1轮，截止时间 11月26日 周四 18:00"),
        (story(CaseState.APPEALED, assignee="sup"), "等待处理申诉，处理人：sup，截止时间 11月26日 周四 18:00"),
        (
            story(CaseState.PASSED, notices=(letter("fail", NOW, failed_at=NOW),)),
            "“不通过（发送失败）”通知待发送，应于11月24日 周二 14:32前发送",
        ),
        (
            story(
                CaseState.PASSED,
                appeals=(replace(APPEAL, outcome=AppealOutcome.OVERTURNED, to_state=CaseState.QUEUED),),
            ),
            "申诉：申诉成立，退回重新审核（sup，11月22日 周日 14:32；sup2 退回，11月23日 周一 14:32）",
        ),
        (
            story(CaseState.QUEUED, fail(status="undone"), history=(event("undo", verdict="pass"), event("decide"))),
            "已撤销“已通过”（sup，11月24日 周二 13:32）",
        ),
    ]:
        with speaking("zh"):
            assert sentence in (*found.happened, *found.next)


def test_many_chosen_numbers_are_all_named_or_end_with_their_count() -> None:
    numbers = tuple(f"138••••••0{last}" for last in range(1, 6))
    whole = story(CaseState.FAILED, fail(measure=Measure.BAR_OUT, numbers=numbers))
    short = replace(whole, is_short=True)

    assert f"bar outbound: {', '.join(numbers)}: " in whole.happened[0]
    assert f"bar outbound: {', '.join(numbers[:3])} … (5 in total): " in short.happened[0]
    with speaking("zh"):
        assert f"{'、'.join(numbers[:3])}等5个" in short.happened[0]
    lines = staged_lines(whole.case, whole.case.decisions[0], "", View(now=NOW, zone=ZONE, symbols=UNICODE), 80)
    assert max(line.cell_length for line in lines) <= 80
    assert f"bar outbound: {', '.join(numbers)}" in " ".join(line.plain.strip() for line in lines)


def test_documents_that_an_english_letter_asks_for_and_carriers_are_chinese_on_a_chinese_screen() -> None:
    case = story(CaseState.RECTIFYING, fail(items=(replace(ITEMS[1], text="statement of use; call script"),))).case
    with speaking("zh"):
        assert missing_items(case) == ("号码用途说明、外呼话术",)
        own, theirs = (str(case.policy.reasons["ID-REVERIFY"].item.in_language(name)) for name in ("zh", "en"))
        for text, words in ((theirs, own), ("", own), ("in person", "二次实人认证（in person）")):
            asked = story(CaseState.RECTIFYING, fail(items=(replace(ITEMS[1], text=text),))).case
            assert missing_items(asked) == (words,)
        assert FieldWords(case.policy, NOW.date(), ZONE).value("carrier", Carrier.TELECOM) == "中国电信"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", {"verify": ["by phone: x", "by a visit: x"], "contact": ["telephone: x", "visit: x", "SMS: x"]}),
        ("zh", {"verify": ["电话核实：x", "实地核实：x"], "contact": ["电话：x", "上门：x", "短信：x"]}),
    ],
)
def test_only_a_verification_is_told_as_one(language: str, said: dict[str, list[str]]) -> None:
    ways, case = ("phone", "visit", "sms"), story(CaseState.QUEUED, fail()).case
    with speaking(language):
        for action, words in said.items():
            told = [detail_words(event(action, "x", way=way), case) for way in ways[: len(words)]]
            assert told == words
