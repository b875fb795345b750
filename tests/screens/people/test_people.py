"""The people screen on a real database, by keys."""

from db.enums import Role
from tests.screens.driver import KeyDriver, site_workbench
from tests.services.review.verdict_acts import held
from tests.sites import Site


def row_of(desk: KeyDriver, login: str) -> str:
    return next(line for line in desk.text.splitlines() if line.split()[:1] == [login])


async def test_an_absence_is_previewed_and_handed_over_to_the_substitute(site: Site) -> None:
    case = held(site)
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("w")
        assert desk.text.splitlines()[1].split()[:3] == ["login", "roles", "limit"]
        await desk.press("a")
        assert "1 × held: the hold ends; back in the queue" in desk.text
        assert f"C-{case:06d}" in desk.text
        await desk.press("enter")
        await desk.type("2026-11-27")
        await desk.press("enter")
        await desk.type("b")
        assert "1 × held: goes to the substitute, with the draft" in desk.text
        await desk.type("x")
        await desk.press("enter")
        assert "There is no login bx" in desk.text
        # Enter stays in a field whose text is refused, and leads back to it from another field.
        for keys in ((), ("tab", "enter")):
            await desk.press(*keys)
            assert getattr(desk.app.focused, "id", None) == "substitute"
        await desk.press("end", "backspace", "enter", "enter")
        assert desk.dialog == "PeopleScreen"
        assert "away Tue 24 Nov – Fri 27 Nov → b" in row_of(desk, "a")
        assert site.services("b").casefiles.show(case).header.assignee == "b"
        await desk.press("b")
        assert "away" not in row_of(desk, "a")
        await desk.press("b")
        assert "a is not away." in desk.notes[-1]


async def test_duties_limits_and_skills_are_set_and_shown(site: Site) -> None:
    site.services("admin").roles.change("a", (Role.SUPERVISOR, Role.AUDITOR), ())
    async with site_workbench(site, "admin", size=(120, 40)) as desk:
        await desk.go("w")
        assert "reviewer, supervisor, auditor " in row_of(desk, "a")
        await desk.press("d", "enter", "enter", "enter")
        assert "is a working day" in desk.text
        await desk.press("shift+tab")
        await desk.type("2.5")
        await desk.press("enter", "enter")
        assert "Tue 24 Nov 2.5 h" in row_of(desk, "a")
        await desk.press("l")
        await desk.type("x")
        await desk.press("enter")
        assert "is no number" in desk.text
        await desk.press("backspace")
        await desk.type("7")
        await desk.press("enter", "s")
        await desk.type("province:四川")
        await desk.press("enter")
        assert site.services("admin").people.line("a").max_held == 7
        assert "province:四川" in row_of(desk, "a")


async def test_a_supervisor_sets_no_limits_and_a_reviewer_nothing(site: Site) -> None:
    async with site_workbench(site, "sup", language="zh") as desk:
        await desk.go("w")
        assert "人员" in desk.text
        await desk.press("l", "s", "f8", "f9")
        assert desk.dialog == "PeopleScreen"
    async with site_workbench(site, "a") as desk:
        await desk.go("w")
        await desk.press("a", "b", "d", "l", "s")
        assert desk.dialog == "PeopleScreen"
        assert "away" not in desk.text.splitlines()[-1]
