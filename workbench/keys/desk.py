"""The keyboard commands of the desk."""

from workbench.i18n import N_
from workbench.keys.command import CASE_GROUP, RECORD_GROUP, VERDICT_GROUP, VIEW_GROUP, Command

NEXT = Command(
    "desk.next",
    ("n", "f2"),
    N_("next"),
    N_("Take the next case, or return to the one you hold."),
    CASE_GROUP,
    hint=True,
)
UNDO = Command(
    "desk.undo",
    ("u", "f3"),
    N_("undo"),
    N_("Undo your last verdict, until its notice goes out."),
    CASE_GROUP,
    hint=True,
)
PASS = Command(
    "desk.pass",
    ("p", "f5"),
    N_("pass"),
    N_("Pass the case; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
FAIL = Command(
    "desk.fail",
    ("f", "f6"),
    N_("fail"),
    N_("Fail the case, with reasons; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
PEND = Command(
    "desk.pend",
    ("w", "f7"),
    N_("pending"),
    N_("Set the case to pending until a date; asks for confirmation."),
    VERDICT_GROUP,
    hint=True,
    danger=True,
)
RECTIFY = Command(
    "desk.rectify",
    ("r",),
    N_("rectify"),
    N_("Fail the case but allow rectification, starting with the items."),
    VERDICT_GROUP,
    danger=True,
)
ASIDE = Command(
    "desk.aside",
    ("h", "f9"),
    N_("put aside"),
    N_("Keep the case for later and free the desk for another one."),
    CASE_GROUP,
    hint=True,
)
SKIP = Command(
    "desk.skip",
    ("s",),
    N_("skip"),
    N_("Leave the case to others; asks for a reason."),
    CASE_GROUP,
)
RELEASE = Command("desk.release", ("b",), N_("release"), N_("Return the case to the queue."), CASE_GROUP)
COMMENT = Command(
    "desk.comment",
    ("c",),
    N_("comment"),
    N_("Add a comment for colleagues; the applicant never sees it."),
    RECORD_GROUP,
)
CHECKLIST = Command(
    "desk.checklist",
    ("l",),
    N_("checklist"),
    N_("Answer the questions that imported data cannot answer."),
    RECORD_GROUP,
)
VERIFY = Command(
    "desk.verify",
    ("e",),
    N_("verify"),
    N_("Record a fact that was confirmed outside the workbench."),
    RECORD_GROUP,
)
DOCUMENTS = Command(
    "desk.documents",
    ("o",),
    N_("documents"),
    N_("List the documents and open one; each opening is logged."),
    VIEW_GROUP,
)
EXPLAIN = Command(
    "desk.explain",
    ("i",),
    N_("explain"),
    N_("Show why this case is next and how its due date is calculated."),
    VIEW_GROUP,
)
REVEAL = Command(
    "desk.reveal",
    ("full_stop",),
    N_("reveal"),
    N_(
        "Show the selected masked field for 15 seconds; press twice for the whole identity, "
        "until . or a minute idle. Logged."
    ),
    VIEW_GROUP,
)
ASSIGN = Command(
    "desk.assign",
    ("a",),
    N_("assign"),
    N_("Assign this case to a person (supervisor)."),
    CASE_GROUP,
)
FIND = Command(
    "desk.find",
    ("slash", "f4"),
    N_("find a case"),
    N_("Search in the queue; you keep the case on the desk."),
    VIEW_GROUP,
)
PHONE_ESTIMATE = Command(
    "desk.say",
    ("t",),
    N_("phone estimate"),
    N_("Show and copy the expected dates as a sentence to read out on the phone."),
    VIEW_GROUP,
)
IDENTITY = Command("desk.identity", ("1",), N_("identity"), N_("Go to the identity panel."), VIEW_GROUP)
CALLS = Command(
    "desk.calls",
    ("2",),
    N_("call activity"),
    N_("Go to the call activity panel."),
    VIEW_GROUP,
)
CREDIT = Command("desk.credit", ("3",), N_("credit"), N_("Go to the credit panel."), VIEW_GROUP)
HISTORY = Command(
    "desk.history",
    ("4",),
    N_("history"),
    N_("Go to the history, with earlier decisions and requests."),
    VIEW_GROUP,
)
NEXT_PANEL = Command("desk.panel", ("tab",), N_("next panel"), N_("Go to the next panel."), VIEW_GROUP)
PREVIOUS_PANEL = Command(
    "desk.panel_back",
    ("shift+tab",),
    N_("previous panel"),
    N_("Go to the previous panel."),
    VIEW_GROUP,
)
FIELD_UP = Command(
    "desk.field_up",
    ("up",),
    N_("field above"),
    N_("Select the masked field above, or scroll."),
    VIEW_GROUP,
)
FIELD_DOWN = Command(
    "desk.field_down",
    ("down",),
    N_("field below"),
    N_("Select the masked field below, or scroll."),
    VIEW_GROUP,
)
ZOOM = Command(
    "desk.zoom",
    ("plus",),
    N_("zoom"),
    N_("Enlarge this panel to fill the desk; Esc restores the others."),
    VIEW_GROUP,
)

DESK_COMMANDS: tuple[Command, ...] = (
    *(NEXT, PASS, FAIL, PEND, RECTIFY, UNDO, ASIDE, SKIP, RELEASE, ASSIGN),
    *(COMMENT, CHECKLIST, VERIFY, DOCUMENTS, EXPLAIN, PHONE_ESTIMATE, REVEAL, FIELD_UP, FIELD_DOWN),
    *(FIND, IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
)
