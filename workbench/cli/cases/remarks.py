"""Commands that record facts about a case: comment, verify, checklist, answer, resubmit, waive, withdraw."""

from typing import Annotated

from db.enums import ChecklistValue, VerificationKind
from workbench.cli.cases.cases import print_state
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import (
    CaseArgument,
    NoteText,
    ReasonText,
    argument,
    option,
    parse_instant,
    required_text,
)
from workbench.cli.framework.registration import Entry
from workbench.i18n import N_, _


def comment(
    context: CommandContext,
    case: CaseArgument,
    text: Annotated[str, argument("TEXT", N_("Comment, for colleagues only."))],
) -> None:
    """Add a comment for colleagues."""
    with context.services() as services:
        services.remarks.comment(case, text)
        print_state(context, services, case, _("{case}: comment added."))


def verify(
    context: CommandContext,
    case: CaseArgument,
    kind: Annotated[VerificationKind, argument("phone|registry|visit|department", N_("How the fact was confirmed."))],
    result: Annotated[str, option("--result", N_("Result of the verification."), "T")],
) -> None:
    """Record a fact that was confirmed outside the workbench."""
    with context.services() as services:
        services.remarks.verify(case, kind, required_text(result, "--result"))
        print_state(context, services, case, _("{case}: verification recorded."))


def checklist(
    context: CommandContext,
    case: CaseArgument,
    question: Annotated[str, argument("QUESTION", N_("Code of the question."))],
    answer: Annotated[ChecklistValue, argument("yes|no|n/a", N_("Your answer."))],
    note: NoteText = "",
) -> None:
    """Answer a checklist question."""
    with context.services() as services:
        services.remarks.checklist(case, question.strip(), answer, note)
        print_state(context, services, case, _("{case}: answer recorded."))


def answer_pending(context: CommandContext, case: CaseArgument, note: NoteText = "") -> None:
    """Record the applicant's answer to a pending case."""
    with context.services() as services:
        services.remarks.answer(case, note)
        print_state(context, services, case, _("{case} is back in the queue."))


def resubmit(
    context: CommandContext,
    case: CaseArgument,
    note: NoteText = "",
    received_at: Annotated[
        str | None, option("--received-at", N_("When it was received, if earlier than now; that time counts."), "T")
    ] = None,
) -> None:
    """Record that the applicant has resubmitted."""
    with context.services() as services:
        zone = zone_of(services)
        moment = None if received_at is None else parse_instant(received_at, "--received-at", zone)
        services.remarks.resubmit(case, note, moment)
        print_state(context, services, case, _("{case} is back in the queue, in its next round."))


def waive(
    context: CommandContext,
    case: CaseArgument,
    item: Annotated[str, argument("ITEM", N_("Number of the item in `show`, or its code."))],
    reason: ReasonText,
) -> None:
    """Waive an item that the applicant had to rectify."""
    with context.services() as services:
        services.waiving.waive(case, item, required_text(reason, "--reason"))
        print_state(context, services, case, _("{case}: item {item} is waived."), item=item.strip())


def withdraw(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """Close a case because the applicant withdraws the application."""
    with context.services() as services:
        services.remarks.withdraw(case, required_text(reason, "--reason"))
        print_state(context, services, case, _("{case} is withdrawn."))


ENTRIES = (
    Entry("comment", comment, N_("Add a comment for colleagues to a case.")),
    Entry("verify", verify, N_("Record a fact that was confirmed outside the workbench.")),
    Entry("checklist", checklist, N_("Answer a checklist question.")),
    Entry("answer", answer_pending, N_("Record the applicant's answer to a pending case; it returns to the queue.")),
    Entry("resubmit", resubmit, N_("Record that the applicant has rectified the items and resubmitted.")),
    Entry("waive", waive, N_("Waive an item to rectify; the applicant is notified (supervisor).")),
    Entry("withdraw", withdraw, N_("Close a case because the applicant withdraws the application.")),
)
