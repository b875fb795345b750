"""How much of a case is below the fold on the demo, in the real layout."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from textual.content import Content

from screens.desk.outcomes import CaseShown
from screens.panels.panel import Panel
from screens.widgets.safe_text import Part, hanging
from tests.demos import NOW, fresh_demo, made_demo
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import ManualClock, Site
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind, Severity

__all__ = ["fresh_demo", "made_demo"]

_EVERY = 3
"""Every third case of the demo is shown."""


async def hidden_lines(desk: KeyDriver, case: CaseFile) -> int:
    """Show a case, and return how many lines of its evidence are below the fold; none of them shows a finding."""
    screen = desk.desk_screen
    screen.session.place(case)
    screen.show(CaseShown(is_same=False))
    await desk.settle()
    hidden = 0
    for kind in PanelKind:
        panel = screen.query_one(f"#{kind.value}", Panel)
        below = panel._lines(panel.size.width)[panel.size.height :]
        assert [line.content.plain for line in below if line.is_marked] == [], (case.header.id, kind)
        hidden += len(below)
    return hidden


@pytest.mark.proof
async def test_cases_fit_their_screen_and_findings_are_never_below_the_fold(fresh_demo: Path) -> None:
    site = Site(fresh_demo, ManualClock(NOW))
    services = site.services("rev1")
    with services.context.read() as session:
        every = text('SELECT id FROM "case" WHERE erased_at IS NULL ORDER BY id')
        cases = [services.casefiles.show(case) for case in list(session.execute(every).scalars())[::_EVERY]]
    async with site_workbench(site, "rev1") as desk:
        await desk.press("n")
        assert statistics.median([await hidden_lines(desk, case) for case in cases]) <= 10

        await desk.pilot.resize_terminal(200, 60)
        await desk.settle()
        clear = [case for case in cases if all(found.severity is Severity.INFO for found in case.findings)]
        assert len(clear) > 10
        assert [await hidden_lines(desk, case) for case in clear] == [0] * len(clear)
    site.close()


@pytest.mark.proof
async def test_the_panels_are_the_same_after_one_was_enlarged_and_never_made_without_a_width(
    fresh_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = set[int]()

    def wrapped(label: Sequence[Part], text: str, width: int) -> list[Content]:
        widths.add(width)
        return hanging(label, text, width)

    monkeypatch.setattr("screens.panels.history.hanging", wrapped)
    site = Site(fresh_demo, ManualClock(NOW))
    async with site_workbench(site, "rev1") as desk:
        await desk.press("n")
        for number in "1234":
            before = desk.text
            await desk.press(number)
            await desk.press("plus")
            assert desk.text != before
            await desk.press("escape")
            assert desk.text.splitlines()[3:-2] == before.splitlines()[3:-2], number
    assert min(widths) > 10
    site.close()
