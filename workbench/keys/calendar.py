"""The keyboard commands of the calendar screen, and the command that opens it."""

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import go_command, record_command, view_command

MOVE_DAY = view_command(
    "calendar.move",
    "left,right,up,down,home,end",
    N_("move"),
    N_("Move by a day or a week, or to the first or last day of the month."),
)
TURN_YEAR = view_command("calendar.year", "pageup,pagedown", N_("change year"), N_("Go to the previous or next year."))
TODAY = view_command("calendar.today", "t,f4", N_("today"), N_("Go to today."), hint=True)
RELOAD = view_command("calendar.again", "n,f2", N_("refresh"), N_("Reload the calendar."))
DAY_OFF = record_command(
    "calendar.off",
    "o,f5",
    N_("day off"),
    N_("Make this a day off; the effect on due dates is shown first (admin)."),
    hint=True,
)
DAY_WORKED = record_command(
    "calendar.work",
    "w,f6",
    N_("working day"),
    N_("Make this a working day with the usual hours; the effect on due dates is shown first (admin)."),
)
DAY_HOURS = record_command(
    "calendar.hours",
    "h,f7",
    N_("half day"),
    N_("Give this day its own hours, such as a half day; the effect on due dates is shown first (admin)."),
    hint=True,
)
DAY_PUBLISHED = record_command(
    "calendar.published",
    "u,f3",
    N_("as published"),
    N_("Undo what was set by hand for this day; the effect on due dates is shown first (admin)."),
    hint=True,
)
_FORCE_MAJEURE = N_("typhoon, flood, force majeure, suspend, resume")
SUSPEND = record_command(
    "calendar.suspend",
    "s,f8",
    N_("suspend"),
    N_("Suspend all clocks from this day; the cases and letters are shown first (supervisor)."),
    hint=True,
    action=Action.SUSPEND,
    search=_FORCE_MAJEURE,
)
RESUME = record_command(
    "calendar.resume",
    "e,f9",
    N_("resume"),
    N_("End the suspension of this day; the cases and letters are shown first (supervisor)."),
    hint=True,
    action=Action.RESUME,
    search=_FORCE_MAJEURE,
)
LEAVE_CALENDAR = go_command("calendar.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_CALENDAR = go_command(
    "go.calendar",
    "g k",
    N_("calendar"),
    N_("Go to the working calendar: holidays, make-up days, days set by hand, suspensions."),
    search=_FORCE_MAJEURE,
)

CALENDAR_COMMANDS = (
    *(DAY_OFF, DAY_WORKED, DAY_HOURS, DAY_PUBLISHED, SUSPEND, RESUME),
    *(MOVE_DAY, TURN_YEAR, TODAY, RELOAD, LEAVE_CALENDAR),
)
