"""A filter of the queue as the scope of the desk."""

from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site


async def filter_queue(desk: KeyDriver, text: str) -> None:
    """Show the cases of a filter."""
    await desk.go("q")
    await desk.press("slash", "end", "ctrl+u")
    await desk.type(text)
    await desk.press("enter")


async def test_n_gives_the_next_case_of_the_scope_until_a_key_ends_it(site: Site) -> None:
    site.plant(2)
    site.plant(2, priority="low")
    async with site_workbench(site, "a") as desk:
        await desk.go("q")
        await desk.press("S")
        assert "Filter the list first" in desk.notes[-1]

        await filter_queue(desk, "priority:low")
        await desk.press("S")
        assert "priority:low" in desk.notes[-1]
        await desk.go("d")
        assert "/ priority:low" in desk.text.splitlines()[0]
        assert "S ends the scope priority:low" in desk.text
        for case in ("C-000003", "C-000004"):
            await desk.press("n")
            header = desk.text.splitlines()[0]
            assert case in header
            assert "/ priority:low" in header
            await desk.press("s")
            await desk.type("later")
            await desk.press("enter")
        await desk.press("n")
        assert "Your filter hides what is left: 2." in desk.text

        await desk.press("S")
        assert "priority:low" not in desk.text.splitlines()[0]
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        await desk.press("S")
        assert "The desk has no scope" in desk.notes[-1]


async def test_the_scope_is_set_and_ended_in_the_palette_and_the_queue(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await filter_queue(desk, "due>2026-11-25")
        await desk.press("colon")
        await desk.type("desk scope")
        await desk.until("desk scope  S")
        await desk.press("enter")
        await desk.until("n now takes only cases")
        assert "due>2026-11-25" in desk.notes[-1]
        await desk.press("S")
        assert desk.notes[-1] == "The scope is ended; n takes every case again."


async def test_a_filter_without_queued_cases_is_no_scope(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "sup") as desk:
        for wanted in ("state:pending", "state:closed", "attention:reopen", "waits:carrier"):
            desk.app.clear_notifications()
            await filter_queue(desk, wanted)
            await desk.press("S")
            assert "This filter lists no queued cases, so n would never find one" in desk.notes[-1]
            assert desk.desk_screen.session.scope == ""
