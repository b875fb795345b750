"""The reasons of a verdict by keys: what is marked, how they are found, and in which order they are offered."""

import re
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from db.enums import DocumentKind
from tests.screens.cases import clean, policy, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, memory_workbench
from tests.screens.terminal.test_input_bursts import receive, text_of
from workbench.domain.case.items import documents_in
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.policy.reason_search import find_reasons

pytestmark = pytest.mark.proof


def marked(desk: Driver) -> tuple[str, ...]:
    dialog: Any = desk.app.screen
    reasons: tuple[str, ...] = dialog._state.reasons
    return reasons


def offered(desk: Driver) -> list[str]:
    dialog: Any = desk.app.screen
    return [line.code for line in dialog.picker.list.shown]


def line_of(desk: Driver, words: str) -> str:
    return next(line for line in desk.text.split("\n") if words in line)


async def test_what_is_marked_stays_on_top_while_the_list_is_filtered_or_scrolled() -> None:
    count, names = "2 marked:", "photo with ID card"
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("ID-HANDHELD")
        await desk.press("enter", "slash")
        await desk.type("ID-NAME")
        await desk.press("enter")
        assert count in line_of(desk, names)

        await desk.press("slash")
        await desk.type("qqq")
        assert count in line_of(desk, names)
        await desk.press("escape", *["down"] * 30)
        assert count in line_of(desk, names)
        await desk.press("t")
        assert count in line_of(desk, names)


async def test_the_title_counts_the_reasons_below_until_the_last_is_visible() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f")
        visible = len([line for line in desk.text.split("\n") if "[ ]" in line])
        # Nothing of the box stays empty that the list could fill.
        body = desk.app.screen.query_one("#body")
        assert sum(part.outer_size.height for part in body.children if part.display) >= body.size.height
        assert visible > 5
        assert f"▼ {len(offered(desk)) - visible} more reasons" in line_of(desk, "Reasons: ")

        await desk.press(*["down"] * (len(offered(desk)) - 1))
        assert "more reasons" not in desk.text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("名", "ID-NAME"),
        ("id-ric", "ID-RIC"),
        ("id-ric-e", "ID-RIC-EXPIRED"),
        ("quality", "DOC-QUALITY"),
        ("licence", "ID-LICENCE-EXPIRED"),
        ("mcbyz", "ID-NAME"),
        ("clqs", "DOC-MISSING"),
        ("换发后的", "ID-LICENCE-EXPIRED"),
        ("do-not-call list", "ACT-OPT-OUT"),
        ("waits for the applicant", "WAIT-APPLICANT"),
    ],
)
def test_the_best_match_of_words_comes_first(words: str, code: str) -> None:
    verdict = Verdict.PENDING if code.startswith("WAIT") else Verdict.FAIL
    offered = [reason for reason in policy().reasons.values() if verdict in reason.verdicts]

    assert find_reasons(words, offered)[0].code == code


async def test_the_best_match_is_highlighted_and_enter_marks_exactly_that_one() -> None:
    async with memory_workbench(clean(), language="zh") as desk:
        await desk.press("n", "f")
        dialog: Any = desk.app.screen
        for words, code in (("名", "ID-NAME"), ("clqs", "DOC-MISSING")):
            before = set(marked(desk))
            await desk.press("slash", "ctrl+u")
            await desk.type(words)
            assert offered(desk)[dialog.picker.list.cursor] == code
            await desk.press("enter")
            if desk.dialog == "ItemChooser":
                await desk.press("escape")
            assert set(marked(desk)) == before | {code}, words


async def test_only_reasons_that_serve_the_verdict_are_offered_and_found() -> None:
    async with memory_workbench(clean()) as desk:
        for key, verdict in (("p", "pass"), ("f", "fail"), ("w", "pending")):
            await desk.press("n", key, "slash")
            everything = {reason.code: reason.verdicts for reason in desk.services.files[123].policy.reasons.values()}
            assert all(verdict in everything[code] for code in offered(desk))
            await desk.type("wait")
            assert all(verdict in everything[code] for code in offered(desk))
            await desk.press("escape", "escape")


async def test_a_reason_that_the_panels_contradict_warns_in_its_line_and_beside_y() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("ID-USCC")
        assert "  not found" in line_of(desk, "[ ] 1 ")
        assert "ID-USCC" not in desk.text.split("\n")[-4:]

        await desk.press("enter")
        warning = next(line for line in reversed(desk.text.split("\n")) if "ID-USCC" in line)
        assert "! " in warning
        assert "! not found" in line_of(desk, "[x] 1 ")
        assert "✓" in warning
        await desk.press("slash")
        await desk.type("ID-HANDHELD")
        assert "not found" not in line_of(desk, "[ ] 1 ")


