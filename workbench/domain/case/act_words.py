"""The words of each act on a case: help and label of its command and key, its name in the history, and its letters."""

from dataclasses import dataclass

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_


@dataclass(frozen=True, slots=True)
class ActWords:
    """The words of an act.

    Attributes:
        help: The help of its command and of its key.
        keys: Its usual keys; empty for an act without a key.
        label: The label of its key; empty for an act without a key.
        past: The words in the history; empty if they are the label.
        letters: The kinds of letters that the act may write.
    """

    help: str
    keys: str = ""
    label: str = ""
    past: str = ""
    letters: str = ""


ACT_WORDS: dict[Action, ActWords] = {
    Action.NEXT: ActWords(N_("Take the next case, or return to the one you hold."), "n,f2", N_("next"), N_("claimed")),
    Action.TAKE: ActWords(
        N_("Take a chosen case out of turn; the reason is kept."), "N", N_("take"), N_("taken out of turn")
    ),
    Action.RELEASE: ActWords(N_("Return a held case to the queue."), "b", N_("release"), N_("released")),
    Action.SKIP: ActWords(
        N_("Skip a held case; it is offered to you again only after it changes."), "s", N_("skip"), N_("skipped")
    ),
    Action.ASIDE: ActWords(N_("Put a held case aside until a time; the draft is kept."), "h,f9", N_("put aside")),
    Action.DECIDE: ActWords(N_("Give a verdict on a case you hold."), past=N_("decided"), letters="pass,fail,pending"),
    Action.UNDO: ActWords(
        N_("Undo your last action on a case, while undo is still possible."), "u,f3", N_("undo"), N_("taken back")
    ),
    Action.APPROVE: ActWords(
        N_("Approve the verdict; it takes effect."),
        "a,f5",
        N_("approve"),
        N_("approved"),
        letters="pass,fail,pending,appeal-decided",
    ),
    Action.RETURN: ActWords(N_("Return the case to its maker, with a note."), "r,f6", N_("return"), N_("returned")),
    Action.COMMENT: ActWords(N_("Add a comment for colleagues; the applicant never sees it."), "c", N_("comment")),
    Action.VERIFY: ActWords(
        N_("Record a fact that was confirmed outside the workbench."), "e", N_("verify"), N_("verified")
    ),
    Action.CONTACT: ActWords(
        N_("Record a call or message with the applicant, outside the letters."), "k", N_("contact")
    ),
    Action.INQUIRE: ActWords(
        N_("Ask a department a question about a case; its answer is new evidence, never a verdict."),
        "I",
        N_("inquire"),
        N_("department asked"),
    ),
    Action.INQUIRY_ANSWER: ActWords(
        N_("Answer an inquiry to your department (verifier)."), "enter", N_("answer"), N_("department answered")
    ),
    Action.INQUIRY_WITHDRAW: ActWords(
        N_("Withdraw an inquiry that is still open."), "Z", N_("withdraw"), N_("inquiry withdrawn")
    ),
    Action.CHECKLIST: ActWords(N_("Answer the questions that imported data cannot answer."), "l", N_("checklist")),
    Action.JUDGE: ActWords(
        N_("Judge whether an item of the last rectification is fixed."), "1,2,3", N_("judge"), N_("item judged")
    ),
    Action.REVEAL: ActWords("", "full_stop", N_("reveal"), N_("revealed")),
    Action.DOCUMENTS: ActWords(
        N_("Write a case's documents to a folder; each one is logged."), "o", N_("documents"), N_("document opened")
    ),
    Action.DOSSIER: ActWords(
        N_("Write a whole case to a folder, for an auditor (supervisor, admin, auditor)."), past=N_("dossier written")
    ),
    Action.ASSIGN: ActWords(N_("Assign cases to a person (supervisor)."), "a", N_("assign"), N_("assigned")),
    Action.ANSWER: ActWords(
        N_("Record the answer to a pending verdict; the case returns to the queue."), "m", N_("reply received")
    ),
    Action.RESUBMIT: ActWords(
        N_("Record that the applicant sent what a fail asked to rectify, with the file if there is one."),
        "M",
        N_("resubmission"),
        N_("resubmitted"),
        letters="lapse-undone",
    ),
    Action.WITHDRAW: ActWords(
        N_("Close a case because the applicant withdraws the application, or end its appeal."),
        "Z",
        N_("withdraw"),
        N_("withdrawn"),
        letters="withdrawn,appeal-withdrawn",
    ),
    Action.EXTEND: ActWords(
        N_("Extend a due date, or a rectification deadline; the applicant is notified (supervisor)."),
        "E",
        N_("extend"),
        N_("extended until"),
        letters="delay,deadline",
    ),
    Action.CLASS: ActWords(
        N_("Change a case's service class; the applicant is notified if the due date moves later (supervisor)."),
        "C",
        N_("change class"),
        N_("class changed to"),
        letters="delay",
    ),
    Action.PRIORITY: ActWords(
        N_("Change a case's priority (supervisor)."), "P", N_("change priority"), N_("priority changed to")
    ),
    Action.WAIVE: ActWords(
        N_("Waive an item to rectify; the applicant is notified (supervisor)."),
        "W",
        N_("waive"),
        N_("item waived"),
        letters="waived",
    ),
    Action.REOPEN: ActWords(
        N_("Open a passed, failed or lapsed case again (supervisor)."),
        "R,f8",
        N_("open again"),
        N_("opened again"),
        letters="reopened",
    ),
    Action.APPEAL: ActWords(
        N_("File an applicant's appeal against a final fail or a lapse."),
        "G",
        N_("appeal"),
        N_("appeal filed"),
        letters="appeal-received",
    ),
    Action.APPEAL_DECIDE: ActWords(
        N_("Decide an appeal; a second person checks the decision."),
        "d,f5",
        N_("decide"),
        N_("decided the appeal"),
        letters="appeal-decided",
    ),
    Action.LEGAL_HOLD: ActWords(
        N_("Put a case under legal hold, so that retention erases nothing of it (supervisor, admin)."),
        "H",
        N_("set or end legal hold"),
        N_("legal hold"),
    ),
    Action.LEGAL_HOLD_END: ActWords(
        N_("End the legal hold of a case (supervisor, admin)."), past=N_("legal hold ended")
    ),
}
