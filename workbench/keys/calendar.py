"""The keyboard commands of the calendar screen, and the command that opens it."""

from workbench.i18n import marked
from workbench.keys.command import GO_GROUP, RECORD_GROUP, VIEW_GROUP, Command

MOVE_DAY = Command(
    "calendar.move",
    ("left", "right", "up", "down", "home", "end"),
    marked("move"),
    marked("Move by a day or a week, or to the first or last day of the month."),
    VIEW_GROUP,
)
TURN_YEAR = Command(
    "calendar.year",
    ("pageup", "pagedown"),
    marked("change year"),
    marked("Go to the previous or next year."),
    VIEW_GROUP,
)
TODAY = Command(
    "calendar.today",
    ("t", "f4"),
    marked("today"),
    marked("Go to today."),
    VIEW_GROUP,
    hint=True,
)
RELOAD = Command(
    "calendar.again",
    ("n", "f2"),
    marked("refresh"),
    marked("Reload the calendar."),
    VIEW_GROUP,
)
DAY_OFF = Command(
    "calendar.off",
    ("o", "f5"),
    marked("day off"),
    marked("Make this a day off; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
DAY_WORKED = Command(
    "calendar.work",
    ("w", "f6"),
    marked("working day"),
    marked("Make this a working day with the usual hours; the effect on due dates is shown first."),
    RECORD_GROUP,
)
DAY_HOURS = Command(
    "calendar.hours",
    ("h", "f7"),
    marked("half day"),
    marked("Give this day its own hours, such as a half day; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
DAY_PUBLISHED = Command(
    "calendar.published",
    ("u", "f3"),
    marked("as published"),
    marked("Undo what was set by hand for this day; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
LEAVE_CALENDAR = Command(
    "calendar.desk",
    ("escape",),
    marked("desk"),
    marked("Go back to the desk."),
    GO_GROUP,
    hint=True,
)
GO_CALENDAR = Command(
    "go.calendar",
    ("g k",),
    marked("calendar"),
    marked("Go to the working calendar: holidays, make-up days, days set by hand."),
    GO_GROUP,
)

CALENDAR_COMMANDS: tuple[Command, ...] = (
    *(DAY_OFF, DAY_WORKED, DAY_HOURS, DAY_PUBLISHED),
    *(MOVE_DAY, TURN_YEAR, TODAY, RELOAD, LEAVE_CALENDAR),
)
