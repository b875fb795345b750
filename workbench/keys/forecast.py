"""The keyboard commands of the forecast screen, and the command that opens it."""

from workbench.i18n import N_
from workbench.keys.command import GO_GROUP, VIEW_GROUP, Command

MORE = Command(
    "forecast.more",
    ("plus", "f6"),
    N_("one more reviewer"),
    N_("Forecast with one more reviewer."),
    VIEW_GROUP,
    hint=True,
)
FEWER = Command(
    "forecast.fewer",
    ("minus", "f5"),
    N_("one fewer reviewer"),
    N_("Forecast with one fewer reviewer."),
    VIEW_GROUP,
    hint=True,
)
ACTUAL_REVIEWERS = Command(
    "forecast.as_it_is",
    ("0",),
    N_("as it is"),
    N_("Forecast with the reviewers who are at work."),
    VIEW_GROUP,
    hint=True,
)
RELOAD = Command(
    "forecast.again",
    ("n", "f2"),
    N_("refresh"),
    N_("Reload the queue."),
    VIEW_GROUP,
)
LEAVE_FORECAST = Command(
    "forecast.desk",
    ("escape",),
    N_("desk"),
    N_("Go back to the desk."),
    GO_GROUP,
    hint=True,
)
GO_FORECAST = Command(
    "go.forecast",
    ("g f",),
    N_("forecast"),
    N_("Go to the queue forecast, and try more or fewer reviewers."),
    GO_GROUP,
)

FORECAST_COMMANDS: tuple[Command, ...] = (MORE, FEWER, ACTUAL_REVIEWERS, RELOAD, LEAVE_FORECAST)
