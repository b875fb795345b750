"""The command group `forecast`: show and backtest."""

from workbench.cli.forecast.backtest import BACKTEST
from workbench.cli.forecast.show import SHOW
from workbench.i18n import marked

GROUP = "forecast"
GROUP_HELP = marked("Forecast how long reviews will take. Default: show the forecast.")
ENTRIES = (SHOW, BACKTEST)
