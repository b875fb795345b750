"""The keyboard commands of the screen of letters to applicants, and the command that opens it."""

from workbench.domain.case.lifecycle import LETTER_RECORDERS
from workbench.i18n import N_
from workbench.keys.command import go_command, record_command, view_command

OPEN_LETTER = view_command("letters.open", "enter", N_("read"), N_("Show the letter as it is sent."), hint=True)
MARK_SENT = record_command(
    "letters.sent",
    "s,f5",
    N_("sent"),
    N_("Mark the letter under the cursor, or the marked ones, as sent; asks for the channel."),
    hint=True,
    roles=LETTER_RECORDERS,
)
MARK_FAILED = record_command(
    "letters.failed",
    "x,f6",
    N_("not delivered"),
    N_("Mark the letter under the cursor, or the marked ones, as failed; asks for the cause. It stays owed."),
    hint=True,
    roles=LETTER_RECORDERS,
)
MARK_LETTER = view_command(
    "letters.mark",
    "space",
    N_("mark"),
    N_("Mark or unmark the letter under the cursor and move down."),
    roles=LETTER_RECORDERS,
)
OF_CASE = view_command("letters.case", "slash,f4", N_("of a case"), N_("Show only the letters of one case."), hint=True)
UNSENT_LETTERS = view_command(
    "letters.unsent", "t,f3", N_("only unsent"), N_("Show only the letters that are still to be sent, or all again.")
)
OWED_MEASURES = view_command(
    "letters.measures", "m,f7", N_("measures"), N_("Show the numbers that are still to be barred or restored.")
)
RELOAD = view_command("letters.reload", "n,f2", N_("refresh"), N_("Reload the list."))
LEAVE_LETTERS = go_command(
    "letters.desk",
    "escape",
    N_("desk"),
    N_("Clear the marks or the filter; if there are none, go back to the desk."),
    hint=True,
)
GO_LETTERS = go_command("go.letters", "g n", N_("letters"), N_("Go to the letters to applicants: owed, failed, sent."))

LETTER_COMMANDS = (
    *(OPEN_LETTER, MARK_SENT, MARK_FAILED, MARK_LETTER, OF_CASE, UNSENT_LETTERS, OWED_MEASURES, RELOAD),
    LEAVE_LETTERS,
)
