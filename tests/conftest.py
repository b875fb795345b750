"""What all tests may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offices import Site
from workbench import i18n


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the machine's locale is."""
    with i18n.speaking("en"):
        yield


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A database of the test's own, with people and an injected clock."""
    made = Site(tmp_path / "w.db").create()
    yield made
    made.close()
