"""The command that reports on a period."""

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
