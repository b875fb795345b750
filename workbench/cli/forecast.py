"""Commands about how long it will take: forecast show and forecast backtest."""

from workbench.cli.backtest import BACKTEST
from workbench.cli.forecast_show import SHOW
from workbench.i18n import marked

GROUP = "forecast"
GROUP_HELP = marked("How long it will take; shows the forecast by default.")
ENTRIES = (SHOW, BACKTEST)
