"""The list of acts on a case, the acts that it runs, and the letters of a case."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.enums import ExportKind, FailKind, Verdict, WaitsFor
from tests.cli.appeals.filed_appeals import appealed, office
from tests.screens.driver import KeyDriver, site_workbench
from tests.services.review.verdict_acts import decide, failing, take
from tests.sites import Site
from workbench.domain.case.casefile import VerdictRequest
from workbench.services.outbox.recording import Delivery
from workbench.services.records.exporting.request import ExportRequest


async def open_first(desk: KeyDriver, filter_text: str = "C-000001") -> None:
    """Open the first case of a filter, and the list of the acts on it."""
    await desk.go("q")
    await desk.press("slash", "ctrl+a")
    await desk.type(filter_text)
    await desk.press("enter", "enter", "x")
    assert desk.dialog == "ActList"


def pending(site: Site) -> int:
    """Let a case wait for its applicant, and return its number."""
    (case,) = site.plant()
    take(site)
    reasons, until = ("WAIT-APPLICANT",), site.clock.at.date() + timedelta(days=7)
    request = VerdictRequest(
        case_id=case, verdict=Verdict.PENDING, reasons=reasons, waits_for=WaitsFor.APPLICANT, until=until, note="which?"
    )
    decide(site, request)
    site.clock.advance(minutes=2)
    return case


@pytest.mark.proof
async def test_x_lists_the_acts_with_their_keys_and_dims_the_others_with_a_reason(site: Site) -> None:
    site.plant(2)
    async with site_workbench(site, "a") as desk:
        await desk.press("n", "x")
        assert " p    pass" in desk.text
        await desk.press("m")
        assert "C-000001 is in review; this" in desk.text
        await desk.press("enter")
        assert desk.dialog == "ActList"
        await desk.press("home", "up", *["pageup"] * 4, "enter")
        assert desk.dialog == "VerdictDialog"

        await desk.press("escape")
        await open_first(desk, "C-000002")
        await desk.press("p")
        assert "p pass   f fail   w pending" in desk.text
        assert "Nobody holds C-000002." in desk.text
        await desk.press("H")
        assert "a may not do this; it needs" in desk.text
        assert desk.dialog == "ActList"
        await desk.press("escape", "H")
        assert any(note.startswith("a may not do this (set or end legal hold); it needs") for note in desk.notes)
    assert site.actions(1) == ["next"]


async def test_a_reply_is_recorded_from_the_list(site: Site) -> None:
    case = pending(site)
    async with site_workbench(site, "b") as desk:
        await open_first(desk)
        await desk.press("m")
        assert "Reply of the applicant on C-000001" in desk.text
        await desk.type("sent by post")
        await desk.press("enter")

        assert "is back in the queue." in desk.notes[-1]
    assert site.state(case) == "queued"
    last = site.services("audit").casefiles.show(case).history
    acts = [(line.action, line.who) for line in last if line.action in {"answer", "comment"}]
    assert acts == [("comment", "b"), ("answer", "b")]


async def test_a_resubmission_lists_what_was_asked_for_and_is_recorded_as_of_yesterday(site: Site) -> None:
    (case,) = site.plant(severity="block")
    take(site)
    decide(site, failing(case, fail_kind=FailKind.FIXABLE))
    site.clock.advance(days=1)
    async with site_workbench(site, "b", size=(80, 24)) as desk:
        await open_first(desk)
        await desk.press("M")
        for words in (
            "Enter next: what came",
            "0 of 2 received",
            "✗ 关于控制每小时呼出次数的整改方案",
            "None of this has come yet.",
        ):
            assert words in desk.text
        await desk.type("2026-12-30")
        await desk.press("enter")
        assert "“2026-12-30” is in the future" in desk.text
        await desk.press("ctrl+u")
        await desk.type("yesterday 09:00")
        await desk.press("enter")
        assert "The time of receipt must be after the verdict on C-000001" in desk.text
        await desk.press("ctrl+u")
        await desk.type("yesterday 16:30")
        assert "understood: Tue 24 Nov 16:30, yesterday" in desk.text
        await desk.press("enter", "enter")
        assert "Nothing is marked: none of these items counts as received." in desk.text
        await desk.press("2", "enter", "enter")

        assert "C-000001 is back in the queue, in its next round." in desk.notes[-1]
        assert "round 2" in desk.text
    found = site.services("audit").casefiles.show(case)
    assert [item.is_satisfied for item in found.asked_items] == [False, True]
    assert site.actions(case)[-1] == "resubmit"


async def test_a_case_is_withdrawn_by_keys_with_a_reason(site: Site) -> None:
    (case,) = site.plant()
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        for is_held in (False, True):
            if is_held:
                await desk.press("n", "x")
            else:
                await open_first(desk)
            await desk.press("Z", "enter")
            assert "Enter some text first" in desk.text
            await desk.type("shop closed")
            await desk.press("enter")
            assert desk.notes[-1] == "C-000001 is withdrawn. To undo, press u on the desk."
            assert "likely decided" not in desk.text
            assert ("takes it back" in desk.text) is is_held

            await desk.go("d")
            await desk.press("u")
            assert site.state(case) == ("in_review" if is_held else "queued")
            assert not any("withdrawn" in note for note in desk.notes)


async def test_a_supervisor_changes_class_priority_and_legal_hold_by_keys(site: Site) -> None:
    (case,) = site.plant()
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await open_first(desk)
        await desk.press("H")
        assert "Put C-000001 under legal hold" in desk.text
        await desk.type("court order")
        await desk.press("enter")
        assert desk.notes[-1] == "C-000001 is under legal hold; retention erases nothing of it."
        assert "under legal hold since" in desk.text
        await desk.press("x", "H")
        assert "End the legal hold of C-000001" in desk.text
        await desk.type("settled")
        await desk.press("enter")
        assert desk.notes[-1] == "C-000001 is under legal hold no more."
        assert "under legal hold since" not in desk.text

        for keys, words in ((("C", "down"), "now complex."), (("P", "down", "down"), "now urgent.")):
            await desk.press("x", *keys)
            await desk.type("asked by the carrier")
            await desk.press("enter")
            assert desk.notes[-1] == f"C-000001: {words}"
    assert site.actions(case)[-4:] == ["legal-hold", "legal-hold-end", "class", "priority"]


async def test_the_list_opens_from_an_appeal_and_leads_to_its_screen(site: Site) -> None:
    case = appealed(office(site))
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("a")
        await desk.press("x")
        assert f"What can be done with {case}" in desk.text
        await desk.press("Z", "escape")
        assert desk.dialog == "ReadOnlyScreen"

        await desk.press("x", *["pagedown"] * 3)
        while "Decide an appeal" not in desk.text:
            await desk.press("up")
        await desk.press("enter")
        await desk.until("We never called them.")
        assert desk.dialog == "AppealsScreen"


async def test_the_letters_of_a_case_say_what_became_of_each(site: Site, tmp_path: Path) -> None:
    case = pending(site)
    site.services("sup").exports.write(ExportRequest(what=ExportKind.NOTICES, output=tmp_path / "letters.csv"))
    site.clock.advance(minutes=10)
    site.services("sup").notices.record([Delivery(notice_id=1, channel="sms")])
    async with site_workbench(site, "a") as desk:
        await open_first(desk)
        await desk.press("L")
        assert "released Tue 24 Nov 10:01" in desk.text
        assert "exported Tue 24 Nov 10:02 by sup" in desk.text
        assert "sent Tue 24 Nov 10:12 · SMS · sup" in desk.text

        await desk.press("enter")
        assert "C-000001" in desk.text
        assert "Dear 虚构公司" in desk.text
        await desk.press("escape", "escape")
        assert desk.dialog == "ReadOnlyScreen"
    assert site.services("audit").notices.list(case)[0].exported_by == "sup"
