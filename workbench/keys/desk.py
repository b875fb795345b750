"""The commands of the desk."""

from workbench.i18n import marked
from workbench.keys.command import CASE_GROUP, LOOK_GROUP, RECORD_GROUP, VERDICT_GROUP, Command

NEXT = Command(
    "desk.next",
    ("n",),
    marked("next"),
    marked("Take the next case; first the one you hold already."),
    CASE_GROUP,
    "desk",
    twin="f2",
    hint=True,
)
UNDO = Command(
    "desk.undo",
    ("u",),
    marked("undo"),
    marked("Take back your last verdict until its notice goes out."),
    CASE_GROUP,
    "desk",
    twin="f3",
    hint=True,
)
PASS = Command(
    "desk.pass",
    ("p",),
    marked("pass"),
    marked("Pass the case; asks before anything happens."),
    VERDICT_GROUP,
    "desk",
    twin="f5",
    hint=True,
    danger=True,
)
FAIL = Command(
    "desk.fail",
    ("f",),
    marked("fail"),
    marked("Fail the case, with reasons; asks before anything happens."),
    VERDICT_GROUP,
    "desk",
    twin="f6",
    hint=True,
    danger=True,
)
PEND = Command(
    "desk.pend",
    ("w",),
    marked("pending"),
    marked("Wait for somebody, until a date; asks before anything happens."),
    VERDICT_GROUP,
    "desk",
    twin="f7",
    hint=True,
    danger=True,
)
RECTIFY = Command(
    "desk.rectify",
    ("r",),
    marked("to be mended"),
    marked("Fail in a way that can be mended, the items first."),
    VERDICT_GROUP,
    "desk",
    danger=True,
)
ASIDE = Command(
    "desk.aside",
    ("h",),
    marked("put aside"),
    marked("Keep the case for later and free the desk for another."),
    CASE_GROUP,
    "desk",
    twin="f9",
    hint=True,
)
SKIP = Command(
    "desk.skip",
    ("s",),
    marked("skip"),
    marked("Leave the case to others, with a reason."),
    CASE_GROUP,
    "desk",
)
RELEASE = Command(
    "desk.release", ("b",), marked("release"), marked("Give the case back to the queue."), CASE_GROUP, "desk"
)
COMMENT = Command(
    "desk.comment",
    ("c",),
    marked("comment"),
    marked("Write a comment for colleagues; the applicant never sees it."),
    RECORD_GROUP,
    "desk",
)
CHECKLIST = Command(
    "desk.checklist",
    ("l",),
    marked("checklist"),
    marked("Answer the questions that no imported fact answers."),
    RECORD_GROUP,
    "desk",
)
VERIFY = Command(
    "desk.verify",
    ("e",),
    marked("verify"),
    marked("Note a fact that was confirmed outside."),
    RECORD_GROUP,
    "desk",
)
DOCUMENTS = Command(
    "desk.documents",
    ("o",),
    marked("documents"),
    marked("List the documents and open one; each opening is on record."),
    LOOK_GROUP,
    "desk",
)
EXPLAIN = Command(
    "desk.explain",
    ("i",),
    marked("explain"),
    marked("Why this case is next, and how its due date came about."),
    LOOK_GROUP,
    "desk",
)
REVEAL = Command(
    "desk.reveal",
    ("full_stop",),
    marked("reveal"),
    marked(
        "Show the chosen masked field for 15 seconds; twice shows all of the identity until . or a minute without a"
        " key. It is logged."
    ),
    LOOK_GROUP,
    "desk",
)
ASSIGN = Command(
    "desk.assign",
    ("a",),
    marked("assign"),
    marked("Give this case to a person; a supervisor does."),
    CASE_GROUP,
    "desk",
)
FIND = Command(
    "desk.find",
    ("slash",),
    marked("find a case"),
    marked("Go to the queue and its filter; the case on the desk stays yours."),
    LOOK_GROUP,
    "desk",
    twin="f4",
)
SAY = Command(
    "desk.say",
    ("t",),
    marked("tell how long"),
    marked("Show and copy the sentence about how long it takes, to be read out on the phone."),
    LOOK_GROUP,
    "desk",
)
IDENTITY = Command("desk.identity", ("1",), marked("identity"), marked("Go to the identity panel."), LOOK_GROUP, "desk")
CALLS = Command(
    "desk.calls",
    ("2",),
    marked("call activity"),
    marked("Go to the panel of call activity."),
    LOOK_GROUP,
    "desk",
)
CREDIT = Command("desk.credit", ("3",), marked("credit"), marked("Go to the credit panel."), LOOK_GROUP, "desk")
HISTORY = Command(
    "desk.history",
    ("4",),
    marked("history"),
    marked("Go to the history, with earlier decisions and what was asked for."),
    LOOK_GROUP,
    "desk",
)
NEXT_PANEL = Command(
    "desk.panel", ("tab",), marked("next panel"), marked("Go on to the next panel."), LOOK_GROUP, "desk"
)
PREVIOUS_PANEL = Command(
    "desk.panel_back",
    ("shift+tab",),
    marked("previous panel"),
    marked("Go back to the panel before."),
    LOOK_GROUP,
    "desk",
)
FIELD_UP = Command(
    "desk.field_up",
    ("up",),
    marked("field above"),
    marked("Choose the masked field above, or scroll."),
    LOOK_GROUP,
    "desk",
)
FIELD_DOWN = Command(
    "desk.field_down",
    ("down",),
    marked("field below"),
    marked("Choose the masked field below, or scroll."),
    LOOK_GROUP,
    "desk",
)
ZOOM = Command(
    "desk.zoom",
    ("plus",),
    marked("zoom"),
    marked("Let this panel fill the desk; Esc brings the others back."),
    LOOK_GROUP,
    "desk",
)

DESK_COMMANDS: tuple[Command, ...] = (
    *(NEXT, PASS, FAIL, PEND, RECTIFY, UNDO, ASIDE, SKIP, RELEASE, ASSIGN),
    *(COMMENT, CHECKLIST, VERIFY, DOCUMENTS, EXPLAIN, SAY, REVEAL, FIELD_UP, FIELD_DOWN),
    *(FIND, IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
)
