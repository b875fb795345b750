"""The command that tests the forecast on an event log: forecast backtest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag
from workbench.cli.framework.registration import Entry
from workbench.i18n import _, marked
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from workbench.domain.forecast.learning.backtest import Backtest

_KEYS = ("cases", "prefixes", "mae_days", "median_mae_days", "mean_mae_days", "coverage80", "band_days")
_DECIMALS = 6


def backtest(
    _run: CommandContext,
    log: Annotated[Path, typer.Option("--log", metavar="FILE", help=marked("The event log: CSV, XES or XES.gz."))],
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help=marked("The column of the case, if it is not guessed."))
    ] = None,
    activity: Annotated[
        str | None,
        typer.Option("--activity", metavar="A", help=marked("The column of the activity, if it is not guessed.")),
    ] = None,
    time: Annotated[
        str | None, typer.Option("--time", metavar="T", help=marked("The column of the time, if it is not guessed."))
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="E", help=marked("The encoding of text files, if it is not found out.")),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Learn from the first 60 % of a log's cases, and tell how well the rest would have been forecast."""
    from workbench.services.eventlogs.backtesting import LogToTest, backtest_log
    from workbench.services.eventlogs.names import LogColumns

    columns = LogColumns(case=case, activity=activity, time=time)
    reading, testing = output.ProgressLine(_("Reading")), output.ProgressLine(_("Testing"))
    try:
        result = backtest_log(LogToTest(path=log, columns=columns, encoding=encoding), reading, testing)
    finally:
        reading.clear()
        testing.clear()
    if as_json:
        figures = {key: getattr(result, key) for key in _KEYS}
        output.document(
            {key: round(value, _DECIMALS) if isinstance(value, float) else value for key, value in figures.items()}
        )
    else:
        _print(result)


def _print(result: "Backtest") -> None:
    output.table(
        [_("Method"), _("Mean error in days"), _("Ratio")],
        [
            [_("This forecast"), f"{result.mae_days:,.2f}", ""],
            [_("Median of the past"), f"{result.median_mae_days:,.2f}", _ratio(result, result.median_mae_days)],
            [_("Mean of the past"), f"{result.mean_mae_days:,.2f}", _ratio(result, result.mean_mae_days)],
        ],
        figures=(1, 2),
    )
    output.line()
    output.pairs(
        [
            (_("Cases learnt from"), count(result.learnt_cases)),
            (_("Cases tested"), count(result.cases)),
            (_("Events tested"), count(result.prefixes)),
            (_("Inside the range (80%)"), f"{result.coverage80:.1%}"),
            (_("Median width of the range in days"), f"{result.band_days:,.2f}"),
            (_("Leans on the load"), _("yes") if result.used_load else _("no, it did not help")),
        ]
    )


def _ratio(result: "Backtest", other_days: float) -> str:
    """Return the error of the forecast in relation to that of another, nothing if that is 0."""
    return f"{result.mae_days / other_days:.1%}" if other_days else ""


BACKTEST = Entry(
    "backtest", backtest, marked("Test the forecast on an event log: learn from its first part, forecast the rest.")
)
