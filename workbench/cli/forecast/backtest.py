"""The command that tests the forecast on an event log: forecast backtest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import EncodingOption
from workbench.cli.framework.parameters import option
from workbench.i18n import N_, _
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from workbench.domain.forecast.learning.backtest import BacktestResult

_ERROR_KEYS = ("cases", "prefixes", "mae_days", "median_mae_days", "mean_mae_days", "activity_mae_days")
_RANGE_KEYS = ("coverage80", "band_days")
_DECIMALS = 6


def backtest(
    context: CommandContext,
    log: Annotated[Path, option("--log", N_("Event log: CSV, XES or XES.gz."), "FILE")],
    case: Annotated[str | None, option("--case", N_("Column of the case ID. Default: detected."), "C")] = None,
    activity: Annotated[str | None, option("--activity", N_("Column of the activity. Default: detected."), "A")] = None,
    time: Annotated[str | None, option("--time", N_("Column of the time. Default: detected."), "T")] = None,
    share: Annotated[
        Literal["0.5", "0.6", "0.75"], option("--split", N_("Share of the cases to train on: 0.5, 0.6 or 0.75."), "S")
    ] = "0.6",
    encoding: EncodingOption = None,
) -> None:
    """Train on the first part of a log's cases and report how well the rest is forecast."""
    from workbench.services.files.eventlogs.log_columns import LogColumns
    from workbench.services.files.eventlogs.reading import backtest_log

    columns = LogColumns(case=case, activity=activity, time=time)
    with output.ProgressLine(_("Reading")) as reading, output.ProgressLine(_("Testing")) as testing:
        result = backtest_log(log, columns, encoding, (reading, testing), percent=round(100 * float(share)))
    if context.as_json:
        errors = {key: round(getattr(result, key), _DECIMALS) for key in _ERROR_KEYS}
        ranges = {key: round(getattr(result, key), _DECIMALS) for key in _RANGE_KEYS}
        output.document({**errors, "method": _method_sentence(result), **ranges})
    else:
        _print(result)


def _print(result: "BacktestResult") -> None:
    other_methods = {
        _("Median of the past"): result.median_mae_days,
        _("Mean of the past"): result.mean_mae_days,
        _("Median of the past, per activity"): result.activity_mae_days,
    }
    rows = [[_("This forecast"), f"{result.mae_days:,.2f}", ""]]
    rows += [[name, f"{days:,.2f}", _ratio(result, days)] for name, days in other_methods.items()]
    output.table([_("Method"), _("Mean error (days)"), _("Ratio")], rows, numeric=(1, 2))
    output.line()
    output.pairs(
        [
            (_("Training cases"), commas(result.learnt_cases)),
            (_("Test cases"), commas(result.cases)),
            (_("Test events"), commas(result.prefixes)),
            (_("Coverage of the 80% range"), f"{result.coverage80:.1%}"),
            (_("Median range width (days)"), f"{result.band_days:,.2f}"),
            (_("Method"), _method_sentence(result)),
        ]
    )


def _method_sentence(result: "BacktestResult") -> str:
    """Say what the forecast is a mixture of."""
    return _(
        "Mixture: past times per activity ({table}), and a quantile forest with the open cases completed ({forest})."
    ).format(table=f"{1 - result.forest_share:.0%}", forest=f"{result.forest_share:.0%}")


def _ratio(result: "BacktestResult", other_days: float) -> str:
    """Return the error of the forecast as a percentage of another error, empty if that is 0."""
    return f"{result.mae_days / other_days:.1%}" if other_days else ""
