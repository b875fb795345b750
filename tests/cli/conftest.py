"""A terminal at a site with people."""

import pytest

from tests.cli.terminal import Terminal
from tests.offices import Site


@pytest.fixture
def terminal(site: Site) -> Terminal:
    """Commands at a database of the test's own."""
    return Terminal(site)
