"""The keyboard commands of the queue screen, and the commands that open it: queue, mine and pending."""

from workbench.i18n import N_
from workbench.keys.command import CASE_GROUP, GO_GROUP, VIEW_GROUP, Command

OPEN_CASE = Command(
    "queue.open",
    ("enter",),
    N_("open"),
    N_("Open the case read-only; a case you hold opens on the desk."),
    CASE_GROUP,
    hint=True,
)
FILTER = Command(
    "queue.filter",
    ("slash", "f4"),
    N_("filter"),
    N_("Filter or search by words, state:, due<, who: and more; Enter applies, an empty line clears."),
    VIEW_GROUP,
    hint=True,
)
MARK_ROW = Command(
    "queue.mark",
    ("space",),
    N_("mark"),
    N_("Mark or unmark the case under the cursor and move down."),
    CASE_GROUP,
    hint=True,
)
MARK_RANGE = Command(
    "queue.range",
    ("v",),
    N_("range"),
    N_("Start a range at the cursor; press again to mark all cases from there to here."),
    CASE_GROUP,
)
MARK_ALL = Command(
    "queue.all",
    ("V",),
    N_("mark all"),
    N_("Mark every case that matches the filter, up to a limit."),
    CASE_GROUP,
)
ASSIGN = Command(
    "queue.assign",
    ("a",),
    N_("assign"),
    N_("Assign the marked cases, or the one under the cursor, to a person."),
    CASE_GROUP,
    hint=True,
)
RELOAD = Command(
    "queue.again",
    ("n", "f2"),
    N_("refresh"),
    N_("Reload the list; the cursor stays on its case."),
    VIEW_GROUP,
)
LEAVE_QUEUE = Command(
    "queue.desk",
    ("escape",),
    N_("desk"),
    N_("Leave the filter line, the range or the marks; from the list, go back to the desk."),
    GO_GROUP,
    hint=True,
)
MOVE = Command(
    "queue.move",
    ("up", "down", "pageup", "pagedown", "home", "end"),
    N_("move"),
    N_("Move the cursor by a row or a page, or to the first or last row."),
    VIEW_GROUP,
)
GO_QUEUE = Command(
    "go.queue",
    ("g q",),
    N_("queue"),
    N_("Go to the queue: every case in a list."),
    GO_GROUP,
)
GO_MINE = Command(
    "go.mine",
    ("g m",),
    N_("mine"),
    N_("Go to the cases you hold or that are assigned to you."),
    GO_GROUP,
)
GO_PENDING = Command(
    "go.pending",
    ("g p",),
    N_("pending"),
    N_("Go to the pending cases."),
    GO_GROUP,
)
GO_REOPEN = Command(
    "go.reopen",
    ("g o",),
    N_("to open again"),
    N_("Go to the cases with block findings that are newer than their verdicts."),
    GO_GROUP,
)

QUEUE_COMMANDS: tuple[Command, ...] = (
    *(OPEN_CASE, MARK_ROW, ASSIGN, FILTER, MARK_RANGE, MARK_ALL, RELOAD, MOVE),
    LEAVE_QUEUE,
)
