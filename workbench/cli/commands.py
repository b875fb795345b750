"""The table of commands: the function of each, and its help. A module is imported when one of its commands is used."""

from workbench.cli.file_commands import COMMANDS as FILE_COMMANDS
from workbench.cli.file_commands import IMPORTS, MAPS
from workbench.cli.framework.registration import CommandGroup, Entry
from workbench.cli.site_commands import GROUPS as SITE_GROUPS
from workbench.cli.site_commands import HOLDS
from workbench.i18n import N_

COMMANDS: tuple[Entry | CommandGroup, ...] = (
    Entry(
        "demo",
        "workbench.cli.site.commands:demo",
        N_("Open the workbench on sample data, in a separate database."),
        has_json=False,
    ),
    Entry("init", "workbench.cli.site.commands:init", N_("Create a database; you become its first admin.")),
    Entry("doctor", "workbench.cli.site.commands:doctor", N_("Check the database, the store and the settings.")),
    Entry(
        "settings",
        "workbench.cli.site.own_settings:settings",
        N_("Show your settings, and where each comes from."),
    ),
    Entry(
        "backup",
        "workbench.cli.site.commands:backup",
        N_("Write the database, its store and its hash key to one file (admin)."),
    ),
    Entry("restore", "workbench.cli.site.commands:restore", N_("Restore a backup where no database is (admin).")),
    Entry("rekey", "workbench.cli.site.encryption:rekey", N_("Give an encrypted database another key (admin).")),
    *FILE_COMMANDS,
    Entry("queue", "workbench.cli.cases.cases:queue", N_("List the open cases in the order `next` takes them.")),
    Entry("next", "workbench.cli.cases.cases:take_next", N_("Take the next case. Exits with 69 if there is none.")),
    Entry("take", "workbench.cli.cases.cases:take", N_("Take a chosen case out of turn; the reason is kept.")),
    Entry("show", "workbench.cli.cases.cases:show", N_("Show a case: findings, panels, decisions, history.")),
    Entry("explain", "workbench.cli.cases.cases:explain", N_("Explain the position of a case in the queue.")),
    Entry(
        "skip",
        "workbench.cli.cases.cases:skip",
        N_("Skip a held case; it is offered to you again only after it changes."),
    ),
    Entry("release", "workbench.cli.cases.cases:release", N_("Return a held case to the queue.")),
    Entry("aside", "workbench.cli.cases.cases:aside", N_("Put a held case aside until a time; the draft is kept.")),
    Entry("assign", "workbench.cli.cases.cases:assign", N_("Assign cases to a person (supervisor).")),
    Entry(
        "clock", "workbench.cli.cases.clocks:clock", N_("Show how the due date of a case is calculated, line by line.")
    ),
    Entry(
        "extend",
        "workbench.cli.cases.clocks:extend",
        N_("Extend a due date, or a rectification deadline; the applicant is notified (supervisor)."),
    ),
    Entry(
        "class",
        "workbench.cli.cases.clocks:change_class",
        N_("Change a case's service class; the applicant is notified if the due date moves later (supervisor)."),
    ),
    Entry("priority", "workbench.cli.cases.clocks:change_priority", N_("Change a case's priority (supervisor).")),
    Entry(
        "tick",
        "workbench.cli.calendar.commands:tick",
        N_("Handle what has come due: requeue and lapse cases, draft notices and reminders. For cron; safe to repeat."),
    ),
    Entry("decide", "workbench.cli.cases.verdicts:decide", N_("Give a verdict on a case you hold.")),
    Entry(
        "undo",
        "workbench.cli.cases.verdicts:undo",
        N_("Undo your last action on a case, while undo is still possible."),
    ),
    Entry(
        "reopen", "workbench.cli.cases.verdicts:reopen", N_("Open a passed, failed or lapsed case again (supervisor).")
    ),
    Entry("check", "workbench.cli.cases.verdicts:check", N_("Approve or return another person's verdict.")),
    Entry(
        "appeal",
        "workbench.cli.cases.appeals:file_appeal",
        N_("File an applicant's appeal against a final fail or a lapse."),
    ),
    Entry(
        "appeal-decide",
        "workbench.cli.cases.appeals:decide_appeal",
        N_("Decide an appeal; a second person checks the decision."),
    ),
    Entry("comment", "workbench.cli.cases.remarks:comment", N_("Add a comment for colleagues to a case.")),
    Entry(
        "contact",
        "workbench.cli.cases.remarks:contact",
        N_("Record a contact with the applicant: the channel, and what was said."),
    ),
    Entry(
        "verify", "workbench.cli.cases.remarks:verify", N_("Record a fact that was confirmed outside the workbench.")
    ),
    Entry("checklist", "workbench.cli.cases.remarks:checklist", N_("Answer a checklist question.")),
    Entry(
        "judge", "workbench.cli.cases.remarks:judge", N_("Judge whether an item of the last rectification is fixed.")
    ),
    Entry(
        "answer",
        "workbench.cli.cases.remarks:answer_pending",
        N_("Record the applicant's answer to a pending case; it returns to the queue."),
    ),
    Entry(
        "waive",
        "workbench.cli.cases.remarks:waive",
        N_("Waive an item to rectify; the applicant is notified (supervisor)."),
    ),
    Entry(
        "withdraw",
        "workbench.cli.cases.remarks:withdraw",
        N_("Close a case because the applicant withdraws the application, or end its appeal."),
    ),
    Entry(
        "resubmit",
        "workbench.cli.files.imports:resubmit",
        N_("Record that the applicant has resubmitted, and import the file for the case."),
    ),
    Entry(
        "documents",
        "workbench.cli.cases.folders:documents",
        N_("Write a case's documents to a folder; each one is logged."),
    ),
    Entry(
        "dossier",
        "workbench.cli.cases.folders:dossier",
        N_("Write a whole case to a folder, for an auditor (supervisor, admin, auditor)."),
    ),
    *HOLDS,
    IMPORTS,
    MAPS,
    CommandGroup(
        "calendar",
        N_("Show and change the working calendar. Default: show this year."),
        (
            Entry(
                "show",
                "workbench.cli.calendar.commands:show_year",
                N_("Show a year: working days, holidays, make-up days and suspensions."),
            ),
            Entry(
                "set",
                "workbench.cli.calendar.commands:set_day",
                N_("Set a day by hand: day off, working day, or hours of its own."),
            ),
            Entry(
                "suspend",
                "workbench.cli.calendar.suspensions:suspend",
                N_("Suspend all clocks for a period and draft a notice to each affected applicant."),
            ),
            Entry(
                "resume",
                "workbench.cli.calendar.suspensions:resume",
                N_("Resume the clocks and draft notices with the new due dates."),
            ),
        ),
    ),
    CommandGroup(
        "notices",
        N_("List notices to applicants, mark them as sent, and hand them to a gateway. Default: list."),
        (
            Entry(
                "list",
                "workbench.cli.files.notices:list_notices",
                N_("List the notices, without those that were undone."),
            ),
            Entry(
                "sent",
                "workbench.cli.files.notices:mark_sent",
                N_("Mark the notices in a file as sent, or as failed with a cause."),
            ),
            Entry(
                "send",
                "workbench.cli.files.notices:send",
                N_("Hand each unsent notice to a program of yours (supervisor, admin)."),
            ),
        ),
    ),
    CommandGroup(
        "measures",
        N_("List numbers to bar and to restore, and confirm those carried out. Default: list."),
        (
            Entry(
                "list",
                "workbench.cli.files.measures:list_measures",
                N_("List the orders to bar and restore numbers, with their status."),
            ),
            Entry(
                "done",
                "workbench.cli.files.measures:report_done",
                N_("Confirm the orders in a file as carried out or failed (supervisor, admin)."),
            ),
        ),
    ),
    CommandGroup(
        "reviewers",
        N_("List and manage people, roles and absences. Default: list."),
        (
            Entry(
                "list", "workbench.cli.site.reviewers:list_people", N_("List everyone with roles, limit and absence.")
            ),
            Entry("add", "workbench.cli.site.reviewers:add", N_("Register a person (admin).")),
            Entry("role", "workbench.cli.site.reviewers:role", N_("Add or remove roles (admin).")),
            Entry(
                "requests",
                "workbench.cli.site.reviewers:requests",
                N_("List the requests for roles and policies that wait for another admin."),
            ),
            Entry("approve", "workbench.cli.site.reviewers:approve", N_("Approve another admin's request (admin).")),
            Entry(
                "reject",
                "workbench.cli.site.reviewers:reject",
                N_("Reject a request, or withdraw your own (admin)."),
            ),
            Entry("away", "workbench.cli.site.reviewers:away", N_("Record that a person is away (supervisor, admin).")),
            Entry("back", "workbench.cli.site.reviewers:back", N_("Record that a person is back (supervisor, admin).")),
            Entry(
                "deactivate",
                "workbench.cli.site.reviewers:deactivate",
                N_("Deactivate a person who left, and free their cases (admin)."),
            ),
            Entry("activate", "workbench.cli.site.reviewers:activate", N_("Reactivate a person (admin).")),
            Entry(
                "limit",
                "workbench.cli.site.reviewers:limit",
                N_("Set how many cases a person may hold at once (admin)."),
            ),
        ),
    ),
    CommandGroup(
        "forecast",
        N_("Forecast how long reviews will take. Default: show the forecast."),
        (
            Entry(
                "show",
                "workbench.cli.forecast.show:show",
                N_("Forecast when a case will be decided and passed, or when the queue will be cleared."),
            ),
            Entry(
                "backtest",
                "workbench.cli.forecast.backtest:backtest",
                N_("Backtest the forecast on an event log: train on the first part, forecast the rest."),
            ),
        ),
    ),
    *SITE_GROUPS,
)
