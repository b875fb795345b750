"""The command that reports on a period."""

import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from db.queries import report
from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from workbench.domain.quality.report import FIGURES
from workbench.errors import ExitCode


def test_report_has_each_figure_with_its_definition_for_those_who_may_read_it(terminal: Terminal) -> None:
    found = terminal.document("audit", "report", "--period", "2026-11")
    assert [figure["figure"] for figure in found["figures"]] == [figure.name for figure in FIGURES]
    assert {figure.name for figure in FIGURES} == {*report.COUNTS, *report.PERCENTILES, "agreement"}
    assert all(figure["definition"] for figure in found["figures"])
    assert found["before"] == {"from": "2026-10-01", "to": "2026-10-31"}
    # Without a period, the month before today's.
    assert terminal.document("admin", "report")["period"] == {"from": "2026-10-01", "to": "2026-10-31"}
    assert "supervisor, admin, auditor" in refused(terminal.as_person("a", "report"), ExitCode.NOT_ALLOWED)


def test_report_is_printed_in_both_languages(terminal: Terminal) -> None:
    terminal.site.plant(3)
    assert "open at the end" in (text := terminal.as_person("sup", "report", "--period", "2026-11").output)
    assert "Wilson interval" in text
    with speaking("zh"):
        assert "期末在办" in terminal.as_person("sup", "report", "--period", "2026-11").output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_is_written_as_a_workbook_with_charts_and_a_page_without_links(
    terminal: Terminal, tmp_path: Path, language: str
) -> None:
    terminal.site.plant(3)
    files = {kind: tmp_path / f"report.{kind}" for kind in ("xlsx", "html")}
    with speaking(language):
        words = ("report", "--period", "2026-11", "--xlsx", str(files["xlsx"]), "--html", str(files["html"]))
        found = terminal.document("sup", *words)

    sheets = CalamineWorkbook.from_path(files["xlsx"])
    assert len(sheets.sheet_names) == len(FIGURES) + 1
    page = files["html"].read_text(encoding="utf-8")
    for number, figure in enumerate(found["figures"]):
        cells = [cell for row in sheets.get_sheet_by_index(number).to_python() for cell in row]
        for text in (figure["title"], figure["definition"], *(row["name"] for row in figure["rows"])):
            assert text in cells
            assert text.replace("&", "&amp;").replace("'", "&#39;") in page
    with_rows = sum(bool(figure["rows"]) for figure in found["figures"])
    charts = [name for name in zipfile.ZipFile(files["xlsx"]).namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == with_rows > 1
    assert not any(word in page for word in ("http:", "https:", "src=", "<script", "@import", "url("))
