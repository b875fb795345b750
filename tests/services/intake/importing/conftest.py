"""A site with a folder of files."""

from pathlib import Path

import pytest

from tests.services.intake.importing.files import Desk
from tests.sites import Site


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    """A database of the test's own, and a folder for files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(site, folder)
