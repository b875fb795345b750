"""Sites of service tests have one open database for all people; processes of their own are for the proofs."""

import pytest

from tests.sites import Site


@pytest.fixture(autouse=True)
def one_open_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all people of a site work through one open database."""
    monkeypatch.setattr(Site, "shares_database", True)
