"""Commands about inquiries to departments: inquire; inquiries list, answer and withdraw."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from db.enums import InquiryOutcome
from workbench.cli.cases.case_json import inquiry_document
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import json_attributes, to_json
from workbench.cli.framework.options import CaseArgument, ReasonText, parse_day_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case, format_inquiry, parse_case, parse_inquiry
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import N_, _
from workbench.wording.amounts import minute
from workbench.wording.case.inquiries import status_words

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.domain.facts.inquiry_lines import InquiryLine
    from workbench.services.wiring import Services

InquiryArgument = Annotated[int, argument("INQUIRY", N_("Inquiry, such as I-000123."), parser=parse_inquiry)]


def inquire(
    context: CommandContext,
    case: CaseArgument,
    department: Annotated[str, argument("DEPARTMENT", N_("Code or name of the department in the policy."))],
    question: Annotated[str, option("--question", N_("Question that the department answers."), "T")],
    until: Annotated[str, option("--until", N_("Last day to answer. Default: from the policy."), "D")] = "",
) -> None:
    """Ask a department a question about a case."""
    with context.services() as services:
        day = parse_day_option(until, "--until", services, Tense.FUTURE) if until else None
        line = services.inquiries.inquire(case, department, required_text(question, "--question"), day)
        sentence = _("{inquiry} asks {department} about {case}; the answer is due {due}.")
        _print_result(context, services, line, sentence)


def list_inquiries(
    context: CommandContext,
    case: Annotated[int | None, argument("CASE", N_("Case, such as C-000123."), parser=parse_case)] = None,
) -> None:
    """List the inquiries."""
    with context.services() as services:
        zone = services.inquiries.zone()
        columns: Columns[InquiryLine] = {
            _("Inquiry"): lambda line: format_inquiry(line.id),
            _("Case"): lambda line: format_case(line.case_id),
            _("Department"): lambda line: line.department_name,
            _("Due"): lambda line: minute(line.due_at, zone),
            _("State"): status_words,
            _("Question"): lambda line: line.question,
            _("Answer"): lambda line: line.note,
        }
        context.print_list("inquiries", services.inquiries.list(case), partial(_document, services), columns)


def answer(
    context: CommandContext,
    inquiry: InquiryArgument,
    outcome: Annotated[InquiryOutcome, argument("confirmed|contradicted|cannot-say", N_("Answer."))],
    note: Annotated[str, option("--note", N_("Note for the reviewer."), "T")],
    document: Annotated[Path | None, option("--document", N_("Document that comes with the answer."), "FILE")] = None,
) -> None:
    """Answer an inquiry to your department."""
    with context.services() as services:
        line = services.inquiries.answer(inquiry, outcome, required_text(note, "--note"), document)
        _print_result(context, services, line, _("{inquiry} about {case} is answered: {status}."))


def withdraw(context: CommandContext, inquiry: InquiryArgument, reason: ReasonText) -> None:
    """Withdraw an open inquiry."""
    with context.services() as services:
        line = services.inquiries.withdraw(inquiry, required_text(reason, "--reason"))
        _print_result(context, services, line, _("{inquiry} about {case} is withdrawn."))


def _print_result(context: CommandContext, services: "Services", line: "InquiryLine", sentence: str) -> None:
    words = {"inquiry": format_inquiry(line.id), "case": format_case(line.case_id)}
    words |= {"department": line.department_name, "status": status_words(line)}
    due = minute(line.due_at, services.inquiries.zone())
    context.print_result(_document(services, line), sentence.format(**words, due=due))


def _document(services: "Services", line: "InquiryLine") -> dict[str, Any]:
    """Return an inquiry as JSON.

    For a verifier of its department, an open inquiry has the fields that the department may see.
    """
    zone, inquiries = services.inquiries.zone(), services.inquiries
    shown = inquiry_document(line, zone)
    if line.is_open and inquiries.is_of_own_department(line):
        shown["fields"] = [json_attributes(one, ("name", "key", "value"), zone) for one in inquiries.fields(line.id)]
    return {name: to_json(value, zone) for name, value in shown.items()}
