"""All figures of a report are of one moment."""

import pytest
from sqlmodel import Session

from db.engine import Database
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from workbench.domain.quality.period import parse_period


def test_a_verdict_between_the_two_reads_is_in_neither_half(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.plant(2)
    decide(site, passing(take(site).header.id))
    reports, read = site.services("sup").reports, Database.read
    others: list[bool] = []

    def read_after_another_verdict(database: Database) -> Session:
        others.append(len(others) == 1)
        if others[-1]:
            decide(site, passing(take(site).header.id))
        return read(database)

    monkeypatch.setattr(Database, "read", read_after_another_verdict)
    rows = reports.read(parse_period("2026-11-24..2026-11-24")).rows
    verdicts, flow = ({row.part: row.now and row.now.n for row in rows[name]} for name in ("verdicts", "flow"))
    assert (verdicts["pass"], flow["passed"]) == (1, 1)
    assert {site.state(1), site.state(2)} == {"passed"}
