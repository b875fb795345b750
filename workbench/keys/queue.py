"""The keyboard commands of the queue screen, and the commands that open it: queue, mine and pending."""

from workbench.domain.case.lifecycle import PERMISSIONS, Action
from workbench.domain.case.vocabulary import ExportKind
from workbench.domain.exporting.roles import EXPORT_ROLES
from workbench.i18n import N_
from workbench.keys.command import CASE_GROUP, act_command, case_command, go_command, view_command

OPEN_CASE = case_command(
    "queue.open", "enter", N_("open"), N_("Open the case read-only; a case you hold opens on the desk."), hint=True
)
FILTER = view_command(
    "queue.filter",
    "slash,f4",
    N_("filter"),
    N_("Filter or search by words, state:, due<, who: and more; Enter applies, an empty line clears."),
    hint=True,
)
SCOPE = view_command(
    "queue.scope",
    "S",
    N_("desk scope"),
    N_("Make this filter the scope of the desk: {desk.next} then takes only its cases. Press again to end the scope."),
    action=Action.NEXT,
)
ORDER = view_command(
    "queue.order",
    "o",
    N_("order"),
    N_("Choose the order of the list, such as by due date or applicant; it is remembered for this list."),
)
COLUMNS = view_command(
    "queue.columns", "O", N_("columns"), N_("Choose the columns of the list; they are remembered for this list.")
)
COUNT = view_command(
    "queue.count",
    "number_sign",
    N_("counts"),
    N_("Count the cases of the list by reason, finding, agent, day and more; Enter narrows the filter to one value."),
)
EXPORT = view_command(
    "queue.export",
    "e",
    N_("export"),
    N_("Export the list to a file, with its filter, order and columns, masked (supervisor, admin)."),
    roles=EXPORT_ROLES[ExportKind.QUEUE],
)
VIEW = view_command(
    "queue.view",
    "1,2,3,4,5,6,7,8,9",
    N_("saved view"),
    N_("Show the saved view of this number: its filter, order and columns."),
)
USUAL_VIEW = view_command(
    "queue.usual",
    "0",
    N_("usual list"),
    N_("Show this list as usual: its own filter, with the order and columns kept."),
)
SAVE_VIEW = view_command(
    "queue.save_view",
    "s",
    N_("save view"),
    N_("Save the filter, order and columns of this list as a view, under a name and one of the keys 1 to 9."),
)
MARK_ROW = case_command(
    "queue.mark",
    "space",
    N_("mark"),
    N_("Mark or unmark the case under the cursor; the acts of the list then apply to the marked cases (supervisor)."),
    hint=True,
    action=Action.ASSIGN,
)
MARK_RANGE = case_command(
    "queue.range",
    "v",
    N_("range"),
    N_("Start a range at the cursor; press again to mark all cases from there to here (supervisor)."),
    action=Action.ASSIGN,
)
MARK_ALL = case_command(
    "queue.all",
    "V",
    N_("mark all"),
    N_("Mark every case that matches the filter, up to a limit (supervisor)."),
    action=Action.ASSIGN,
)
ASSIGN = act_command(
    *(CASE_GROUP, Action.ASSIGN, "queue"), hint=True, help=N_("Assign the marked cases to a person (supervisor).")
)
UNDO_MOVE = view_command(
    "queue.undo",
    "u,f3",
    N_("undo move"),
    N_("Undo your last move of cases within a minute; cases that somebody touched since stay (supervisor)."),
    roles=PERMISSIONS[Action.ASSIGN].roles,
)
PRIORITY = act_command(
    *(CASE_GROUP, Action.PRIORITY, "queue"), help=N_("Change the priority of the marked cases (supervisor).")
)
CLASS = act_command(
    CASE_GROUP,
    Action.CLASS,
    "queue",
    help=N_("Change the service class of the marked cases; applicants are notified of later due dates (supervisor)."),
)
TAKE = act_command(CASE_GROUP, Action.TAKE, "queue")
REOPEN = act_command(CASE_GROUP, Action.REOPEN, "queue", hint=True, first=True)
RELOAD = view_command("queue.again", "n,f2", N_("refresh"), N_("Reload the list; the cursor stays on its case."))
LEAVE_QUEUE = go_command(
    "queue.desk",
    "escape",
    N_("desk"),
    N_("Close the filter line, end the range or clear the marks; otherwise go back to the desk, or to the board."),
    hint=True,
)
MOVE = view_command(
    "queue.move",
    "up,down,pageup,pagedown,home,end",
    N_("move"),
    N_("Move the cursor by a row or a page, or to the first or last row."),
)
GO_QUEUE = go_command("go.queue", "g q", N_("queue"), N_("Go to the queue: every case in a list."))
GO_MINE = go_command("go.mine", "g m", N_("mine"), N_("Go to the cases you hold or that are assigned to you."))
GO_PENDING = go_command("go.pending", "g p", N_("pending"), N_("Go to the pending cases."))
GO_REOPEN = go_command(
    "go.reopen",
    "g o",
    N_("to open again"),
    N_("Go to the cases with block findings that are newer than their verdicts."),
)

QUEUE_COMMANDS = (
    *(OPEN_CASE, TAKE, MARK_ROW, ASSIGN, UNDO_MOVE, PRIORITY, CLASS, REOPEN),
    *(FILTER, SCOPE, ORDER, COLUMNS, COUNT, EXPORT, VIEW, USUAL_VIEW, SAVE_VIEW),
    *(MARK_RANGE, MARK_ALL, RELOAD, MOVE, LEAVE_QUEUE),
)
