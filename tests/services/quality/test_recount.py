"""Every figure of a report is what its definition says, counted again by other code from the tables alone."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.queries import report
from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, made_demo
from tests.services.quality.random_office import RandomOffice
from tests.services.quality.recount import Recount
from tests.sites import ManualClock, Site
from tests.sizes import sized
from workbench.domain.quality.period import parse_period
from workbench.services.intake.batches.publishing import try_import_lock

__all__ = ["made_demo"]
pytestmark = pytest.mark.proof
INTERVAL = ("low", "high")


def counted(rows: list[Any], which: str) -> dict[str, Any]:
    """Return the values of a printed figure by part; a part of the time without a second is no part."""
    values = {row["part"]: row[which] for row in rows if row[which] is not None}
    return {part: value for part, value in values.items() if value.get("n") or "ratio" not in value or "low" in value}


def check(terminal: Terminal, recount: Recount, period: str) -> Any:
    """Compare each figure of a report for a period and the one before it, and return the report."""
    printed = terminal.document("sup", "report", "--period", period)
    for key, which in (("period", "now"), ("before", "before")):
        expected = recount.figures(*(date.fromisoformat(printed[key][end]) for end in ("from", "to")))
        figures = {one["figure"]: counted(one["rows"], which) for one in printed["figures"]}
        figures["agreement"] = {
            part: {key: one for key, one in value.items() if key not in INTERVAL}
            for part, value in figures["agreement"].items()
        }
        assert figures.keys() == expected.keys()
        for name, values in expected.items():
            parts = {part: value for part, value in values.items() if name != "time" or value["n"]}
            rounded = {part: {key: round(one, 6) for key, one in value.items()} for part, value in parts.items()}
            assert figures[name] == rounded, (name, which)
    return printed


@pytest.mark.sqlite("the demo is a file")
def test_a_report_on_the_demo_is_what_is_counted_again(made_demo: Path) -> None:
    terminal = Terminal(Site(made_demo, ManualClock(NOW), is_encrypted=False))
    recount = Recount(made_demo, NOW)
    for period in ("2026-11", "2026-11-12..2026-11-20"):
        printed = check(terminal, recount, period)
    assert {row["part"] for one in printed["figures"] for row in one["rows"] if one["figure"] == "forecast"} == {
        *("until_first", "until_last", "inside")
    }
    recount.close()
    terminal.site.close()


def test_a_report_on_random_lives_is_what_is_counted_again(tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db", is_encrypted=False).create()
    RandomOffice(seed=1, lives=sized(ci=300, full=1_000)).live(site)
    terminal, recount = Terminal(site), Recount(site.path, site.clock())
    # While an import runs, nobody removes its batch, whose cases no figure counts.
    with try_import_lock(site.services("admin").context.store):
        month = check(terminal, recount, "2026-10")
        assert all(one["rows"] for one in month["figures"])
        check(terminal, recount, "2026-11-01..2026-11-10")

        # The agreement has the intervals of the quality report.
        [agreement] = (one["rows"] for one in month["figures"] if one["figure"] == "agreement")
        verdicts = terminal.document("sup", "quality", "report", "--sample", "2")["verdicts"]
        for row in agreement:
            estimate = {end: round(verdicts[row["part"]][end], 6) for end in INTERVAL}
            assert {end: row["now"][end] for end in INTERVAL} == estimate

        assert times_of_cases(site, "2026-10") == times_again(recount, date(2026, 10, 1), date(2026, 10, 31))
    recount.close()
    site.close()


def times_of_cases(site: Site, period: str) -> dict[int, Counter[str]]:
    """Return the seconds of each case that closed in a period, by part, as the report counts them."""
    reports = site.services("sup").reports
    parts = f"SELECT id, what, seconds, suspended_s FROM ({report.TIME_PARTS}) WHERE period = 'now'"
    found: dict[int, Counter[str]] = {}
    with reports.context.read() as session:
        wanted = reports._wanted(session, parse_period(period))
        for row in session.execute(report.statement(parts), wanted):
            found.setdefault(row.id, Counter()).update({row.what: row.seconds})
            found[row.id]["suspended"] += row.suspended_s
    return {case: +seconds for case, seconds in found.items()}


def times_again(recount: Recount, first: date, last: date) -> dict[int, Counter[str]]:
    """Return the same, counted again; the parts of each case sum to its whole."""
    recount.figures(first, last)
    found = {closing.case["id"]: recount.time_parts(closing) for closing in recount.closings}
    assert all(sum(seconds.values()) == whole for whole, seconds in found.values())
    return {case: +seconds for case, (_whole, seconds) in found.items()}
