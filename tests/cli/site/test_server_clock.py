"""Acts on a server have the time of its clock, and a host whose clock differs is told so; a file has no other clock."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from db.columns import from_us
from db.dialect import is_server
from tests.cli.framework.terminal import Terminal


def test_acts_have_the_time_of_the_server(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    site, late_s = terminal.site, 0.0
    if is_server(site.path):
        from db.dialects.postgresql import engine

        late_s, now = 7.0, time.time
        monkeypatch.setattr(engine, "_ahead_s", {})
        monkeypatch.setattr(engine, "time", SimpleNamespace(time=lambda: now() - late_s))
    site.plant()

    done = terminal.as_person("a", "next", "--json")

    assert ("The clock of the server is +" in done.stderr) is is_server(site.path)
    with site.services("admin").context.read() as session:
        at = from_us(session.execute(text("SELECT max(at) FROM event")).scalar_one())
    assert abs(at - site.clock.at - timedelta(seconds=late_s)) < timedelta(seconds=1)
