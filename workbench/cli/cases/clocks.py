"""Commands about the due date of a case: clock, extend, class, priority."""

from typing import Annotated

import typer

from db.enums import Priority, ServiceClass
from workbench.cli.cases.cases import tell_state
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, JsonFlag, ReasonText, day_said, needed
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case, parse_case
from workbench.i18n import _, marked


def clock(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Show how the due date of a case came about."""
    from workbench.cli.cases.case_json import walk_document
    from workbench.wording.clock_explanation import ClockWords

    case_id = parse_case(case)
    with context.services() as services:
        walk, zone = services.clocks.walk(case_id), zone_of(services)
    words = ClockWords(walk, context.now().astimezone(zone).date(), zone)
    if as_json:
        output.document({"case": format_case(case_id), **walk_document(walk, words, zone)})
        return
    for sentence in words.lines():
        output.line(sentence)


def extend(
    context: CommandContext,
    case: CaseArgument,
    until: Annotated[str, typer.Option("--until", metavar="D", help=marked("The day; due at its closing time."))],
    reason: Annotated[
        str, typer.Option("--reason", metavar="T", help=marked("Why; the applicant reads it in a notice."))
    ],
    as_json: JsonFlag = False,
) -> None:
    """Extend a due date, or the deadline of what an applicant mends."""
    case_id = parse_case(case)
    with context.services() as services:
        done = services.rescheduling.extend(case_id, day_said(until, "--until"), needed(reason, "--reason"))
        when = f"{done.until.astimezone(zone_of(services)):%Y-%m-%d %H:%M}"
        sentence = _("{case} is to be mended by {until}.") if done.is_deadline else _("{case} is due {until}.")
        tell_state(services, case_id, sentence.replace("{until}", when), as_json=as_json)


def change_class(
    context: CommandContext,
    case: CaseArgument,
    service_class: Annotated[
        ServiceClass,
        typer.Argument(metavar="C", help=marked("expedited, standard, complex, maximum or extended.")),
    ],
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="T", help=marked("Why; the applicant reads it if the due date moves later.")),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Change the service class of a case."""
    case_id = parse_case(case)
    with context.services() as services:
        due_at = services.rescheduling.change_class(case_id, service_class, needed(reason, "--reason"))
        zone = zone_of(services)
        when = _("not due yet") if due_at is None else f"{due_at.astimezone(zone):%Y-%m-%d %H:%M}"
        sentence = _("{case} has another class; due: {when}.").replace("{when}", when)
        tell_state(services, case_id, sentence, as_json=as_json)


def change_priority(
    context: CommandContext,
    case: CaseArgument,
    priority: Annotated[Priority, typer.Argument(metavar="P", help=marked("low, normal, high or urgent."))],
    reason: ReasonText,
    as_json: JsonFlag = False,
) -> None:
    """Change the priority of a case."""
    case_id = parse_case(case)
    with context.services() as services:
        services.rescheduling.change_priority(case_id, priority, needed(reason, "--reason"))
        tell_state(services, case_id, _("{case} has another priority."), as_json=as_json)


ENTRIES = (
    Entry("clock", clock, marked("Show how the due date of a case came about, line by line.")),
    Entry(
        "extend",
        extend,
        marked("Extend a due date, or the deadline while the applicant mends; the applicant is told (supervisor)."),
    ),
    Entry(
        "class",
        change_class,
        marked(
            "Change a case's service class, and so its due date; the applicant is told if it is later (supervisor)."
        ),
    ),
    Entry("priority", change_priority, marked("Change a case's priority (supervisor).")),
)