async def test_a_reason_about_documents_asks_which_ones() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("DOC-UNSEALED")
        await desk.press("enter")
        assert desk.dialog == "ItemChooser"
        assert "business licence" in desk.text
        assert re.search(r"… and \d+ more\.", desk.text)

        # Enter without an answer asks again; the authority letter is the fourth document of a company.
        await desk.press("enter")
        assert desk.dialog == "ItemChooser"
        await desk.press("t", "u")
        assert desk.app.screen.query_one(Input).value == "tu", "letters over the list begin the own words"
        await desk.press("backspace", "backspace", "shift+tab")
        await receive(desk, text_of("缺公章"))
        assert desk.app.screen.query_one(Input).value == "缺公章", "so does the text of an input method"
        await desk.press("backspace", "backspace", "backspace", "shift+tab", "1", "4", "enter")
        assert "授权委托书" in desk.text
        assert "You wrote into" not in desk.text
        await desk.press("y")
        [request] = desk.services.decided
        assert [(item.code, item.text) for item in request.items] == [("DOC-UNSEALED", "营业执照副本、授权委托书")]
        assert "营业执照副本、授权委托书" in desk.text


def test_the_names_of_documents_may_have_commas() -> None:
    kinds = documents_in("legal representative's ID card, front, Business licence；AUTH_LETTER", policy())

    assert kinds == [DocumentKind.LEGAL_ID_FRONT, DocumentKind.BIZ_LICENSE, DocumentKind.AUTH_LETTER]
    assert documents_in("business licence, soon", policy()) == []


async def test_a_reason_whose_finding_names_the_documents_does_not_ask() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "slash")
        assert "DOC-MISSING" in marked(desk)
        await desk.type("DOC-MISSING")
        await desk.press("enter", "space", "space")
        assert desk.dialog == "VerdictDialog"


def pinning(*codes: str) -> Any:
    """Return a change of the sample cases: their policy pins these reasons."""

    def arrange(services: MemoryServices) -> None:
        for number, file in services.files.items():
            reasons = {code: replace(reason, pinned=code in codes) for code, reason in file.policy.reasons.items()}
            services.files[number] = replace(file, policy=replace(file.policy, reasons=reasons))

    return arrange


async def test_pinned_and_recently_used_reasons_come_first() -> None:
    async with memory_workbench(clean(), clean(), arrange=pinning("ACT-RECORDING")) as desk:
        await desk.press("n", "f")
        assert offered(desk)[0] == "ACT-RECORDING"
        await desk.press("slash")
        await desk.type("ID-HANDHELD")
        await desk.press("enter", "y", "n", "f")

        assert offered(desk)[:3] == ["ACT-RECORDING", "ID-HANDHELD", "ID-RIC"]
        assert "pinned" in line_of(desk, "ACT-RECORDING")
        assert "recent" in line_of(desk, "ID-HANDHELD")


async def test_what_was_found_comes_before_pinned_reasons() -> None:
    async with memory_workbench(troubled(), arrange=pinning("ACT-RECORDING")) as desk:
        await desk.press("n", "f")
        codes = offered(desk)
        assert codes.index("ID-RIC-EXPIRED") < codes.index("ACT-RECORDING") < codes.index("ID-RIC")


async def test_the_reasons_to_wait_head_the_list_of_a_pending() -> None:
    async with memory_workbench(troubled(), arrange=pinning("ID-NAME")) as desk:
        await desk.press("n", "w")
        assert offered(desk)[:4] == ["WAIT-APPLICANT", "WAIT-CARRIER", "WAIT-REGISTRY", "WAIT-DEPARTMENT"]


async def test_nothing_written_to_one_applicant_is_offered_with_the_next_case() -> None:
    secret = "租赁合同甲方乙方"
    async with memory_workbench(clean(), clean()) as desk:
        await desk.press("n", "w", "1", "tab")
        await desk.type(secret)
        await desk.press("enter", "f9")
        await desk.type(secret)
        await desk.press("escape", "slash")
        await desk.type("zzz" + secret)
        await desk.press("escape", "f3")
        await desk.type(secret)
        await desk.press("f8", "n", "w")
        assert len(desk.services.decided) == 1
        assert secret not in desk.text

        await desk.press("1")
        assert secret not in desk.text
        await desk.press("escape", "slash")
        assert secret not in desk.text
        await desk.press("escape", "v")
        assert secret not in desk.text
