"""The keyboard commands of the manual."""

from workbench.i18n import N_
from workbench.keys.command import go_command, view_command

MANUAL = go_command("manual", "question_mark m", N_("manual"), N_("Open the manual at this screen; so does F1 twice."))
FIND = view_command("manual.find", "slash,f4", N_("find"), N_("Find words in all chapters, or a chapter."), hint=True)
CONTENTS = view_command("manual.contents", "c,f2", N_("headings"), N_("Show or hide the headings."), hint=True)
PREVIOUS = go_command("manual.previous", "b,f3", N_("last chapter"), N_("Go back a chapter."), hint=True)
LEAVE = go_command("manual.leave", "escape,q", N_("back"), N_("Close the manual."), hint=True)

MANUAL_COMMANDS = (MANUAL, FIND, CONTENTS, PREVIOUS, LEAVE)
