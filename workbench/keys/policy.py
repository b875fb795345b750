"""The keyboard commands of the policy screen, and the command that opens it."""

from workbench.i18n import N_
from workbench.keys.command import go_command, view_command

COMPARE = view_command(
    "policy.compare",
    "c,f6",
    N_("compare"),
    N_("Choose two versions and show what differs, with the number of open cases concerned."),
    hint=True,
)
VERSION = view_command("policy.version", "v,f5", N_("other version"), N_("Choose a version and show it."), hint=True)
RELOAD = view_command("policy.again", "n,f2", N_("in force"), N_("Show the version in force."), hint=True)
LEAVE_POLICY = go_command("policy.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_POLICY = go_command(
    "go.policy", "g y", N_("policy"), N_("Go to the policy in force: rules, reasons, deadlines; compare versions.")
)

POLICY_COMMANDS = (COMPARE, VERSION, RELOAD, LEAVE_POLICY)
