"""The table of commands: the function of each, and its help. A module is imported when one of its commands is used."""

from workbench.cli.framework.registration import CommandGroup, Entry, act_entry
from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_

COMMANDS: tuple[Entry | CommandGroup, ...] = (
    Entry(
        "demo", "site.database:demo", N_("Open the workbench on sample data, in a separate database."), has_json=False
    ),
    Entry("init", "site.database:init", N_("Create a database; you become its first admin.")),
    Entry("doctor", "site.database:doctor", N_("Check the database, the store and the settings.")),
    Entry("manual", "site.manual:manual", N_("Show the manual, a chapter of it, or the lines with some words.")),
    Entry("settings", "site.own_settings:settings", N_("Show your settings, and where each comes from.")),
    Entry("backup", "site.database:backup", N_("Write the database, its store and its hash key to one file (admin).")),
    Entry("restore", "site.database:restore", N_("Restore a backup where no database is (admin).")),
    Entry("migrate", "site.migrate:migrate", N_("Move a site from a file to a PostgreSQL server, or back (admin).")),
    Entry(
        "rekey",
        "site.encryption:rekey",
        N_("Give an encrypted database another key (admin). Default: a passphrase, asked."),
    ),
    Entry(
        "import",
        "files.imports:import_files",
        N_(
            "Import applications, cards, documents, calls, optouts, credit, complaints, appeals, "
            "a workbook, a folder or a calendar."
        ),
    ),
    Entry(
        "template",
        "files.reseller_sheets:template",
        N_("Write an example of a kind of file to import, or the form for applications with the policy's lists."),
    ),
    Entry(
        "export",
        "files.exports:export",
        N_("Export records of one kind to a file (admin; some kinds also supervisor and auditor)."),
    ),
    Entry("queue", "cases.cases:queue", N_("List the open cases in the order `next` takes them.")),
    Entry("board", "cases.board:board", N_("Show how many cases stand where and with whom, and how many come and go.")),
    act_entry(Action.NEXT, "cases.cases:take_next"),
    act_entry(Action.TAKE, "cases.cases:take"),
    Entry("show", "cases.cases:show", N_("Show a case: findings, panels, decisions, history.")),
    Entry("explain", "cases.cases:explain", N_("Explain the position of a case in the queue.")),
    act_entry(Action.SKIP, "cases.cases:skip"),
    act_entry(Action.RELEASE, "cases.cases:release"),
    act_entry(Action.ASIDE, "cases.cases:aside"),
    act_entry(Action.ASSIGN, "cases.assigning:assign"),
    Entry("clock", "cases.due_dates:clock", N_("Show how the due date of a case is calculated, line by line.")),
    act_entry(Action.EXTEND, "cases.due_dates:extend"),
    act_entry(Action.CLASS, "cases.due_dates:change_class"),
    act_entry(Action.PRIORITY, "cases.due_dates:change_priority"),
    Entry(
        "tick",
        "calendar.commands:tick",
        N_("Handle what has come due: requeue and lapse cases, draft notices and reminders. For cron; safe to repeat."),
    ),
    act_entry(Action.DECIDE, "cases.verdicts:decide"),
    act_entry(Action.UNDO, "cases.verdicts:undo"),
    act_entry(Action.REOPEN, "cases.verdicts:reopen"),
    Entry("check", "cases.verdicts:check", N_("Approve or return another person's verdict.")),
    act_entry(Action.APPEAL, "cases.appeals:file_appeal"),
    act_entry(Action.APPEAL_DECIDE, "cases.appeals:decide_appeal"),
    act_entry(Action.COMMENT, "cases.recording:comment"),
    act_entry(Action.CONTACT, "cases.recording:contact"),
    act_entry(Action.VERIFY, "cases.recording:verify"),
    act_entry(Action.INQUIRE, "cases.inquiries:inquire"),
    CommandGroup(
        "inquiries",
        "cases.inquiries",
        N_("List, answer and withdraw inquiries to departments. Default: list."),
        (
            Entry("list", ":list_inquiries", N_("List the inquiries; a verifier gets those of their department.")),
            act_entry(Action.INQUIRY_ANSWER, ":answer", "answer"),
            act_entry(Action.INQUIRY_WITHDRAW, ":withdraw", "withdraw"),
        ),
    ),
    CommandGroup(
        "quality",
        "quality.commands",
        N_("Sample decisions, give second opinions, compare them. Default: list."),
        (
            Entry("list", ":list_samples", N_("List the samples (supervisor, auditor).")),
            Entry("sample", ":sample", N_("Draw decisions of a period for a second opinion (supervisor).")),
            Entry("review", ":review", N_("Give a second opinion on a sampled case, without knowing its verdict.")),
            Entry("adjudicate", ":adjudicate", N_("Say which of two differing opinions stands (supervisor).")),
            Entry("report", ":report", N_("Show how far first and second opinions agree.")),
            Entry("golden", ":mark_golden", N_("Record the right answer to a decided case (supervisor).")),
        ),
    ),
    Entry(
        "report",
        "quality.report:report",
        N_("Report on a period beside the one before it, also as XLSX or HTML (supervisor, admin, auditor)."),
    ),
    act_entry(Action.CHECKLIST, "cases.recording:checklist"),
    act_entry(Action.JUDGE, "cases.recording:judge"),
    act_entry(Action.ANSWER, "cases.recording:answer_pending"),
    act_entry(Action.WAIVE, "cases.recording:waive"),
    act_entry(Action.WITHDRAW, "cases.recording:withdraw"),
    act_entry(Action.RESUBMIT, "files.imports:resubmit"),
    act_entry(Action.DOCUMENTS, "cases.folders:documents"),
    act_entry(Action.DOSSIER, "cases.folders:dossier"),
    act_entry(Action.LEGAL_HOLD, "site.retention:hold", "hold"),
    act_entry(Action.LEGAL_HOLD_END, "site.retention:unhold", "unhold"),
    CommandGroup(
        "imports",
        "files.imports",
        N_("List and undo imports. Default: list."),
        (
            Entry("list", ":list_batches", N_("List the imports, newest first.")),
            Entry("undo", ":undo_batch", N_("Undo an import if nobody has acted on its cases.")),
        ),
    ),
    CommandGroup(
        "maps",
        "files.reseller_sheets",
        N_("List, show and accept maps of resellers' sheets. Default: list."),
        (
            Entry("list", ":list_maps", N_("List the maps and what is wrong in them.")),
            Entry("show", ":show_map", N_("Print a map.")),
            Entry(
                "accept",
                ":accept_map",
                N_("Put a proposed map into use, if nothing in it is wrong or undecided (admin)."),
            ),
        ),
    ),
    CommandGroup(
        "calendar",
        "calendar.commands",
        N_("Show and change the working calendar. Default: show this year."),
        (
            Entry("show", ":show_year", N_("Show a year: working days, holidays, make-up days and suspensions.")),
            Entry("set", ":set_day", N_("Set a day by hand: day off, working day, or hours of its own.")),
            Entry(
                "suspend",
                "calendar.suspensions:suspend",
                N_("Suspend all clocks for a period and draft a notice to each affected applicant."),
            ),
            Entry(
                "resume",
                "calendar.suspensions:resume",
                N_("Resume the clocks and draft notices with the new due dates."),
            ),
        ),
    ),
    CommandGroup(
        "notices",
        "files.notices",
        N_("List notices to applicants, mark them as sent, and hand them to a gateway. Default: list."),
        (
            Entry("list", ":list_notices", N_("List the notices, without those that were undone.")),
            Entry("sent", ":mark_sent", N_("Mark the notices in a file as sent, or as failed with a cause.")),
            Entry("send", ":send", N_("Hand each unsent notice to a program of yours (supervisor, admin).")),
        ),
    ),
    CommandGroup(
        "measures",
        "files.measures",
        N_("List numbers to bar and to restore, and confirm those carried out. Default: list."),
        (
            Entry("list", ":list_measures", N_("List the orders to bar and restore numbers, with their status.")),
            Entry(
                "done", ":report_done", N_("Confirm the orders in a file as carried out or failed (supervisor, admin).")
            ),
        ),
    ),
    CommandGroup(
        "reviewers",
        "site.reviewers",
        N_("List and manage people, roles and absences. Default: list."),
        (
            Entry("list", ":list_people", N_("List everyone with roles, limit and absence.")),
            Entry("add", ":add", N_("Register a person (admin).")),
            Entry("role", ":role", N_("Add or remove roles (admin).")),
            Entry("requests", ":requests", N_("List the requests for roles and policies that wait for another admin.")),
            Entry("approve", ":approve", N_("Approve another admin's request (admin).")),
            Entry("reject", ":reject", N_("Reject a request, or withdraw your own (admin).")),
            Entry("away", ":away", N_("Record that a person is away, and who stands in (supervisor, admin).")),
            Entry("back", ":back", N_("Record that a person is back (supervisor, admin).")),
            Entry("deactivate", ":deactivate", N_("Deactivate a person who left, and free their cases (admin).")),
            Entry("activate", ":activate", N_("Reactivate a person (admin).")),
            Entry("limit", ":limit", N_("Set how many cases a person may hold at once (admin).")),
            Entry("skills", ":skills", N_("Set what a person can review, as terms of a filter (admin).")),
            Entry("duty", ":duty", N_("Record duty on a day off, or overtime (supervisor, admin).")),
        ),
    ),
    CommandGroup(
        "forecast",
        "forecast.show",
        N_("Forecast how long reviews will take. Default: show the forecast."),
        (
            Entry(
                "show",
                ":show",
                N_("Forecast when a case will be decided and passed, or when the queue will be cleared."),
            ),
            Entry(
                "backtest",
                "forecast.backtest:backtest",
                N_("Backtest the forecast on an event log: train on the first part, forecast the rest."),
            ),
        ),
    ),
    CommandGroup(
        "policy",
        "site.policy",
        N_("Show, compare, check and replace the policy. Default: show."),
        (
            Entry(
                "show",
                ":show",
                N_("Show a version of the policy, by default the one in force; with --toml, the whole file."),
            ),
            Entry("list", ":list_versions", N_("List the versions of the policy, newest first.")),
            Entry(
                "diff",
                ":diff",
                N_("Compare a policy with the one in force, or two policies; count the open cases it touches."),
            ),
            Entry("check", ":check", N_("Check a policy file without applying it.")),
            Entry("apply", ":apply", N_("Put a policy file into force, at once or from a day (admin).")),
            CommandGroup(
                "campaign",
                "site.campaigns",
                N_("Review passed cases again after a change of policy. Default: start."),
                (
                    Entry(
                        "start",
                        ":start",
                        N_("Choose passed cases and open some of them again each working day (admin)."),
                    ),
                    Entry("show", ":show", N_("Show how far one campaign is, or all.")),
                    Entry("stop", ":stop", N_("Stop a campaign; cases that are not open yet stay passed (admin).")),
                ),
            ),
        ),
    ),
    CommandGroup(
        "audit",
        "site.audit",
        N_("Verify the audit log. Default: verify."),
        (
            Entry("verify", ":verify", N_("Verify the hash chain from the first event to the last.")),
            Entry("head", ":head", N_("Print the number and hash of the last event, to be kept elsewhere.")),
        ),
    ),
    Entry("events", "site.events:events", N_("List what one person did in a period (supervisor, admin, auditor).")),
    CommandGroup(
        "retention",
        "site.retention",
        N_("Show and erase what was kept long enough under the policy. Default: show."),
        (
            Entry("show", ":show", N_("Show what would be erased today, and why the rest is kept.")),
            Entry("apply", ":apply", N_("Erase what is due, for good, or ask another admin to approve it (admin).")),
            Entry("approve", ":approve", N_("Approve another admin's request, and erase what is due (admin).")),
            Entry("reject", ":reject", N_("Reject a request, or withdraw your own (admin).")),
            Entry(
                "compact",
                ":compact",
                N_("Rewrite the database, so that unused parts of it contain nothing erased (admin)."),
            ),
        ),
    ),
)
