"""What the desk says about where to go, the last action, and how a case was assigned."""

from dataclasses import replace

from sqlalchemy import text

from db.enums import FailKind, Verdict
from tests.screens.cases import MSISDNS, calls, evidence
from tests.screens.driver import memory_workbench, site_workbench
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.evidence.evidence import Evidence


def busy() -> Evidence:
    """Return evidence without findings on identity and with a block on the calls."""
    much = calls(MSISDNS[0], peak_hour_calls=73)
    of_all = replace(much, msisdn="", calls=4_812, answered=3_300, calls_in=2_100, total_duration_s=158_400)
    return evidence(calls=(much, calls(MSISDNS[1]), calls(MSISDNS[2])), all_calls=of_all)


def stage(site: Site) -> int:
    """Let reviewer a decide a final fail, which needs a second check."""
    site.plant(severity="block")
    found = site.services("a").claims.next()
    assert isinstance(found, CaseFile)
    request = VerdictRequest(
        case_id=found.header.id, verdict=Verdict.FAIL, fail_kind=FailKind.FINAL, reasons=("ACT-PEAK-HOUR",), note="!"
    )
    site.services("a").verdicts.decide(request)
    return found.header.id


async def test_the_desk_says_to_whom_a_check_was_returned_and_confirms_an_approval(site: Site) -> None:
    stage(site)
    async with site_workbench(site, "b") as desk:
        await desk.go("c")
        await desk.press("r")
        await desk.type("mend")
        await desk.press("enter")
        await desk.go("d")
        assert "C-000001 returned to a; u takes it back within 60 s" in desk.text
        assert "notice" not in desk.text
        await desk.press("u")
        assert site.state(1) == "awaiting_check"

        await desk.go("c")
        await desk.press("enter", "a")
        await desk.type("right")
        await desk.press("enter")
        await desk.go("d")
        assert "C-000001 approved (failed by a); letter is released in 60 s; u takes it back" in desk.text


async def test_the_letter_shown_after_a_verdict_names_no_person_and_begins_at_its_top(site: Site) -> None:
    site.plant(2)
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET applicant_kind = 'individual', applicant_name = '虚构人'"))
        session.execute(text("UPDATE \"case\" SET applicant_name = '虚构人'"))
    async with site_workbench(site, "a", size=(120, 60)) as desk:
        await desk.press("n", "p", "y")
        assert "The applicant reads" in desk.text
        assert "虚••" in desk.text
        assert "虚构人" not in desk.text

        await desk.pilot.resize_terminal(80, 24)
        await desk.press("pagedown")
        assert "The applicant reads" not in desk.text
        await desk.press("n", "p", "y")
        assert "The applicant reads" in desk.text


async def test_n_says_what_to_do_first_with_the_case_on_the_desk_unless_its_hold_is_lost() -> None:
    async with memory_workbench(size=(160, 40)) as desk:
        assert "n next" in desk.text.split("\n")[-1]
        await desk.press("n")
        assert "n next" not in desk.text.split("\n")[-1]
        assert not desk.notes
        for key in ("n", "f2"):
            await desk.press(key)
            assert desk.notes == ["Decide this case first, put it aside (h), skip (s) or release it (b)."]
            assert "C-000123" in desk.text
            desk.app.clear_notifications()

        desk.desk_screen.session.is_lost = True
        await desk.press("n")
        assert not desk.notes


async def test_an_empty_desk_names_the_other_screens_and_the_cases_put_aside(site: Site) -> None:
    stage(site)
    site.plant(2)
    site.services("sup").assigning.assign((3,), "b", "yours")
    async with site_workbench(site, "b", size=(80, 24)) as desk:
        assert "n takes the next one" in desk.text
        assert "g q the queue" in desk.text
        assert "g c one verdict to check" in desk.text
        assert "g m 1 assigned to you" in desk.text

        await desk.press("n", "h", "enter")
        assert any("C-000003 put aside until" in note and "12:00" in note for note in desk.notes)
        assert "g m 1 put aside" in desk.text
        assert "C-000003 until Tue 24 Nov 12:00" in desk.text

    async with site_workbench(site, "audit", size=(80, 24)) as desk:
        assert "g c" not in desk.text
        assert "takes the next one" not in desk.text


async def test_the_desk_says_that_a_case_was_assigned_or_returned(site: Site) -> None:
    stage(site)
    site.plant(2)
    site.services("sup").assigning.assign((3,), "b", "yours")
    site.services("b").checks.give_back(1, "mend")
    for login, case, words in (("b", "C-000003", "assigned to you"), ("a", "C-000001", "returned to you")):
        async with site_workbench(site, login, size=(80, 24)) as desk:
            await desk.press("n")
            assert case in desk.text
            assert words in desk.text

    async with site_workbench(site, "c", size=(80, 24)) as desk:
        await desk.press("n")
        assert "C-000002" in desk.text
        assert "to you" not in desk.text
        await desk.press("s", "x", "enter", "g", "q")
        assert [line for line in desk.text.splitlines() if "C-000002" in line and "skipped" in line]
        await desk.press("home", "enter")
        assert "C-000002" in desk.text
        assert "skipped" in desk.text.splitlines()[0]


async def test_a_narrow_desk_opens_a_case_on_its_most_severe_panel() -> None:
    async with memory_workbench(busy(), size=(80, 24)) as desk:
        await desk.press("n")
        assert desk.desk_screen.panels.active == "activity"
        assert "73 calls in the busiest hour" in desk.text

    async with memory_workbench(busy()) as desk:
        await desk.press("n")
        assert desk.desk_screen.panels.active == "identity"
