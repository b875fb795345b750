"""Commands about the due date of a case: clock, extend, class, priority."""

from typing import Annotated

from db.enums import Priority, ServiceClass
from workbench.cli.cases.case_json import explanation_document
from workbench.cli.cases.cases import print_done
from workbench.cli.cases.named_case import NumberOrName, find_case, note_reading
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, ReasonText, parse_day_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import N_, _
from workbench.wording.amounts import minute
from workbench.wording.clock_explanation import ClockWords


def clock(context: CommandContext, case: NumberOrName) -> None:
    """Show how the due date of a case is calculated."""
    with context.services() as services:
        case_id = find_case(context, services, case)
        explanation, zone = services.clocks.explain(case_id), zone_of(services)
        note_reading(services, case_id)
    words = ClockWords(explanation, context.now().astimezone(zone).date(), zone)
    document = {"case": format_case(case_id), **explanation_document(explanation, words, zone)}
    context.print_lines(document, words.lines())


def extend(
    context: CommandContext,
    case: CaseArgument,
    until: Annotated[str, option("--until", N_("New date; due at closing time that day."), "D")],
    reason: Annotated[str, option("--reason", N_("Reason; the applicant reads it in a notice."), "T")],
    item: Annotated[
        str, option("--item", N_("Extend only the deadline of this item to rectify: its number or code."), "ITEM")
    ] = "",
) -> None:
    """Extend a due date, or a rectification deadline."""
    with context.services() as services:
        day, why = parse_day_option(until, "--until", services, Tense.FUTURE), required_text(reason, "--reason")
        done = services.rescheduling.extend(case, day, why, item)
        when = minute(done.until, zone_of(services))
        sentence = _("{case} must be rectified by {until}.") if done.is_deadline else _("{case} is due {until}.")
        if done.item:
            sentence = _("{case}: item {item} must be rectified by {until}.")
        print_done(context, services, case, sentence, until=when, item=item.strip())


def change_class(
    context: CommandContext,
    case: CaseArgument,
    service_class: Annotated[ServiceClass, argument("C", N_("expedited, standard, complex, maximum or extended."))],
    reason: Annotated[str, option("--reason", N_("Reason; the applicant reads it if the due date moves later."), "T")],
) -> None:
    """Change the service class of a case."""
    with context.services() as services:
        due_at = services.rescheduling.change_class(case, service_class, required_text(reason, "--reason"))
        when = minute(due_at, zone_of(services)) or _("no due date")
        print_done(context, services, case, _("{case}: service class changed; due date: {when}."), when=when)


def change_priority(
    context: CommandContext,
    case: CaseArgument,
    priority: Annotated[Priority, argument("P", N_("low, normal, high or urgent."))],
    reason: ReasonText,
) -> None:
    """Change the priority of a case."""
    with context.services() as services:
        services.rescheduling.change_priority(case, priority, required_text(reason, "--reason"))
        print_done(context, services, case, _("{case}: priority changed."))
