"""The services of one person are created once."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.sites import Site
from workbench.services import wiring


class SlowService:
    """A service whose creation takes long enough for another thread to ask for it."""

    def __init__(self, _context: object) -> None:
        time.sleep(0.05)


def test_two_threads_that_use_a_service_first_get_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    services = site.services("a")
    monkeypatch.setattr(wiring, "import_module", lambda _name: SimpleNamespace(Forecasts=SlowService))

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _number: services.forecasts, range(2))

    assert one is other
