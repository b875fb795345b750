"""The keyboard commands of the sheet with what changed since the last round."""

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import VERDICT_GROUP, Command, act_command, go_command, view_command

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
