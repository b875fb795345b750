"""Commands that write something on a case: comment, verify, checklist, answer, resubmit, withdraw."""

from typing import Annotated

import typer

from db.enums import ChecklistValue, VerificationKind
from workbench.cli.cases.cases import tell_state
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import CaseArgument, JsonFlag, NoteText, ReasonText, needed
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import parse_case
from workbench.i18n import _, marked


def comment(
    context: CommandContext,
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=marked("The comment, for colleagues only."))],
    as_json: JsonFlag = False,
) -> None:
    """Write a comment."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.comment(case_id, text)
        tell_state(services, case_id, _("{case}: the comment is written."), as_json=as_json)


def verify(
    context: CommandContext,
    case: CaseArgument,
    kind: Annotated[
        VerificationKind,
        typer.Argument(metavar="phone|registry|visit|department", help=marked("How it was confirmed.")),
    ],
    result: Annotated[str, typer.Option("--result", metavar="T", help=marked("What came of it."))],
    as_json: JsonFlag = False,
) -> None:
    """Note a fact that was confirmed outside."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.verify(case_id, kind, needed(result, "--result"))
        tell_state(services, case_id, _("{case}: the verification is noted."), as_json=as_json)


def checklist(
    context: CommandContext,
    case: CaseArgument,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help=marked("The code of the question."))],
    answer: Annotated[ChecklistValue, typer.Argument(metavar="yes|no|n/a", help=marked("Your answer."))],
    note: NoteText = "",
    as_json: JsonFlag = False,
) -> None:
    """Answer a question of the checklist."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.checklist(case_id, question.strip(), answer, note)
        tell_state(services, case_id, _("{case}: the answer is noted."), as_json=as_json)


def answered(context: CommandContext, case: CaseArgument, note: NoteText = "", as_json: JsonFlag = False) -> None:
    """Note the applicant's answer to a pending case."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.answer(case_id, note)
        tell_state(services, case_id, _("{case} is in the queue again."), as_json=as_json)


def resubmit(context: CommandContext, case: CaseArgument, note: NoteText = "", as_json: JsonFlag = False) -> None:
    """Note that the applicant has handed in again."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.resubmit(case_id, note)
        tell_state(services, case_id, _("{case} is in the queue again, in its next round."), as_json=as_json)


def withdraw(context: CommandContext, case: CaseArgument, reason: ReasonText, as_json: JsonFlag = False) -> None:
    """End a case on the applicant's word."""
    case_id = parse_case(case)
    with context.services() as services:
        services.remarks.withdraw(case_id, needed(reason, "--reason"))
        tell_state(services, case_id, _("{case} is withdrawn."), as_json=as_json)


ENTRIES = (
    Entry("comment", comment, marked("Write a comment for colleagues on a case.")),
    Entry("verify", verify, marked("Note a fact that was confirmed outside.")),
    Entry("checklist", checklist, marked("Answer a question of the checklist.")),
    Entry("answer", answered, marked("Note the applicant's answer to a pending case: back to the queue.")),
    Entry("resubmit", resubmit, marked("Note that the applicant has mended and handed in again.")),
    Entry("withdraw", withdraw, marked("End a case because the applicant takes the application back.")),
)
