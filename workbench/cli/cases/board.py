"""The command that prints the board: board."""

from datetime import UTC
from typing import Any

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import to_json
from workbench.domain.filter.figures import OFFICE_FIGURES, PERSON_FIGURES, Board
from workbench.i18n import _
from workbench.wording.amounts import away_words, commas


def board(context: CommandContext) -> None:
    """Print the figures of the office, of each person, and of the last 30 working days."""
    with context.services() as services:
        figures, clearing = services.boards.read(), services.boards.clearing()
    days_to_clear = None if clearing is None else round(clearing.p50_days, 1)
    if context.as_json:
        output.document(_document(figures, days_to_clear))
        return
    office = [(_(figure.label), commas(figures.counts[figure.name])) for figure in OFFICE_FIGURES]
    if days_to_clear is not None:
        office.append((_("working days to clear the queue"), f"{days_to_clear:g}"))
    output.pairs(office)
    output.line("")
    headings = [_("Login"), *(_(figure.label) for figure in PERSON_FIGURES), _("minutes"), _("away")]
    rows = [
        [
            _("nobody") if row.is_nobody else row.login,
            *(commas(row.counts[figure.name]) for figure in PERSON_FIGURES),
            "" if row.median_minutes is None else f"{row.median_minutes:.0f}",
            away_words(is_away=row.is_away, until=row.away_until, today=figures.days[-1].on),
        ]
        for row in figures.people
    ]
    output.table(headings, rows, numeric=range(1, len(headings) - 1))


def _document(figures: Board, days_to_clear: float | None) -> dict[str, Any]:
    return {
        "figures": [
            {"name": figure.name, "filter": figure.filter, "count": figures.counts[figure.name]}
            for figure in OFFICE_FIGURES
        ],
        "people": [
            {
                "login": row.login,
                **row.counts,
                "median_minutes": row.median_minutes,
                "away": row.is_away,
                "away_until": to_json(row.away_until, UTC),
            }
            for row in figures.people
        ],
        "days": [
            {"date": to_json(day.on, UTC), "arrived": day.arrived, "decided": day.decided} for day in figures.days
        ],
        "ages": [{"days": days, "cases": cases} for days, cases in enumerate(figures.ages)],
        "days_to_clear": days_to_clear,
    }
