"""The keyboard commands of the manual."""

from workbench.i18n import N_
from workbench.keys.command import go_command, view_command

MANUAL = go_command("manual", "question_mark m", N_("manual"), N_("Open the manual at this screen; so does F1 twice."))
FIND = view_command("manual.find", "slash,f4", N_("find"), N_("Find words in all chapters, or a chapter."), hint=True)
CONTENTS = view_command("manual.contents", "c,f2", N_("headings"), N_("Go to the headings, or hide them."), hint=True)
LINK = view_command("manual.link", "tab", N_("next link"), N_("Mark the next link."), hint=True)
LINK_BACK = view_command("manual.link_back", "shift+tab", N_("link before"), N_("Mark the link before."))
FOLLOW = go_command("manual.follow", "enter", N_("open the link"), N_("Go where the marked link leads."), hint=True)
PREVIOUS = go_command("manual.previous", "b,f3", N_("last chapter"), N_("Go back a chapter."), hint=True)
LEAVE = go_command("manual.leave", "escape,q", N_("back"), N_("Close the manual."), hint=True)

MANUAL_COMMANDS = (MANUAL, FIND, CONTENTS, LINK, LINK_BACK, FOLLOW, PREVIOUS, LEAVE)
