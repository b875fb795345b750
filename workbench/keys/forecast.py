"""The keyboard commands of the forecast screen, and the command that opens it."""

from workbench.i18n import marked
from workbench.keys.command import GO_GROUP, VIEW_GROUP, Command

MORE = Command(
    "forecast.more",
    ("plus", "f6"),
    marked("one more reviewer"),
    marked("Forecast with one more reviewer."),
    VIEW_GROUP,
    hint=True,
)
FEWER = Command(
    "forecast.fewer",
    ("minus", "f5"),
    marked("one fewer reviewer"),
    marked("Forecast with one fewer reviewer."),
    VIEW_GROUP,
    hint=True,
)
ACTUAL_REVIEWERS = Command(
    "forecast.as_it_is",
    ("0",),
    marked("as it is"),
    marked("Forecast with the reviewers who are at work."),
    VIEW_GROUP,
    hint=True,
)
RELOAD = Command(
    "forecast.again",
    ("n", "f2"),
    marked("refresh"),
    marked("Reload the queue."),
    VIEW_GROUP,
)
LEAVE_FORECAST = Command(
    "forecast.desk",
    ("escape",),
    marked("desk"),
    marked("Go back to the desk."),
    GO_GROUP,
    hint=True,
)
GO_FORECAST = Command(
    "go.forecast",
    ("g f",),
    marked("forecast"),
    marked("Go to the queue forecast, and try more or fewer reviewers."),
    GO_GROUP,
)

FORECAST_COMMANDS: tuple[Command, ...] = (MORE, FEWER, ACTUAL_REVIEWERS, RELOAD, LEAVE_FORECAST)
