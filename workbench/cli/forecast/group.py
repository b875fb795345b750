"""Commands about how long it will take: forecast show and forecast backtest."""

from workbench.cli.forecast.backtest import BACKTEST
from workbench.cli.forecast.show import SHOW
from workbench.i18n import marked

GROUP = "forecast"
GROUP_HELP = marked("How long it will take; shows the forecast by default.")
ENTRIES = (SHOW, BACKTEST)
