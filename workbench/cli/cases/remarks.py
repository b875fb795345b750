"""Commands that record facts about a case: comment, verify, checklist, answer, resubmit, withdraw."""

from typing import Annotated

import typer

from db.enums import ChecklistValue, VerificationKind
from workbench.cli.cases.cases import print_state
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import CaseArgument, JsonFlag, NoteText, ReasonText, required_text
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import parse_case
from workbench.i18n import _, marked


def comment(
    context: CommandContext,
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=marked("Comment, for colleagues only."))],
    as_json: JsonFlag = False,
) -> None:
    """Add a comment for colleagues."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.comment(case_id, text)
        print_state(services, case_id, _("{case}: comment added."), as_json=as_json)


def verify(
    context: CommandContext,
    case: CaseArgument,
    kind: Annotated[
        VerificationKind,
        typer.Argument(metavar="phone|registry|visit|department", help=marked("How the fact was confirmed.")),
    ],
    result: Annotated[str, typer.Option("--result", metavar="T", help=marked("Result of the verification."))],
    as_json: JsonFlag = False,
) -> None:
    """Record a fact that was confirmed outside the workbench."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.verify(case_id, kind, required_text(result, "--result"))
        print_state(services, case_id, _("{case}: verification recorded."), as_json=as_json)


def checklist(
    context: CommandContext,
    case: CaseArgument,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help=marked("Code of the question."))],
    answer: Annotated[ChecklistValue, typer.Argument(metavar="yes|no|n/a", help=marked("Your answer."))],
    note: NoteText = "",
    as_json: JsonFlag = False,
) -> None:
    """Answer a checklist question."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.checklist(case_id, question.strip(), answer, note)
        print_state(services, case_id, _("{case}: answer recorded."), as_json=as_json)


def answer_pending(context: CommandContext, case: CaseArgument, note: NoteText = "", as_json: JsonFlag = False) -> None:
    """Record the applicant's answer to a pending case."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.answer(case_id, note)
        print_state(services, case_id, _("{case} is back in the queue."), as_json=as_json)


def resubmit(context: CommandContext, case: CaseArgument, note: NoteText = "", as_json: JsonFlag = False) -> None:
    """Record that the applicant has resubmitted."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.resubmit(case_id, note)
        print_state(services, case_id, _("{case} is back in the queue, in its next round."), as_json=as_json)


def withdraw(context: CommandContext, case: CaseArgument, reason: ReasonText, as_json: JsonFlag = False) -> None:
    """Close a case because the applicant withdraws the application."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.withdraw(case_id, required_text(reason, "--reason"))
        print_state(services, case_id, _("{case} is withdrawn."), as_json=as_json)


ENTRIES = (
    Entry("comment", comment, marked("Add a comment for colleagues to a case.")),
    Entry("verify", verify, marked("Record a fact that was confirmed outside the workbench.")),
    Entry("checklist", checklist, marked("Answer a checklist question.")),
    Entry(
        "answer", answer_pending, marked("Record the applicant's answer to a pending case; it returns to the queue.")
    ),
    Entry("resubmit", resubmit, marked("Record that the applicant has rectified the items and resubmitted.")),
    Entry("withdraw", withdraw, marked("Close a case because the applicant withdraws the application.")),
)
