"""The keyboard commands of the inquiries."""

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import RECORD_GROUP, act_command, go_command, view_command

ANSWER = act_command(RECORD_GROUP, Action.INQUIRY_ANSWER, "inquiries", id="inquiries.answer", hint=True, first=True)
REVEAL = view_command(
    "inquiries.reveal", "full_stop", N_("reveal"), N_("Reveal the field under the cursor for 15 s; logged."), hint=True
)
SWITCH = view_command("inquiries.switch", "tab", N_("fields"), N_("Go to the fields, or back to the list."), hint=True)
WITHDRAW = act_command(RECORD_GROUP, Action.INQUIRY_WITHDRAW, "inquiries", id="inquiries.withdraw", hint=True)
RELOAD = view_command("inquiries.reload", "n,f2", N_("refresh"), N_("Reload the list."))
LEAVE_INQUIRIES = go_command("inquiries.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_INQUIRIES = go_command("go.inquiries", "g i", N_("inquiries"), N_("Go to the inquiries to departments."))

INQUIRY_COMMANDS = (ANSWER, REVEAL, SWITCH, WITHDRAW, RELOAD, LEAVE_INQUIRIES)
