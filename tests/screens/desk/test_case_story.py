"""The desk says where a case stands: what happened, what a checker wants, what comes next."""

import re
from pathlib import Path

import pytest

from tests.cli.cases.test_rectification import failed, limit
from tests.offices import Site
from tests.promises import Promises
from tests.screens.driver import WINDOWS, at_the_site
from tests.services.importing.files import Desk, application


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_returned_case_shows_the_note_of_its_checker_above_all_and_in_its_history(
    site: Site, size: tuple[int, int]
) -> None:
    services = Promises(site)
    case = services.received("2026-11-24 09:00")
    services.at("2026-11-24 10:00").run("a", "next")
    services.run("a", "decide", case, "fail", "--final", "--reason", "ID-USCC", "--note", "seal copied")
    services.run("b", "check", case, "return", "--note", "The registry shows it as valid")
    async with at_the_site(site, "a", size=size) as desk:
        await desk.press("n")
        assert "Returned by b: The registry shows it as valid" in desk.text
        assert "So far  round 1: failed, final (a, Tue 24 Nov 10:00, returned by b)" in desk.text
        assert "Next  a decides round 1" in desk.text
        await desk.press("4", "plus")
        assert "checker's note b The registry" in desk.text

    text = services.terminal.as_person("a", "show", case).output
    assert "Returned by b: The registry shows it as valid" in text
    assert "a decides round 1" in text
    assert re.search(r"note, internal +seal copied", text)
    assert re.search(r"letter text +\S", text)


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_case_in_the_cooldown_of_a_final_fail_says_so_above_its_panels(
    site: Site, tmp_path: Path, size: tuple[int, int]
) -> None:
    services, applicants = Promises(site).at("2026-11-24 10:00"), Desk(site, tmp_path)
    limit(services, "cooldown_days = 3")
    failed(services, applicants)
    services.at("2026-12-05 10:00")
    applicants.applications(application("A-2", received_at="2026-11-30 18:00"))
    applicants.documents("A-2")
    async with at_the_site(site, "a", size=size) as desk:
        await desk.press("n")
        assert desk.dialog == "DeskScreen"
        text = " ".join(desk.text.split())
        assert (
            "! The same applicant failed finally on 2026-11-25 (C-000001) and may apply again from 2026-12-01." in text
        )
