"""Fixtures for running commands on a site."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer import testing
from typer.main import get_command

from tests.cli.framework.terminal import Terminal
from tests.clock_site import ClockSite
from tests.demos import fresh_demo, made_demo
from tests.services.intake.importing.files import Desk
from tests.sites import Site

__all__ = ["fresh_demo", "made_demo"]


@pytest.fixture(autouse=True, scope="session")
def parsers_built_once() -> Iterator[None]:
    """Build the parser of the commands once instead of for every command."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(testing, "_get_command", cache(get_command))
        yield


@pytest.fixture
def terminal(site: Site) -> Terminal:
    """Runs commands on the test's own database."""
    return Terminal(site)


@pytest.fixture
def services(site: Site) -> ClockSite:
    """The test's own site on Tuesday, 24 November 2026, at 10:00, with a clock that the test sets."""
    return ClockSite(site).at("2026-11-24 10:00")


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    """Imports files on the test's own site; the files have a folder of their own."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(site, folder)
