"""The keyboard commands of the desk, and of its sheet with what changed since the last round."""

from functools import partial

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import (
    CASE_GROUP,
    RECORD_GROUP,
    VERDICT_GROUP,
    VIEW_GROUP,
    Command,
    act_command,
    go_command,
    verdict_command,
    view_command,
)

_decide_command = partial(verdict_command, first=True, action=Action.DECIDE)

NEXT = act_command(CASE_GROUP, Action.NEXT, hint=True)
TAKE = act_command(CASE_GROUP, Action.TAKE)
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
UNDO = act_command(CASE_GROUP, Action.UNDO, hint=True)
PASS = _decide_command("desk.pass", "p,f5", N_("pass"), N_("Pass the case; asks for confirmation."), hint=True)
FAIL = _decide_command(
    "desk.fail", "f,f6", N_("fail"), N_("Fail the case, with reasons; asks for confirmation."), hint=True
)
PEND = _decide_command(
    "desk.pend", "w,f7", N_("pending"), N_("Set the case to pending until a date; asks for confirmation."), hint=True
)
RECTIFY = _decide_command(
    "desk.rectify", "r", N_("rectify"), N_("Fail the case but allow rectification, starting with the items.")
)
ASIDE = act_command(CASE_GROUP, Action.ASIDE, hint=True)
SKIP = act_command(CASE_GROUP, Action.SKIP, hint=True)
RELEASE = act_command(CASE_GROUP, Action.RELEASE)
APPEAL = act_command(RECORD_GROUP, Action.APPEAL)
COMMENT = act_command(RECORD_GROUP, Action.COMMENT, hint=True)
CONTACT = act_command(RECORD_GROUP, Action.CONTACT, hint=True)
INQUIRE = act_command(RECORD_GROUP, Action.INQUIRE)
CHECKLIST = act_command(RECORD_GROUP, Action.CHECKLIST, hint=True)
VERIFY = act_command(RECORD_GROUP, Action.VERIFY)
DOCUMENTS = act_command(
    VIEW_GROUP, Action.DOCUMENTS, help=N_("List the documents and open one; each opening is logged."), hint=True
)
CHANGES = view_command(
    "desk.changes", "d", N_("changes"), N_("Show what changed since the last round, and judge the items to rectify.")
)
EXPLAIN = view_command(
    "desk.explain", "i", N_("explain"), N_("Show why this case is next and how its due date is calculated.")
)
REVEAL = act_command(
    VIEW_GROUP,
    Action.REVEAL,
    help=N_(
        "Show the selected masked field for 15 seconds; press twice for the whole identity, "
        "until {desk.reveal} or a minute idle. Logged."
    ),
)
ASSIGN = act_command(CASE_GROUP, Action.ASSIGN)
REOPEN = act_command(CASE_GROUP, Action.REOPEN)
WAIVE = act_command(CASE_GROUP, Action.WAIVE)
EXTEND = act_command(CASE_GROUP, Action.EXTEND)
ANSWER = act_command(RECORD_GROUP, Action.ANSWER)
RESUBMIT = act_command(
    RECORD_GROUP,
    Action.RESUBMIT,
    help=N_("Record that the applicant resubmitted, when, and what came; the case is queued in its next round."),
)
WITHDRAW = act_command(CASE_GROUP, Action.WITHDRAW)
CLASS = act_command(CASE_GROUP, Action.CLASS)
PRIORITY = act_command(CASE_GROUP, Action.PRIORITY)
LEGAL_HOLD = act_command(
    CASE_GROUP,
    Action.LEGAL_HOLD,
    help=N_(
        "Put a case under legal hold, so that retention erases nothing of it, or end the hold (supervisor, admin)."
    ),
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
FIELD_UP = view_command("desk.field_up", "up", N_("field above"), N_("Select the value above, or scroll."))
FIELD_DOWN = view_command("desk.field_down", "down", N_("field below"), N_("Select the value below, or scroll."))
MASKED_UP = view_command("desk.masked_up", "K", N_("masked above"), N_("Select the masked field above."))
MASKED_DOWN = view_command("desk.masked_down", "J", N_("masked below"), N_("Select the masked field below."))
ZOOM = view_command(
    "desk.zoom", "plus", N_("zoom"), N_("Enlarge this panel to fill the desk; Esc restores the others.")
)

DESK_COMMANDS: tuple[Command, ...] = (
    *(NEXT, TAKE, PASS, FAIL, PEND, RECTIFY, UNDO, ACTS, ASIDE, SKIP, RELEASE, ASSIGN),
    *(ANSWER, RESUBMIT, WITHDRAW, APPEAL, WAIVE, EXTEND, CLASS, PRIORITY, REOPEN, LEGAL_HOLD),
    *(COMMENT, CONTACT, CHECKLIST, VERIFY, INQUIRE, DOCUMENTS, LETTERS, CHANGES),
    *(AUTO_NEXT, END_SCOPE, EXPLAIN, PHONE_ESTIMATE, REVEAL, FIELD_UP, FIELD_DOWN, MASKED_UP, MASKED_DOWN),
    *(FIND, IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
)

PANEL_COMMANDS = (
    *(IDENTITY, CALLS, CREDIT, HISTORY, NEXT_PANEL, PREVIOUS_PANEL, ZOOM),
    *(FIELD_UP, FIELD_DOWN, MASKED_UP, MASKED_DOWN),
    *(DOCUMENTS, ACTS, CHANGES),
)
"""The commands that also work on a case that is opened to check its verdict or to decide its appeal."""

JUDGE_ITEM = act_command(
    VERDICT_GROUP,
    Action.JUDGE,
    "changes",
    help=N_("Judge the item under the cursor: 1 fixed, 2 partly fixed, 3 not fixed."),
)
SHOW_UNCHANGED = view_command(
    "changes.unchanged",
    "plus",
    N_("unchanged"),
    N_("Show everything that did not change; again: only what the earlier verdict named."),
)
ITEM_ABOVE = view_command("changes.up", "up,k", N_("item above"), N_("Go to the item above, or scroll."))
ITEM_BELOW = view_command("changes.down", "down,j", N_("item below"), N_("Go to the item below, or scroll."))
SCROLL_PAGE = view_command("changes.page", "pageup,pagedown", N_("scroll"), N_("Scroll up or down by a page."))
SCROLL_ENDS = view_command("changes.ends", "home,end", N_("start or end"), N_("Scroll to the start or to the end."))
LEAVE_CHANGES = go_command(
    "changes.back", "d,q,enter", N_("panels"), N_("Close the sheet; {desk.changes} on the desk shows it again.")
)

CHANGE_COMMANDS: tuple[Command, ...] = (
    *(JUDGE_ITEM, SHOW_UNCHANGED, ITEM_ABOVE, ITEM_BELOW, SCROLL_PAGE, SCROLL_ENDS, LEAVE_CHANGES),
)
