"""A case that retention erased says so on every screen, and no key acts on it."""

from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal
from tests.cli.site.retention_store import made
from tests.screens.driver import site_workbench
from tests.sites import Site

pytestmark = pytest.mark.proof


async def test_an_erased_case_is_shown_as_such(site: Site, tmp_path: Path) -> None:
    words, refusal = "erased on 2027-02-22", "C-000001 was erased on 2027-02-22"
    office = made(Terminal(site), tmp_path / "files", 1)
    office.later(days=90)
    site.services("admin").retention.apply("period over")

    async with site_workbench(site, "sup") as desk:
        await desk.go("q")
        await desk.press("slash")
        await desk.type("state:passed")
        await desk.press("enter")
        assert words in desk.text

        await desk.press("enter")
        assert desk.dialog == "ReadOnlyScreen"
        assert desk.text.count(words) > 3
        await desk.press("k")
        assert refusal in desk.text + " ".join(desk.notes)
        await desk.press("x")
        assert refusal in " ".join(desk.text.split())
