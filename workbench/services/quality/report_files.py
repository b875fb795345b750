"""Writes a report to files: a workbook with charts, and a page to read and print."""

from itertools import accumulate
from pathlib import Path
from typing import Any

from workbench.domain.quality.report import TERMS, FigureKind, Report
from workbench.i18n import _, current_language, with_details
from workbench.services.foundation.safe_files import new_workbook
from workbench.services.notices.rendering import letter_environment
from workbench.wording.case.report import FigureTable, figure_tables, period_words

_HEADING_ROW = 5
"""The row of the headings in a sheet, from 0."""

_A4 = 9

_WIDTHS = (30, 14, 90)
"""The widths of the columns of names, figures and terms, in characters."""


_FORMATS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "align": "right", "text_wrap": True},
    "text": {"text_wrap": True, "valign": "top"},
    "side": {"align": "right"},
    "ratio": {"num_format": "0.0%"},
    "number": {"num_format": "#,##0"},
}

_RATIOS = frozenset({FigureKind.SHARE, FigureKind.PARETO, FigureKind.SECONDS})
"""The kinds of figures whose first column is a share of the whole: of SECONDS, of the whole time."""


def write_page(report: Report, path: Path) -> None:
    """Write a report as one HTML page that needs nothing from elsewhere and prints on A4."""
    page = {
        "language": {"zh": "zh-CN"}.get(current_language(), "en"),
        "title": _("Report {period}").format(period=period_words(report.period)),
        "before": with_details(_("Period before"), period_words(report.before)),
        "nothing": _("none"),
        "terms": list(map(_, TERMS)),
        "tables": list(figure_tables(report)),
    }
    html = letter_environment(is_html=True).get_template("report.html.jinja").render(page)
    path.write_text(html + "\n", encoding="utf-8")


def write_workbook(report: Report, path: Path) -> None:
    """Write a report as a workbook: a sheet for each figure, with a chart if it has rows, and one with the terms."""
    with new_workbook(path) as book:
        formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        for number, table in enumerate(figure_tables(report), start=1):
            _add_figure(book, f"{number} {table.title}"[:31], table, formats, period_words(report.period))
        sheet = book.add_worksheet(_("Terms"))
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_column(0, 0, _WIDTHS[2], formats["text"])
        for row, term in enumerate(map(_, TERMS)):
            sheet.write_string(row, 0, term, formats["text"])


def _add_figure(book: Any, name: str, table: FigureTable, formats: dict[str, Any], period: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, _WIDTHS[0])
    sheet.set_column(1, len(table.headings) + 1, _WIDTHS[1])
    sheet.write_string(0, 0, table.title, formats["title"])
    sheet.write_string(1, 0, period)
    # A merged cell does not grow with its text: about 100 characters fit in a line across nine columns.
    sheet.set_row(2, 15 * (1 + len(table.definition) // 100))
    sheet.merge_range(2, 0, 2, 8, table.definition, formats["text"])
    is_pareto = table.figure.kind is FigureKind.PARETO
    for column, heading in enumerate((*table.headings, *([_("cumulative")] if is_pareto else [])), start=1):
        sheet.write_string(_HEADING_ROW, column, heading, formats["head"])
    sums = accumulate(row.numbers[0] or 0.0 for row in table.rows)
    for line, (row, so_far) in enumerate(zip(table.rows, sums, strict=True), start=_HEADING_ROW + 1):
        sheet.write_string(line, 0, row.name)
        for column, (cell, value) in enumerate(zip(row.cells, row.numbers, strict=True), start=1):
            if value is None:
                sheet.write_string(line, column, cell, formats["side"])
            else:
                sheet.write_number(line, column, value, formats["ratio" if cell.endswith("%") else "number"])
        if is_pareto:
            sheet.write_number(line, len(row.cells) + 1, so_far, formats["ratio"])
    if table.rows:
        _add_chart(book, sheet, table, is_pareto=is_pareto)


def _add_chart(book: Any, sheet: Any, table: FigureTable, *, is_pareto: bool) -> None:
    """Add a chart of the first column of both periods, or of the shares and their sums so far."""
    name, last, columns = sheet.get_name(), _HEADING_ROW + len(table.rows), len(table.headings)
    chart = book.add_chart({"type": "column"})
    # The second half of the columns is about the period before.
    for column in (1,) if is_pareto else (1, columns // 2 + 1):
        chart.add_series(_series(name, column, last))
    if is_pareto:
        line = book.add_chart({"type": "line"})
        line.add_series(_series(name, columns + 1, last))
        chart.combine(line)
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    if table.figure.kind in _RATIOS:
        chart.set_y_axis({"min": 0, "max": 1, "num_format": "0%"})
    sheet.insert_chart(last + 2, 0, chart, {"x_scale": 2, "y_scale": 1.4})


def _series(sheet: str, column: int, last: int) -> dict[str, Any]:
    first = _HEADING_ROW + 1
    return {
        "name": [sheet, _HEADING_ROW, column],
        "categories": [sheet, first, 0, last, 0],
        "values": [sheet, first, column, last, column],
    }
