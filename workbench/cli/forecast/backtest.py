"""The command that tests the forecast on an event log: forecast backtest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import Encoding
from workbench.cli.framework.registration import Entry
from workbench.i18n import N_, _
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from workbench.domain.forecast.learning.backtest import Backtest

_KEYS = ("cases", "prefixes", "mae_days", "median_mae_days", "mean_mae_days", "coverage80", "band_days")
_DECIMALS = 6


def backtest(
    context: CommandContext,
    log: Annotated[Path, typer.Option("--log", metavar="FILE", help=N_("Event log: CSV, XES or XES.gz."))],
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help=N_("Column of the case ID. Default: detected."))
    ] = None,
    activity: Annotated[
        str | None,
        typer.Option("--activity", metavar="A", help=N_("Column of the activity. Default: detected.")),
    ] = None,
    time: Annotated[
        str | None, typer.Option("--time", metavar="T", help=N_("Column of the time. Default: detected."))
    ] = None,
    encoding: Encoding = None,
) -> None:
    """Train on the first 60 % of a log's cases and report how well the rest is forecast."""
    from workbench.services.eventlogs.backtesting import backtest_log
    from workbench.services.eventlogs.log_columns import LogColumns

    columns = LogColumns(case=case, activity=activity, time=time)
    with output.ProgressLine(_("Reading")) as reading, output.ProgressLine(_("Testing")) as testing:
        result = backtest_log(log, columns, encoding, reading, testing)
    if context.as_json:
        figures = {key: getattr(result, key) for key in _KEYS}
        output.document({key: round(value, _DECIMALS) for key, value in figures.items()})
    else:
        _print(result)


def _print(result: "Backtest") -> None:
    output.table(
        [_("Method"), _("Mean error (days)"), _("Ratio")],
        [
            [_("This forecast"), f"{result.mae_days:,.2f}", ""],
            [_("Median of the past"), f"{result.median_mae_days:,.2f}", _ratio(result, result.median_mae_days)],
            [_("Mean of the past"), f"{result.mean_mae_days:,.2f}", _ratio(result, result.mean_mae_days)],
        ],
        numeric=(1, 2),
    )
    output.line()
    output.pairs(
        [
            (_("Training cases"), count(result.learnt_cases)),
            (_("Test cases"), count(result.cases)),
            (_("Test events"), count(result.prefixes)),
            (_("Coverage of the 80% range"), f"{result.coverage80:.1%}"),
            (_("Median range width (days)"), f"{result.band_days:,.2f}"),
            (_("Uses the workload"), _("yes") if result.used_load else _("no, it did not help")),
        ]
    )


def _ratio(result: "Backtest", other_days: float) -> str:
    """Return the error of the forecast as a percentage of another error, empty if that is 0."""
    return f"{result.mae_days / other_days:.1%}" if other_days else ""


BACKTEST = Entry(
    "backtest", backtest, N_("Backtest the forecast on an event log: train on the first part, forecast the rest.")
)
