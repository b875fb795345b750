"""The commands of the forecast screen, and the way to it."""

from workbench.i18n import marked
from workbench.keys.command import GO_GROUP, LOOK_GROUP, Command

MORE = Command(
    "forecast.more",
    ("plus",),
    marked("one reviewer more"),
    marked("Count as if one reviewer more decided."),
    LOOK_GROUP,
    "forecast",
    twin="f6",
    hint=True,
)
FEWER = Command(
    "forecast.fewer",
    ("minus",),
    marked("one reviewer fewer"),
    marked("Count as if one reviewer fewer decided."),
    LOOK_GROUP,
    "forecast",
    twin="f5",
    hint=True,
)
AS_IT_IS = Command(
    "forecast.as_it_is",
    ("0",),
    marked("as it is"),
    marked("Count with the reviewers who are there."),
    LOOK_GROUP,
    "forecast",
    hint=True,
)
LOOK_AGAIN = Command(
    "forecast.again",
    ("n",),
    marked("look again"),
    marked("Read the queue again."),
    LOOK_GROUP,
    "forecast",
    twin="f2",
)
LEAVE_FORECAST = Command(
    "forecast.desk",
    ("escape",),
    marked("desk"),
    marked("Go back to the desk."),
    GO_GROUP,
    "forecast",
    hint=True,
)
GO_FORECAST = Command(
    "go.forecast",
    ("g f",),
    marked("forecast"),
    marked("Go to the forecast of the queue, and ask what if more or fewer reviewers decided."),
    GO_GROUP,
    "everywhere",
)

FORECAST_COMMANDS: tuple[Command, ...] = (MORE, FEWER, AS_IT_IS, LOOK_AGAIN, LEAVE_FORECAST)
