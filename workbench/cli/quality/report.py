"""The command that reports on a period: report."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import option
from workbench.domain.quality.period import Period, parse_period
from workbench.domain.quality.report import FIGURES, TERMS, Report, ReportValue
from workbench.i18n import N_, _
from workbench.wording.case.report import figure_tables, part_words, period_words

_DECIMALS = 6


def report(
    context: CommandContext,
    period: Annotated[
        str | None,
        option("--period", N_("2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15. Default: the last month."), "P"),
    ] = None,
    xlsx: Annotated[Path | None, option("--xlsx", N_("Write a workbook with charts."), "FILE")] = None,
    html: Annotated[Path | None, option("--html", N_("Write a page to read and print."), "FILE")] = None,
) -> None:
    """Report on a period beside the one before it."""
    with context.services() as services:
        wanted = services.reports.last_month() if period is None else parse_period(period)
        found = services.reports.read(wanted)
        if not (is_printed := xlsx is None and html is None):
            from workbench.services.quality.report_files import write_page, write_workbook

            for file, render in ((xlsx, write_workbook), (html, write_page)):
                if file is not None:
                    services.reports.write(found, file, render)
                    output.narrate(_("Wrote the report to {file}.").format(file=file))
    if context.as_json:
        output.document(_document(found))
    elif is_printed:
        _print(found)


def _print(found: Report) -> None:
    output.pairs([(_("Reported period"), period_words(found.period)), (_("Period before"), period_words(found.before))])
    for table in figure_tables(found):
        for line in ("", table.title, table.definition):
            output.line(line)
        rows = [[row.name, *row.cells] for row in table.rows]
        if rows:
            output.table(["", *table.headings], rows, numeric=range(1, len(table.headings) + 1))
        else:
            output.line(_("none"))
    for term in ("", *map(_, TERMS)):
        output.line(term)


def _document(found: Report) -> dict[str, Any]:
    return {
        "period": _period_document(found.period),
        "before": _period_document(found.before),
        "figures": [
            {
                "figure": figure.name,
                "kind": figure.kind.value,
                "title": _(figure.title),
                "definition": _(figure.definition),
                "rows": [
                    {
                        "part": row.part,
                        "name": part_words(figure, row.part, found),
                        "now": _value_document(row.now),
                        "before": _value_document(row.before),
                    }
                    for row in found.rows[figure.name]
                ],
            }
            for figure in FIGURES
        ],
        "terms": list(map(_, TERMS)),
    }


def _period_document(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _value_document(value: ReportValue | None) -> dict[str, Any] | None:
    """Return a value without what its figure does not have; shares have six decimals."""
    if value is None:
        return None
    given = {name: number for name, number in asdict(value).items() if number is not None}
    return {name: round(number, _DECIMALS) if isinstance(number, float) else number for name, number in given.items()}
