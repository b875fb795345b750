"""`u` on the desk takes back what its line offers, and nothing else."""

from db.enums import CaseState
from tests.clock_site import ClockSite
from tests.screens.driver import site_workbench
from tests.services.review.verdict_acts import failing
from tests.sites import Site

AT = "2026-11-24 10:00"


def queued(office: ClockSite) -> str:
    return office.received("2026-11-24 09:00")


async def test_u_takes_back_the_act_of_a_command_that_its_line_and_footer_name(site: Site) -> None:
    office = ClockSite(site)
    asked, to_rectify, withdrawn, other = (queued(office) for _case in range(4))
    office.ask(AT, asked)
    office.ask_for_a_seal(AT, to_rectify)
    office.at("2026-11-25 10:00").run("a", "next", "--filter", other)
    for case, words, said in (
        (withdrawn, ("withdraw", "--reason", "x"), "withdrawn"),
        (asked, ("answer",), "reply received"),
        (to_rectify, ("resubmit",), "resubmitted"),
    ):
        before = office.terminal.document("a", "show", case)["state"]
        office.run("a", words[0], case, *words[1:])
        async with site_workbench(site, "a", size=(80, 24)) as desk:
            await desk.press("n")
            assert other in desk.text.splitlines()[0]
            assert f"{case}: {said}; u takes it back within 60 s" in desk.text
            assert f"u undo {case}" in desk.text.splitlines()[-1]
            await desk.press("u")
            # Another case is on the desk, and the act is of another sitting.
            assert f"Undo on {case}" in desk.text
            await desk.press("y")
            assert f"{case}: taken back." in desk.notes
            assert office.terminal.document("a", "show", case)["state"] == before
            await desk.press("u")
            assert "None of your acts can be undone now." in desk.notes


async def test_u_refuses_an_act_that_came_after_the_one_that_it_offers(site: Site) -> None:
    office = ClockSite(site)
    case = queued(office)
    office.at(AT)
    async with site_workbench(site, "a") as desk:
        await desk.press("n", "p", "y")
        assert "C-000001 passed; letter is released in 60 s; u takes it back" in desk.text
        services = site.services("a")
        services.undo.undo(1)
        services.verdicts.decide(failing(1))

        await desk.press("u")
        assert "C-000001 was acted on again since this was offered; to undo the last act, undo again." in desk.notes
        assert office.terminal.document("a", "show", case)["state"] == CaseState.RECTIFYING.value
        assert "C-000001 failed; letter is released in" in desk.text
        await desk.press("u")
        assert office.terminal.document("a", "show", case)["state"] == CaseState.IN_REVIEW.value


async def test_u_never_swaps_the_case_on_the_desk_without_asking(site: Site) -> None:
    office = ClockSite(site)
    case, other = queued(office), queued(office)
    office.at(AT)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.press("n", "p", "y", "n", "u")
        assert desk.dialog == "UndoQuestion"
        assert f"{case}: passed, Tue 24 Nov 10:00." in desk.text
        assert f"If {case} is then yours, it is shown first, and {other} after it." in " ".join(
            desk.text.replace("│", " ").split()
        )
        await desk.press("escape")
        assert other in desk.text.splitlines()[0]
        assert office.terminal.document("a", "show", case)["state"] == CaseState.PASSED.value

        await desk.press("u", "y")
        assert f"{case} is back on your desk." in desk.notes
        assert case in desk.text.splitlines()[0]
        assert office.terminal.document("a", "show", other)["held_by"] == "a"
