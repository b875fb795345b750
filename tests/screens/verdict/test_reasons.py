"""The reasons of a verdict by keys: what is marked, how they are found, and in which order they are offered."""

from dataclasses import replace
from typing import Any

import pytest

from tests.screens.cases import clean, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import WINDOWS, Driver, memory_workbench

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


@pytest.mark.parametrize("size", WINDOWS)
async def test_what_is_marked_stays_on_top_while_the_list_is_filtered_or_scrolled(size: tuple[int, int]) -> None:
    count, names = "2 marked:", "photo with ID card"
    async with memory_workbench(clean(), size=size) as desk:
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


@pytest.mark.parametrize("size", WINDOWS)
async def test_the_title_counts_the_reasons_below_until_the_last_is_visible(size: tuple[int, int]) -> None:
    async with memory_workbench(clean(), size=size) as desk:
        await desk.press("n", "f")
        visible = len([line for line in desk.text.split("\n") if "[ ]" in line])
        # Nothing of the box stays empty that the list could fill.
        body = desk.app.screen.query_one("#body")
        assert sum(part.outer_size.height for part in body.children if part.display) >= body.size.height
        assert visible > 5
        assert f"▼ {len(offered(desk)) - visible} more reasons" in line_of(desk, "Reasons: ")

        await desk.press(*["down"] * (len(offered(desk)) - 1))
        assert "more reasons" not in desk.text


FOUND = {
    "f": (
        ("名", "ID-NAME"),
        ("id-ric", "ID-RIC"),
        ("id-ric-e", "ID-RIC-EXPIRED"),
        ("quality", "DOC-QUALITY"),
        ("licence", "ID-LICENCE-EXPIRED"),
        ("mcbyz", "ID-NAME"),
        ("clqs", "DOC-MISSING"),
        ("换发后的", "ID-LICENCE-EXPIRED"),
        ("do-not-call list", "ACT-OPT-OUT"),
    ),
    "w": (("名", "ID-NAME"), ("申请人", "WAIT-APPLICANT"), ("waits for the applicant", "WAIT-APPLICANT")),
}
"""The best match of words, by the key of the verdict."""


@pytest.mark.parametrize("key", FOUND)
async def test_the_best_match_is_highlighted_and_enter_marks_exactly_that_one(key: str) -> None:
    async with memory_workbench(clean(), language="zh") as desk:
        await desk.press("n", key)
        dialog: Any = desk.app.screen
        for words, code in FOUND[key]:
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


async def test_a_blocked_case_is_offered_no_reason_of_a_clean_pass() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "p")
        assert offered(desk) == ["OK-OVERRIDE"]


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_reason_that_the_panels_contradict_warns_in_its_line_and_beside_y(size: tuple[int, int]) -> None:
    panel = "! not found"
    async with memory_workbench(clean(), size=size) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("ID-USCC")
        assert panel in line_of(desk, "[ ] 1 ")
        assert "ID-USCC" not in desk.text.split("\n")[-4:]

        await desk.press("enter")
        warning = next(line for line in reversed(desk.text.split("\n")) if "ID-USCC" in line)
        assert "! " in warning
        assert "✓" in warning
        await desk.press("slash")
        await desk.type("ID-HANDHELD")
        assert panel not in line_of(desk, "[ ] 1 ")


async def test_a_reason_with_a_finding_or_that_only_reading_tells_is_not_contradicted() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "escape", "n", "f")
        assert "ID-RIC-EXPIRED" in marked(desk)
        assert "The panels show" not in desk.text
        await desk.press("slash")
        await desk.type("USE-SCRIPT")
        await desk.press("enter")
        assert "The panels show" not in desk.text


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_reason_about_documents_asks_which_ones(size: tuple[int, int]) -> None:
    async with memory_workbench(clean(), size=size) as desk:
        await desk.press("n", "f", "slash")
        await desk.type("DOC-UNSEALED")
        await desk.press("enter")
        assert desk.dialog == "ItemChooser"
        assert "business licence" in desk.text

        # Enter without an answer asks again; the authority letter is the fourth document of a company.
        await desk.press("enter")
        assert desk.dialog == "ItemChooser"
        await desk.press("1", "4", "enter", "y")
        [request] = desk.services.decided
        assert [(item.code, item.text) for item in request.items] == [("DOC-UNSEALED", "营业执照副本、授权委托书")]
        assert "营业执照副本、授权委托书" in desk.text


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


@pytest.mark.parametrize("evidence", [clean(), troubled()])
async def test_the_reasons_to_wait_head_the_list_of_a_pending(evidence: Any) -> None:
    async with memory_workbench(evidence, arrange=pinning("ID-NAME")) as desk:
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
