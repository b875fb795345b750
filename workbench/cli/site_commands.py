"""The commands about the policy, the audit log, and how long data is kept, with their help."""

from workbench.cli.framework.registration import CommandGroup, Entry
from workbench.i18n import N_

HOLDS: tuple[Entry, ...] = (
    Entry(
        "hold",
        "workbench.cli.site.retention:hold",
        N_("Put a case under legal hold, so that retention erases nothing of it (supervisor, admin)."),
    ),
    Entry("unhold", "workbench.cli.site.retention:unhold", N_("End the legal hold of a case (supervisor, admin).")),
)

GROUPS: tuple[CommandGroup, ...] = (
    CommandGroup(
        "policy",
        N_("Show, compare, check and replace the policy. Default: show."),
        (
            Entry(
                "show",
                "workbench.cli.site.policy:show",
                N_("Show a version of the policy, by default the one in force; with --toml, the whole file."),
            ),
            Entry(
                "list", "workbench.cli.site.policy:list_versions", N_("List the versions of the policy, newest first.")
            ),
            Entry(
                "diff",
                "workbench.cli.site.policy:diff",
                N_("Compare a policy with the one in force, or two policies; count the open cases it touches."),
            ),
            Entry("check", "workbench.cli.site.policy:check", N_("Check a policy file without applying it.")),
            Entry(
                "apply",
                "workbench.cli.site.policy:apply",
                N_("Put a policy file into force, at once or from a day (admin)."),
            ),
            CommandGroup(
                "campaign",
                N_("Review passed cases again after a change of policy. Default: start."),
                (
                    Entry(
                        "start",
                        "workbench.cli.site.campaigns:start",
                        N_("Choose passed cases and open some of them again each working day (admin)."),
                    ),
                    Entry("show", "workbench.cli.site.campaigns:show", N_("Show how far one campaign is, or all.")),
                    Entry(
                        "stop",
                        "workbench.cli.site.campaigns:stop",
                        N_("Stop a campaign; cases that are not open yet stay passed (admin)."),
                    ),
                ),
            ),
        ),
    ),
    CommandGroup(
        "audit",
        N_("Verify the audit log. Default: verify."),
        (
            Entry(
                "verify",
                "workbench.cli.site.audit:verify",
                N_("Verify the hash chain from the first event to the last."),
            ),
            Entry(
                "head",
                "workbench.cli.site.audit:head",
                N_("Print the number and hash of the last event, to be kept elsewhere."),
            ),
        ),
    ),
    CommandGroup(
        "retention",
        N_("Show and erase what was kept long enough under the policy. Default: show."),
        (
            Entry(
                "show",
                "workbench.cli.site.retention:show",
                N_("Show what would be erased today, and why the rest is kept."),
            ),
            Entry(
                "apply",
                "workbench.cli.site.retention:apply",
                N_("Erase what is due, for good, or ask another admin to approve it (admin)."),
            ),
            Entry(
                "approve",
                "workbench.cli.site.retention:approve",
                N_("Approve another admin's request, and erase what is due (admin)."),
            ),
            Entry(
                "reject",
                "workbench.cli.site.retention:reject",
                N_("Reject a request, or withdraw your own (admin)."),
            ),
            Entry(
                "compact",
                "workbench.cli.site.retention:compact",
                N_("Rewrite the database file, so that unused parts of it contain nothing erased (admin)."),
            ),
        ),
    ),
)
