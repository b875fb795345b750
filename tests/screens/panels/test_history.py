"""How the history of a case is worded."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from screens.panels.case_header import case_lines, narrow_lines
from screens.panels.credit import credit_lines
from screens.panels.history import history_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean
from workbench.domain.case.appeal import AppealLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import DecisionLine, HistoryLine, ItemLine
from workbench.domain.case.vocabulary import (
    AppealOutcome,
    AppealStatus,
    CaseState,
    FailKind,
    ItemResult,
    Measure,
    Verdict,
)
from workbench.wording.case.history import detail_words, event_words

VIEW = View(now=NOW, zone=ZONE, symbols=UNICODE)


def line(action: str, text: str = "", at: datetime = NOW, **facts: Any) -> HistoryLine:
    return HistoryLine(at=at, action=action, who="rev1", text=text, round=1, state=None, facts=facts)


def with_decision(status: str) -> CaseFile:
    decision = DecisionLine(
        id=1,
        round=1,
        verdict=Verdict.FAIL,
        fail_kind=FailKind.FIXABLE,
        measure=Measure.NONE,
        reasons=("DOC-MISSING",),
        note="",
        letter="",
        status=status,
        maker="rev7",
        decided_at=NOW,
        release_at=None,
        checker=None,
        check_note="",
        deadline_at=None,
        until_on=None,
        items=(ItemLine(code="DOC-MISSING", text="a copy", is_satisfied=False, is_waived=False),),
    )
    return casefile(1, clean(), decisions=(decision,), history=())


def panel_texts(case: CaseFile) -> tuple[str, str]:
    credit = "\n".join(found.content.plain for found in credit_lines(case, VIEW, 60))
    return credit, "\n".join(found.content.plain for found in history_lines(case, VIEW, 80))


@pytest.mark.parametrize("status", ["undone", "returned", "void", "staged"])
def test_a_decision_not_in_force_is_not_shown_as_valid(status: str) -> None:
    credit, history = panel_texts(with_decision(status))

    assert "Earlier reviews" not in credit
    assert "equired in round" not in history


def test_an_answered_appeal_stands_below_the_decision_that_it_was_against() -> None:
    case = with_decision("approved")
    appeal = AppealLine(
        id=1,
        decision_id=1,
        state_before=CaseState.FAILED,
        grounds="not us",
        received_at=NOW,
        filed_at=NOW,
        filed_by="rev1",
        due_at=NOW,
        status=AppealStatus.CLOSED,
        outcome=AppealOutcome.OVERTURNED,
        to_state=CaseState.PASSED,
        answer="you are right",
        decided_by="sup",
        decided_at=NOW,
        checker="rev2",
        checked_at=NOW,
        check_note="",
        release_at=None,
    )
    credit, history = panel_texts(replace(case, appeals=(appeal,)))

    assert re.search(r"failed  rev7\n.*appeal: overturned, passed  sup  rev2", credit)
    assert "overturned, passed" in history


def test_the_items_are_those_of_the_newest_decision() -> None:
    case = with_decision("applied")
    newer = replace(case.decisions[0], id=2, round=2)
    _credit, history = panel_texts(replace(case, decisions=(*case.decisions, newer)))

    assert "Was required in round 2" in history


@pytest.mark.parametrize(
    ("state", "item", "shown"),
    [
        (CaseState.RECTIFYING, {}, "Required in round 1 · 0 of 1 received · all by Tue 24 Nov 14:32\n ✗ a copy"),
        (
            CaseState.PASSED,
            {},
            "Was required in round 1 · 0 of 1 received · the deadline was Tue 24 Nov 14:32\n – a copy",
        ),
        (CaseState.PASSED, {"judged": ItemResult.FIXED}, "\n ✓ a copy · fixed"),
        (CaseState.LAPSED, {}, "\n ✗ a copy"),
    ],
)
def test_items_of_the_past_are_told_apart_from_items_that_are_due(
    state: CaseState, item: dict[str, Any], shown: str
) -> None:
    case = with_decision("applied")
    decision = replace(case.decisions[0], deadline_at=NOW, items=(replace(case.decisions[0].items[0], **item),))
    case = replace(case, header=replace(case.header, state=state), decisions=(decision,))

    assert shown in panel_texts(case)[1]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            line("decide", verdict="fail", fail_kind="fixable", reasons=["DOC-MISSING"]),
            "failed, can be rectified: documents missing (DOC-MISSING)",
        ),
        (line("decide", verdict="fail", fail_kind="final"), "failed, final"),
        (line("decide", verdict="pass", reasons=["OK"]), "passed: in order (OK)"),
        (line("verify", "listed: yes", way="registry"), "in a registry: listed: yes"),
        (line("evidence", "documents"), "documents"),
        (
            line("import", batch=2, files=["[/b].csv"], line=7, missing=["AUTH_LETTER"]),
            "B-000002, [/b].csv, line 7; missing: authority letter",
        ),
        (line("evidence-undone", batch=4), "B-000004"),
        (line("comment", "fail fixable"), "fail fixable"),
        (line("delay-told"), "automatic"),
        (line("reopen", corrects=1), "corrected letter owed for D-000001"),
        (
            line("reopen", orders="restore", waived=True, corrects=1, waive_reason="a shop of one"),
            "restore, without a second person (a shop of one), corrected letter owed for D-000001",
        ),
    ],
)
def test_details_are_worded(entry: HistoryLine, words: str) -> None:
    assert detail_words(entry, casefile(1, clean())) == words


def test_orders_are_worded_with_their_counts() -> None:
    entry = line("measures done", orders="bar-out done (2), cancelled (1)")

    assert detail_words(entry, casefile(1, clean())) == "bar outbound carried out (2), cancelled (1)"
    with speaking("zh"):
        assert detail_words(entry, casefile(1, clean())) == "限呼 已执行（2）、已撤销（1）"


def test_a_checklist_answer_is_shown_with_its_question() -> None:
    case = casefile(1, clean())
    question_line = case.checklist[0]

    assert (
        detail_words(line("checklist", question=question_line.question, answer="no"), case)
        == f"{question_line.text.in_language('en')}: no"
    )


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("evidence", "new evidence"),
        ("evidence-late", "late evidence"),
        ("complete", "complete"),
        ("answer", "reply received"),
        ("resubmit", "resubmitted"),
        ("void", "verdict void"),
    ],
)
def test_every_automatic_action_is_worded(action: str, words: str) -> None:
    assert event_words(line(action)) == words


def test_a_blank_follows_the_longest_chinese_date() -> None:
    case = casefile(1, clean(), history=(line("next", at=datetime(2026, 10, 14, 10, 30, tzinfo=UTC)),))

    with speaking("zh"):
        assert "18:30 " in history_lines(case, VIEW, 80)[0].content.plain


def test_a_due_date_of_today_is_shown_as_today() -> None:
    case = casefile(1, clean())
    case = replace(case, header=replace(case.header, working_days_left=0))

    assert case_lines(case, VIEW, 100, "rev1")[1].plain.endswith("due today")
    long_name = replace(case, header=replace(case.header, applicant_name="示例" * 20))
    assert "due today" in narrow_lines(long_name, VIEW, 78, "likely decided 26 Nov – 1 Dec")[0].plain


def test_industry_and_number_of_cards_stay_beside_a_long_forecast() -> None:
    header = replace(casefile(1, clean()).header, industry="家具制造", working_days_left=1)
    case, forecast = (
        replace(casefile(1, clean()), header=header),
        "likely decided Wed 2 Dec, after the due date (assumed)",
    )
    for width in (118, 98):
        line = case_lines(case, VIEW, width, "rev1", forecast=forecast)[1].plain
        assert line.startswith("enterprise · 家具制造 · 3 cards")
        assert ("likely" in line) == (width == 118)
    # A fact that has no room is missed by nobody unless a mark stands for it.
    assert "3 cards · Sichuan …  " in case_lines(case, VIEW, 98, "rev1")[1].plain


@pytest.mark.parametrize(("days", "words"), [(-1, "due date was Mon 23 Nov 14:32"), (1, "")])
def test_a_closed_case_has_a_due_date_only_if_it_has_passed(days: int, words: str) -> None:
    case = casefile(1, clean())
    case = replace(case, header=replace(case.header, state=CaseState.PASSED, due_at=NOW + timedelta(days=days)))
    line = case_lines(case, VIEW, 100, "rev1")[1].plain

    assert line.endswith(words) if words else "due" not in line


@pytest.mark.parametrize(
    ("language", "entry", "words"),
    [
        ("en", line("undo", act="withdraw"), "taken back withdrawn"),
        ("zh", line("undo", act="resubmit"), "已撤销 重新提交"),
        ("en", line("reminded", "deadline-near"), "reminder drafted automatic"),
    ],
)
def test_an_undone_act_and_a_reminder_are_named(language: str, entry: HistoryLine, words: str) -> None:
    with speaking(language):
        assert f"{event_words(entry)} {detail_words(entry, casefile(1, clean()))}" == words
