"""A terminal at a site with people."""

from collections.abc import Iterator
from functools import cache

import pytest
from typer import testing
from typer.main import get_command

from tests.cli.framework.terminal import Terminal
from tests.offices import Site


@pytest.fixture(autouse=True, scope="session")
def parsers_built_once() -> Iterator[None]:
    """Make the parser of the same commands once: giving a command made it anew."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(testing, "_get_command", cache(get_command))
        yield


@pytest.fixture
def terminal(site: Site) -> Terminal:
    """Commands at a database of the test's own."""
    return Terminal(site)
