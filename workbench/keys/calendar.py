"""The keyboard commands of the calendar screen, and the command that opens it."""

from workbench.i18n import N_
from workbench.keys.command import GO_GROUP, RECORD_GROUP, VIEW_GROUP, Command

MOVE_DAY = Command(
    "calendar.move",
    ("left", "right", "up", "down", "home", "end"),
    N_("move"),
    N_("Move by a day or a week, or to the first or last day of the month."),
    VIEW_GROUP,
)
TURN_YEAR = Command(
    "calendar.year",
    ("pageup", "pagedown"),
    N_("change year"),
    N_("Go to the previous or next year."),
    VIEW_GROUP,
)
TODAY = Command(
    "calendar.today",
    ("t", "f4"),
    N_("today"),
    N_("Go to today."),
    VIEW_GROUP,
    hint=True,
)
RELOAD = Command(
    "calendar.again",
    ("n", "f2"),
    N_("refresh"),
    N_("Reload the calendar."),
    VIEW_GROUP,
)
DAY_OFF = Command(
    "calendar.off",
    ("o", "f5"),
    N_("day off"),
    N_("Make this a day off; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
DAY_WORKED = Command(
    "calendar.work",
    ("w", "f6"),
    N_("working day"),
    N_("Make this a working day with the usual hours; the effect on due dates is shown first."),
    RECORD_GROUP,
)
DAY_HOURS = Command(
    "calendar.hours",
    ("h", "f7"),
    N_("half day"),
    N_("Give this day its own hours, such as a half day; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
DAY_PUBLISHED = Command(
    "calendar.published",
    ("u", "f3"),
    N_("as published"),
    N_("Undo what was set by hand for this day; the effect on due dates is shown first."),
    RECORD_GROUP,
    hint=True,
)
LEAVE_CALENDAR = Command(
    "calendar.desk",
    ("escape",),
    N_("desk"),
    N_("Go back to the desk."),
    GO_GROUP,
    hint=True,
)
GO_CALENDAR = Command(
    "go.calendar",
    ("g k",),
    N_("calendar"),
    N_("Go to the working calendar: holidays, make-up days, days set by hand."),
    GO_GROUP,
)

CALENDAR_COMMANDS: tuple[Command, ...] = (
    *(DAY_OFF, DAY_WORKED, DAY_HOURS, DAY_PUBLISHED),
    *(MOVE_DAY, TURN_YEAR, TODAY, RELOAD, LEAVE_CALENDAR),
)
