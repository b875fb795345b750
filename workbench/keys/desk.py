"""The keyboard commands of the desk."""

from workbench.i18n import marked
from workbench.keys.command import CASE_GROUP, RECORD_GROUP, VERDICT_GROUP, VIEW_GROUP, Command

NEXT = Command(
    "desk.next",
    ("n", "f2"),
    marked("next"),
    marked("Take the next case, or return to the one you hold."),
    CASE_GROUP,
    hint=True,
)
UNDO = Command(
    "desk.undo",
    ("u", "f3"),
    marked("undo"),
    marked("Undo your last verdict, until its notice goes out."),
    CASE_GROUP,
    hint=True,
)
PASS = Command(
    "desk.pass",
    ("p", "f5"),
    marked("pass"),
    marked("Pass the case; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
FAIL = Command(
    "desk.fail",
    ("f", "f6"),
    marked("fail"),
    marked("Fail the case, with reasons; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
PEND = Command(
    "desk.pend",
    ("w", "f7"),
    marked("pending"),
    marked("Set the case to pending until a date; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
RECTIFY = Command(
    "desk.rectify",
    ("r",),
    marked("rectify"),
    marked("Fail the case but allow rectification, starting with the items."),
    VERDICT_GROUP,
    danger=True,
)
ASIDE = Command(
    "desk.aside",
    ("h", "f9"),
    marked("put aside"),
    marked("Keep the case for later and free the desk for another one."),
    CASE_GROUP,
    hint=True,
)
SKIP = Command(
    "desk.skip",
    ("s",),
    marked("skip"),
    marked("Leave the case to others; asks for a reason."),
    CASE_GROUP,
)
RELEASE = Command("desk.release", ("b",), marked("release"), marked("Return the case to the queue."), CASE_GROUP)
COMMENT = Command(
    "desk.comment",
    ("c",),
    marked("comment"),
    marked("Add a comment for colleagues; the applicant never sees it."),
    RECORD_GROUP,
)
CHECKLIST = Command(
    "desk.checklist",
    ("l",),
    marked("checklist"),
    marked("Answer the questions that imported data cannot answer."),
    RECORD_GROUP,
)
VERIFY = Command(
    "desk.verify",
    ("e",),
    marked("verify"),
    marked("Record a fact that was confirmed outside the workbench."),
    RECORD_GROUP,
)
DOCUMENTS = Command(
    "desk.documents",
    ("o",),
    marked("documents"),
    marked("List the documents and open one; each opening is logged."),
    VIEW_GROUP,
)
EXPLAIN = Command(
    "desk.explain",
    ("i",),
    marked("explain"),
    marked("Show why this case is next and how its due date is calculated."),
    VIEW_GROUP,
)
REVEAL = Command(
    "desk.reveal",
    ("full_stop",),
    marked("reveal"),
    marked(
        "Show the selected masked field for 15 seconds; press twice for the whole identity, "
        "until . or a minute idle. Logged."
    ),
    VIEW_GROUP,
)
ASSIGN = Command(
    "desk.assign",
    ("a",),
    marked("assign"),
    marked("Assign this case to a person (supervisor)."),
    CASE_GROUP,
)
FIND = Command(
    "desk.find",
    ("slash", "f4"),
    marked("find a case"),
    marked("Search in the queue; you keep the case on the desk."),
    VIEW_GROUP,
)
SAY = Command(
    "desk.say",
    ("t",),
    marked("phone estimate"),
    marked("Show and copy the expected dates as a sentence to read out on the phone."),
    VIEW_GROUP,
)
IDENTITY = Command("desk.identity", ("1",), marked("identity"), marked("Go to the identity panel."), VIEW_GROUP)
CALLS = Command(
    "desk.calls",
    ("2",),
    marked("call activity"),
    marked("Go to the call activity panel."),
    VIEW_GROUP,
)
CREDIT = Command("desk.credit", ("3",), marked("credit"), marked("Go to the credit panel."), VIEW_GROUP)
HISTORY = Command(
    "desk.history",
    ("4",),
    marked("history"),
    marked("Go to the history, with earlier decisions and requests."),
    VIEW_GROUP,
)
NEXT_PANEL = Command("desk.panel", ("tab",), marked("next panel"), marked("Go to the next panel."), VIEW_GROUP)
PREVIOUS_PANEL = Command(
    "desk.panel_back",
    ("shift+tab",),
    marked("previous panel"),
    marked("Go to the previous panel."),
    VIEW_GROUP,
)
FIELD_UP = Command(
    "desk.field_up",
    ("up",),
    marked("field above"),
    marked("Select the masked field above, or scroll."),
    VIEW_GROUP,
)
FIELD_DOWN = Command(
    "desk.field_down",
    ("down",),
    marked("field below"),
    marked("Select the masked field below, or scroll."),
    VIEW_GROUP,
)
ZOOM = Command(
    "desk.zoom",
    ("plus",),
    marked("zoom"),
    marked("Enlarge this panel to fill the desk; Esc restores the others."),
    VIEW_GROUP,
)

DESK_COMMANDS: tuple[Command, ...] = (
    *(NEXT, PASS, FAIL, PEND, RECTIFY, UNDO, ASIDE, SKIP, RELEASE, ASSIGN),
    *(COMMENT, CHECKLIST, VERIFY, DOCUMENTS, EXPLAIN, SAY, REVEAL, FIELD_UP, FIELD_DOWN),
    *(FIND, IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
)
