"""The commands of the queue and of the lists that are saved filters of it."""

from workbench.i18n import marked
from workbench.keys.command import CASE_GROUP, GO_GROUP, LOOK_GROUP, Command

OPEN_CASE = Command(
    "queue.open",
    ("enter",),
    marked("open"),
    marked("Open the case to read; one that you hold opens on the desk."),
    CASE_GROUP,
    "queue",
    hint=True,
)
FILTER = Command(
    "queue.filter",
    ("slash",),
    marked("filter"),
    marked("Filter or search: by words, state:, due<, who: and more; Enter applies, an empty line clears."),
    LOOK_GROUP,
    "queue",
    twin="f4",
    hint=True,
)
MARK_ROW = Command(
    "queue.mark",
    ("space",),
    marked("mark"),
    marked("Mark or unmark the case under the cursor, and go on."),
    CASE_GROUP,
    "queue",
    hint=True,
)
MARK_RANGE = Command(
    "queue.range",
    ("v",),
    marked("range"),
    marked("Begin a range at the cursor; pressed again it marks all from there to here."),
    CASE_GROUP,
    "queue",
)
MARK_ALL = Command(
    "queue.all",
    ("V",),
    marked("mark all"),
    marked("Mark every case of the filter, up to a limit."),
    CASE_GROUP,
    "queue",
)
ASSIGN = Command(
    "queue.assign",
    ("a",),
    marked("assign"),
    marked("Give the marked cases, or the one under the cursor, to a person."),
    CASE_GROUP,
    "queue",
    hint=True,
)
LOOK_AGAIN = Command(
    "queue.again",
    ("n",),
    marked("look again"),
    marked("Read the list again; the cursor stays on its case."),
    LOOK_GROUP,
    "queue",
    twin="f2",
)
TO_DESK = Command(
    "queue.desk",
    ("escape",),
    marked("desk"),
    marked("Go back to the desk; out of a filter line, a range or marks first back to the list."),
    GO_GROUP,
    "queue",
    hint=True,
)
MOVE = Command(
    "queue.move",
    ("up", "down", "pageup", "pagedown", "home", "end"),
    marked("move"),
    marked("Move the cursor by a row, by a page, to the first or to the last."),
    LOOK_GROUP,
    "queue",
)
GO_QUEUE = Command(
    "go.queue",
    ("g q",),
    marked("queue"),
    marked("Go to the queue: every case in a list."),
    GO_GROUP,
    "everywhere",
)
GO_MINE = Command(
    "go.mine",
    ("g m",),
    marked("mine"),
    marked("Go to the cases that you hold or that are assigned to you."),
    GO_GROUP,
    "everywhere",
)
GO_PENDING = Command(
    "go.pending",
    ("g p",),
    marked("pending"),
    marked("Go to the cases that wait for somebody."),
    GO_GROUP,
    "everywhere",
)

QUEUE_COMMANDS: tuple[Command, ...] = (
    *(OPEN_CASE, MARK_ROW, ASSIGN, FILTER, MARK_RANGE, MARK_ALL, LOOK_AGAIN, MOVE),
    TO_DESK,
)
