"""Commands about how long it will take: forecast backtest."""

from workbench.cli.backtest import BACKTEST
from workbench.i18n import marked

GROUP = "forecast"
GROUP_HELP = marked("How long it will take.")
ENTRIES = (BACKTEST,)
