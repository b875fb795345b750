"""The report on a real database, by keys."""

import pytest

from tests.languages import speaking
from tests.screens.driver import site_workbench
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from workbench.domain.text.safe import cells


async def test_a_figure_unfolds_with_its_definition_and_the_period_moves(site: Site) -> None:
    site.plant(3)
    decide(site, passing(take(site).header.id))
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("r")
        assert "2026-10-01 – 2026-10-31" in desk.text
        assert "Wilson" not in desk.text
        assert "Open at the start and at the end: cases opened before" in desk.text

        await desk.press("right")
        assert "2026-11-01 – 2026-11-30   before 2026-10-01" in desk.text
        assert "--period 2026-11-01..2026-11-30 --html FILE" in desk.text
        lines = [" ".join(line.split()) for line in desk.text.splitlines()]
        assert [line for line in lines if line.startswith("received 3 0")]

        await desk.press("down")
        assert "Decisions that took effect in the period" in desk.text
        assert "Open at the start and at the end" not in desk.text
        await desk.press("up", "left")
        assert "2026-10-01 – 2026-10-31   before 2026-09-01" in desk.text
        await desk.press("escape")
        assert desk.app.current_mode == "desk"


async def test_a_reviewer_reads_why_the_report_is_refused(site: Site) -> None:
    async with site_workbench(site, "a") as desk:
        await desk.go("r")
        assert "supervisor, admin, auditor" in " ".join(desk.text.split())


@pytest.mark.terminal
@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en"), ((200, 60), "zh")])
async def test_no_line_of_a_figure_is_broken(site: Site, size: tuple[int, int], language: str) -> None:
    site.plant(9)
    for _turn in range(9):
        decide(site, passing(take(site).header.id))
    with speaking(language):
        async with site_workbench(site, "sup", size=size, language=language) as desk:
            await desk.go("r")
            await desk.press("right")
            for _figure in range(17):
                bars = [line for line in desk.text.splitlines() if line.strip() and not line.strip(" █▁▂▃▄▅▆▇▍▊")]
                assert bars == []
                assert all(cells(line) <= size[0] for line in desk.text.splitlines())
                await desk.press("down")
