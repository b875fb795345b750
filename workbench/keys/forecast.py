"""The keyboard commands of the forecast screen, and the command that opens it."""

from workbench.i18n import N_
from workbench.keys.command import go_command, view_command

MORE = view_command(
    "forecast.more", "plus,f6", N_("one more reviewer"), N_("Forecast with one more reviewer."), hint=True
)
FEWER = view_command(
    "forecast.fewer", "minus,f5", N_("one fewer reviewer"), N_("Forecast with one fewer reviewer."), hint=True
)
ACTUAL_REVIEWERS = view_command(
    "forecast.as_it_is", "0", N_("as it is"), N_("Forecast with the reviewers who are at work."), hint=True
)
RELOAD = view_command("forecast.again", "n,f2", N_("refresh"), N_("Reload the queue."))
LEAVE_FORECAST = go_command("forecast.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_FORECAST = go_command(
    "go.forecast", "g f", N_("forecast"), N_("Go to the queue forecast, and try more or fewer reviewers.")
)

FORECAST_COMMANDS = (MORE, FEWER, ACTUAL_REVIEWERS, RELOAD, LEAVE_FORECAST)
