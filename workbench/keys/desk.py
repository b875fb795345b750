"""The keyboard commands of the desk."""

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import Command, case_command, record_command, verdict_command, view_command

NEXT = case_command(
    "desk.next",
    "n,f2",
    N_("next"),
    N_("Take the next case, or return to the one you hold."),
    hint=True,
    action=Action.NEXT,
)
TAKE = case_command(
    "desk.take",
    "N",
    N_("take"),
    N_("Take this case to your desk out of turn, for an applicant on the phone, say; asks for a reason."),
    action=Action.TAKE,
)
AUTO_NEXT = view_command(
    "desk.auto_next",
    "A",
    N_("next by itself"),
    N_("Switch on or off that the next case comes by itself after a verdict, until you quit."),
    action=Action.NEXT,
)
END_SCOPE = view_command(
    "desk.scope",
    "S",
    N_("end the scope"),
    N_("End the scope that {queue.scope} in the queue gave the desk, so that {desk.next} takes every case again."),
    action=Action.NEXT,
)
UNDO = case_command(
    "desk.undo",
    "u,f3",
    N_("undo"),
    N_("Undo your last act on a case, while that is possible; asks first if it is older or on another case."),
    hint=True,
    action=Action.UNDO,
)
PASS = verdict_command(
    "desk.pass",
    "p,f5",
    N_("pass"),
    N_("Pass the case; asks for confirmation."),
    hint=True,
    danger=True,
    action=Action.DECIDE,
)
FAIL = verdict_command(
    "desk.fail",
    "f,f6",
    N_("fail"),
    N_("Fail the case, with reasons; asks for confirmation."),
    hint=True,
    danger=True,
    action=Action.DECIDE,
)
PEND = verdict_command(
    "desk.pend",
    "w,f7",
    N_("pending"),
    N_("Set the case to pending until a date; asks for confirmation."),
    hint=True,
    danger=True,
    action=Action.DECIDE,
)
RECTIFY = verdict_command(
    "desk.rectify",
    "r",
    N_("rectify"),
    N_("Fail the case but allow rectification, starting with the items."),
    danger=True,
    action=Action.DECIDE,
)
ASIDE = case_command(
    "desk.aside",
    "h,f9",
    N_("put aside"),
    N_("Keep the case for later and free the desk for another one."),
    hint=True,
    action=Action.ASIDE,
)
SKIP = case_command(
    "desk.skip", "s", N_("skip"), N_("Leave the case to others; asks for a reason."), hint=True, action=Action.SKIP
)
RELEASE = case_command("desk.release", "b", N_("release"), N_("Return the case to the queue."), action=Action.RELEASE)
APPEAL = record_command(
    "desk.appeal",
    "G",
    N_("appeal"),
    N_("File the applicant's appeal against this final fail or lapse."),
    action=Action.APPEAL,
)
COMMENT = record_command(
    "desk.comment",
    "c",
    N_("comment"),
    N_("Add a comment for colleagues; the applicant never sees it."),
    hint=True,
    action=Action.COMMENT,
)
CONTACT = record_command(
    "desk.contact",
    "k",
    N_("contact"),
    N_("Record a call or message with the applicant, outside the letters."),
    hint=True,
    action=Action.CONTACT,
)
CHECKLIST = record_command(
    "desk.checklist",
    "l",
    N_("checklist"),
    N_("Answer the questions that imported data cannot answer."),
    hint=True,
    action=Action.CHECKLIST,
)
VERIFY = record_command(
    "desk.verify",
    "e",
    N_("verify"),
    N_("Record a fact that was confirmed outside the workbench."),
    action=Action.VERIFY,
)
DOCUMENTS = view_command(
    "desk.documents",
    "o",
    N_("documents"),
    N_("List the documents and open one; each opening is logged."),
    hint=True,
    action=Action.DOCUMENTS,
)
CHANGES = view_command(
    "desk.changes", "d", N_("changes"), N_("Show what changed since the last round, and judge the items to rectify.")
)
EXPLAIN = view_command(
    "desk.explain", "i", N_("explain"), N_("Show why this case is next and how its due date is calculated.")
)
REVEAL = view_command(
    "desk.reveal",
    "full_stop",
    N_("reveal"),
    N_(
        "Show the selected masked field for 15 seconds; press twice for the whole identity, "
        "until {desk.reveal} or a minute idle. Logged."
    ),
    action=Action.REVEAL,
)
ASSIGN = case_command(
    "desk.assign", "a", N_("assign"), N_("Assign this case to a person (supervisor)."), action=Action.ASSIGN
)
REOPEN = case_command(
    "desk.reopen",
    "R,f8",
    N_("open again"),
    N_("Open this final case again; asks for a reason (supervisor)."),
    danger=True,
    action=Action.REOPEN,
)
WAIVE = case_command(
    "desk.waive",
    "W",
    N_("waive"),
    N_("Waive an item to rectify; asks which one and why (supervisor)."),
    action=Action.WAIVE,
)
EXTEND = case_command(
    "desk.extend",
    "E",
    N_("extend"),
    N_("Extend the deadline to rectify, or the due date; asks until when and why (supervisor)."),
    action=Action.EXTEND,
)
ANSWER = record_command(
    "desk.answer",
    "m",
    N_("reply received"),
    N_("Record the reply that a pending case waited for; the case returns to the queue."),
    action=Action.ANSWER,
)
RESUBMIT = record_command(
    "desk.resubmit",
    "M",
    N_("resubmission"),
    N_("Record that the applicant resubmitted, and when; the case returns to the queue in its next round."),
    action=Action.RESUBMIT,
)
WITHDRAW = case_command(
    "desk.withdraw",
    "Z",
    N_("withdraw"),
    N_("Close the case because the applicant withdraws, or end the appeal; asks for a reason."),
    danger=True,
    action=Action.WITHDRAW,
)
CLASS = case_command(
    "desk.class",
    "C",
    N_("change class"),
    N_("Change the service class; asks which one and why (supervisor)."),
    action=Action.CLASS,
)
PRIORITY = case_command(
    "desk.priority",
    "P",
    N_("change priority"),
    N_("Change the priority; asks which one and why (supervisor)."),
    action=Action.PRIORITY,
)
LEGAL_HOLD = case_command(
    "desk.legal_hold",
    "H",
    N_("set or end legal hold"),
    N_("Put the case under legal hold, or end its legal hold; asks for a reason (supervisor, admin)."),
    action=Action.LEGAL_HOLD,
)
LETTERS = view_command(
    "desk.letters",
    "L",
    N_("letters"),
    N_("List the letters of this case, each as it was written, with when it was released, exported and sent."),
    hint=True,
)
ACTS = view_command(
    "desk.acts",
    "x,f12",
    N_("acts"),
    N_("List what can be done with this case now, and why the rest cannot; Enter or a key does it."),
    hint=True,
)
FIND = view_command(
    "desk.find", "slash,f4", N_("find a case"), N_("Search in the queue; you keep the case on the desk.")
)
PHONE_ESTIMATE = view_command(
    "desk.say",
    "t",
    N_("estimate"),
    N_("Show and copy what to tell a caller: the expected dates, and what is still missing."),
    action=Action.FORECAST,
)
IDENTITY = view_command("desk.identity", "1", N_("identity"), N_("Go to the identity panel."))
CALLS = view_command("desk.calls", "2", N_("call activity"), N_("Go to the call activity panel."))
CREDIT = view_command("desk.credit", "3", N_("credit"), N_("Go to the credit panel."))
HISTORY = view_command(
    "desk.history", "4", N_("history"), N_("Go to the history, with earlier decisions and requests.")
)
NEXT_PANEL = view_command("desk.panel", "tab", N_("next panel"), N_("Go to the next panel."))
PREVIOUS_PANEL = view_command("desk.panel_back", "shift+tab", N_("previous panel"), N_("Go to the previous panel."))
FIELD_UP = view_command("desk.field_up", "up", N_("field above"), N_("Select the masked field above, or scroll."))
FIELD_DOWN = view_command("desk.field_down", "down", N_("field below"), N_("Select the masked field below, or scroll."))
ZOOM = view_command(
    "desk.zoom", "plus", N_("zoom"), N_("Enlarge this panel to fill the desk; Esc restores the others.")
)

DESK_COMMANDS: tuple[Command, ...] = (
    *(NEXT, TAKE, PASS, FAIL, PEND, RECTIFY, UNDO, ACTS, ASIDE, SKIP, RELEASE, ASSIGN),
    *(ANSWER, RESUBMIT, WITHDRAW, APPEAL, WAIVE, EXTEND, CLASS, PRIORITY, REOPEN, LEGAL_HOLD),
    *(COMMENT, CONTACT, CHECKLIST, VERIFY, DOCUMENTS, LETTERS, CHANGES),
    *(AUTO_NEXT, END_SCOPE, EXPLAIN, PHONE_ESTIMATE, REVEAL, FIELD_UP, FIELD_DOWN),
    *(FIND, IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
)

PANEL_COMMANDS = (
    *(IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
    *(DOCUMENTS, ACTS, CHANGES),
)
"""The commands that also work on a case that is opened to check its verdict or to decide its appeal."""
