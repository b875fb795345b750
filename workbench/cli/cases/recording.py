"""Commands that record facts about a case: comment, contact, verify, checklist, judge, answer, waive, withdraw."""

from typing import Annotated, Literal

from db.enums import CaseState, ChecklistValue, ContactChannel, ItemResult, VerificationKind
from workbench.cli.cases.case_json import question_document
from workbench.cli.cases.cases import print_done
from workbench.cli.cases.named_case import note_reading
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import CaseArgument, NoteText, ReasonText, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.records import ChecklistLine
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, current_language
from workbench.wording.case.labels import ANSWER_WORDS


def comment(
    context: CommandContext,
    case: CaseArgument,
    text: Annotated[str, argument("TEXT", N_("Comment, for colleagues only."))],
) -> None:
    """Add a comment for colleagues."""
    with context.services() as services:
        services.remarks.comment(case, text)
        print_done(context, services, case, _("{case}: comment added."))


def contact(
    context: CommandContext,
    case: CaseArgument,
    channel: Annotated[ContactChannel, argument("phone|sms|email|letter|visit|chat", N_("Channel of the contact."))],
    text: Annotated[str, argument("TEXT", N_("What was said; the applicant never sees it."))],
) -> None:
    """Record a contact with the applicant."""
    with context.services() as services:
        services.remarks.contact(case, channel, text)
        print_done(context, services, case, _("{case}: contact recorded."))


def verify(
    context: CommandContext,
    case: CaseArgument,
    kind: Annotated[VerificationKind, argument("phone|registry|visit|department", N_("How the fact was confirmed."))],
    result: Annotated[str, option("--result", N_("Result of the verification."), "T")],
) -> None:
    """Record a fact that was confirmed outside the workbench."""
    with context.services() as services:
        services.remarks.verify(case, kind, required_text(result, "--result"))
        print_done(context, services, case, _("{case}: verification recorded."))


def checklist(
    context: CommandContext,
    case: CaseArgument,
    question: Annotated[str | None, argument("QUESTION", N_("Code of the question. Default: list all."))] = None,
    answer: Annotated[ChecklistValue | None, argument("yes|no|n/a", N_("Your answer."))] = None,
    note: NoteText = "",
) -> None:
    """Answer a checklist question, or list the questions."""
    with context.services() as services:
        if question is None:
            columns: output.Columns[ChecklistLine] = {
                _("Question code"): lambda line: line.question,
                _("Answered"): lambda line: _(ANSWER_WORDS[line.answer]) if line.answer else _("unanswered"),
                _("Text"): lambda line: line.text.in_language(current_language()),
            }
            context.print_list("checklist", services.casefiles.show(case).checklist, question_document, columns)
            note_reading(services, case)
            return
        if answer is None:
            raise WrongUsage(_("Missing {name}.").format(name="ANSWER (yes|no|n/a)"))
        services.remarks.checklist(case, question.strip(), answer, note)
        print_done(context, services, case, _("{case}: answer recorded."))


def judge(
    context: CommandContext,
    case: CaseArgument,
    item: Annotated[str, argument("ITEM", N_("Number or code of the item, as `show` lists it."))],
    result: Annotated[
        Literal["fixed", "partly", "not-fixed"], argument("fixed|partly|not-fixed", N_("Your judgement of what came."))
    ],
) -> None:
    """Judge an item that the applicant had to rectify."""
    with context.services() as services:
        services.item_judging.judge(case, item, ItemResult(result.replace("-", "_")))
        print_done(context, services, case, _("{case}: item {item} judged."), item=item.strip().upper())


def answer_pending(context: CommandContext, case: CaseArgument, note: NoteText = "") -> None:
    """Record the applicant's answer to a pending case."""
    with context.services() as services:
        services.remarks.answer(case, note)
        print_done(context, services, case, _("{case} is back in the queue."))


def waive(
    context: CommandContext,
    case: CaseArgument,
    item: Annotated[str, argument("ITEM", N_("Number of the item in `show`, or its code."))],
    reason: ReasonText,
) -> None:
    """Waive an item that the applicant had to rectify."""
    with context.services() as services:
        services.waiving.waive(case, item, required_text(reason, "--reason"))
        sentence, header = _("{case}: item {item} is waived."), services.casefiles.show(case).header
        if header.state is not CaseState.RECTIFYING:
            sentence = _("{case}: item {item} is waived. Nothing is left to rectify: round {round} is in the queue.")
        print_done(context, services, case, sentence, item=item.strip(), round=str(header.round))


def withdraw(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """Close a case because the applicant withdraws the application; of an appealed case, withdraw the appeal."""
    with context.services() as services:
        services.remarks.withdraw(case, required_text(reason, "--reason"))
        is_over = services.casefiles.show(case).header.state is CaseState.WITHDRAWN
        sentence = _("{case} is withdrawn.") if is_over else _("The appeal of {case} is withdrawn; its result stays.")
        print_done(context, services, case, sentence)
