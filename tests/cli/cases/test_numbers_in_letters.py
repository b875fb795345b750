"""Letters have phone numbers in clear, because the applicant reads them; previews and exports mask them."""

from dataclasses import replace

import pytest

from db.enums import FailKind, ImportKind, Verdict
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application
from workbench.domain.case.casefile import ItemRequest, VerdictRequest

NUMBERS = ("16500000102", "16500000202")
MASKED = "165••••••02"
"""The mask of both numbers."""

OTHER = "16500000309"
REASON = "ID-ACTUAL-USER"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One complete application with two cards without an actual user, and one with it."""
    _fill(desk)
    return desk


@prepared
def _fill(desk: Desk) -> None:
    desk.applications(application("A-1", msisdns=";".join((*NUMBERS, OTHER)), language="zh"))
    users = dict.fromkeys(NUMBERS, "") | {OTHER: "虚构用户"}
    cards = [{"application_no": "A-1", "msisdn": number, "actual_user_name": user} for number, user in users.items()]
    desk.run(ImportKind.CARDS, cards)
    desk.documents("A-1")


def bodies(desk: Desk, kind: str) -> list[str]:
    """Return the texts of the letters of a kind."""
    return [row.body for row in desk.sql("SELECT body FROM notice WHERE kind = :kind", kind=kind)]


def fail(terminal: Terminal, *words: str) -> str:
    """Take the case, fail it about its cards, and return all that was printed."""
    terminal.document("a", "next")
    result = terminal.as_person("a", "decide", "C-1", "fail", "--reason", REASON, *words)
    assert result.exit_code == 0, result.output
    return result.output


def is_masked(text: str) -> bool:
    return not any(number in text for number in (*NUMBERS, OTHER))


def test_reason_and_item_of_a_letter_list_each_number_in_clear(terminal: Terminal, desk: Desk) -> None:
    printed = fail(terminal)

    [body] = bodies(desk, "fail")
    assert "未填写实际使用人或填写有误：16500000102、16500000202。" in body
    assert "1. 每个号码的实际使用人名称：16500000102、16500000202\n" in body
    assert MASKED not in body
    assert is_masked(printed)
    for words in (("show", "C-1"), ("show", "C-1", "--json"), ("notices", "list"), ("notices", "list", "--json")):
        shown = terminal.as_person("a", *words)
        assert (shown.exit_code, is_masked(shown.output)) == (0, True), words


def test_a_preview_is_masked(terminal: Terminal, desk: Desk) -> None:
    del desk
    terminal.document("a", "next")
    verdicts = terminal.site.services("a").verdicts
    request = VerdictRequest(case_id=1, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=(REASON,))

    shown = verdicts.preview(request)

    for text in (shown.letter, shown.items[0].text, *verdicts.letter(request)):
        assert is_masked(text)
        assert text.count(MASKED) >= 2


def test_numbers_in_a_text_that_the_reviewer_edited_are_in_clear(terminal: Terminal, desk: Desk) -> None:
    terminal.document("a", "next")
    verdicts = terminal.site.services("a").verdicts
    request = VerdictRequest(case_id=1, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=(REASON,))
    shown = verdicts.preview(request)
    items = (ItemRequest(code=REASON, text=f"{shown.items[0].text}，尽快"),)

    verdicts.decide(replace(request, letter=f"{shown.letter}另见165••••••09。", items=items))

    [body] = bodies(desk, "fail")
    assert "16500000102、16500000202。（ID-ACTUAL-USER）另见16500000309。" in body
    assert "16500000102、16500000202，尽快" in body


def test_a_later_letter_names_in_clear_the_number_of_an_item_with_a_mask(terminal: Terminal, desk: Desk) -> None:
    fail(terminal, "--only-items", "--item", f"{REASON}:请说明165••••••09的用途")
    terminal.site.clock.advance(days=9)
    terminal.document("admin", "tick")

    [lapsed] = bodies(desk, "lapsed")
    assert "请说明16500000309的用途" in lapsed


def test_a_mask_of_two_numbers_stays_where_it_does_not_say_which(terminal: Terminal, desk: Desk) -> None:
    fail(terminal, "--letter", f"请说明{MASKED}。")

    [body] = bodies(desk, "fail")
    assert f"请说明{MASKED}。" in body


def test_a_receipt_names_the_numbers_in_clear(terminal: Terminal, desk: Desk) -> None:
    [body] = bodies(desk, "receipt")
    assert "未填写实际使用人或填写有误：16500000102、16500000202。" in body
    assert is_masked(terminal.as_person("a", "notices", "list", "--json").output)


@pytest.mark.parametrize(("reason", "cites"), [(REASON, False), ("ACT-PEAK-HOUR", True)])
def test_a_bar_cites_the_law_against_fraud_only_for_misuse(
    terminal: Terminal, desk: Desk, reason: str, *, cites: bool
) -> None:
    terminal.document("a", "next")
    terminal.document("a", "decide", "C-1", "fail", "--reason", reason, "--measure", "bar-out")

    [body] = bodies(desk, "fail")
    assert ("反电信网络诈骗法" in body) is cites
    assert ("依据双方协议及我司使用规范，" in body) is not cites
