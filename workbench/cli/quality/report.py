"""The command that reports on a period: report."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import option
from workbench.domain.quality.period import Period, parse_period
from workbench.domain.quality.report import FIGURES, TERMS, Figure, Report, ReportRow, ReportValue
from workbench.i18n import N_, _
from workbench.wording.case.report import HEADINGS, part_words, value_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECIMALS = 6


def report(
    context: CommandContext,
    period: Annotated[
        str | None,
        option("--period", N_("2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15. Default: the last month."), "P"),
    ] = None,
) -> None:
    """Report on a period beside the one before it."""
    with context.services() as services:
        wanted = services.reports.last_month() if period is None else parse_period(period)
        found = services.reports.read(wanted)
    if context.as_json:
        output.document(_document(found))
        return
    output.pairs(
        [(_("Reported period"), _period_words(found.period)), (_("Period before"), _period_words(found.before))]
    )
    for figure in FIGURES:
        _print_figure(figure, found)
    output.line()
    for term in TERMS:
        output.line(_(term))


def _period_words(period: Period) -> str:
    return f"{period.first} – {period.last}"


def _print_figure(figure: Figure, found: Report) -> None:
    rows, headings = found.rows[figure.name], list(map(_, HEADINGS[figure.kind]))
    output.line()
    output.line(_(figure.title))
    output.line(_(figure.definition))
    if not rows:
        output.line(_("none"))
        return
    before = [_("{figure} before").format(figure=heading) for heading in headings]
    cells = [[part_words(figure, row.part, found), *_cells(figure, row)] for row in rows]
    output.table(["", *headings, *before], cells, numeric=range(1, 2 * len(headings) + 1))


def _cells(figure: Figure, row: ReportRow) -> "Iterator[str]":
    for value in (row.now, row.before):
        yield from value_cells(figure.kind, value)


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
