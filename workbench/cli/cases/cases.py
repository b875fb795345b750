"""Commands that list, take and hand over cases: queue, next, show, explain, skip, release, aside, assign."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.failures import AlreadyReported
from workbench.cli.framework.options import CaseArgument, JsonFlag, ReasonText, parse_moment, required_text
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case, parse_case
from workbench.domain.case.casefile import Empty
from workbench.domain.filter.parser import FilterProblem
from workbench.errors import ExitCode, WrongUsage
from workbench.i18n import _, marked

if TYPE_CHECKING:
    from workbench.services.wiring import Services


FilterText = Annotated[
    str,
    typer.Option(
        "--filter",
        metavar="F",
        help=marked("Only matching cases: words, state:, priority:, due<, applicant:, rule:, who: and more."),
    ),
]


@contextmanager
def _filter_position_reported() -> Iterator[None]:
    """Turn a filter error into a usage error that names the position of the mistake."""
    try:
        yield
    except FilterProblem as problem:
        raise WrongUsage(
            _("--filter, character {start}: {problem}").format(start=problem.start + 1, problem=problem)
        ) from problem


def queue(
    context: CommandContext,
    filter_text: FilterText = "",
    limit: Annotated[
        int,
        typer.Option("--limit", min=1, max=10_000, metavar="N", help=marked("Maximum number of cases. Default: 50.")),
    ] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the open cases in the order in which `next` takes them."""
    from workbench.cli.cases.case_json import row_document
    from workbench.cli.cases.case_text import CaseText

    with context.services() as services, _filter_position_reported():
        zone, rows, total = (
            zone_of(services),
            services.queue.page(filter_text, limit=limit),
            services.queue.count(filter_text),
        )
    if as_json:
        output.document({"cases": [row_document(row, zone, context.now()) for row in rows], "total": total})
    else:
        CaseText(zone, context.now()).queue(rows, total)


def take_next(context: CommandContext, filter_text: FilterText = "", as_json: JsonFlag = False) -> None:
    """Claim the next case, or say why there is none."""
    from workbench.cli.cases.case_json import case_document, empty_document
    from workbench.cli.cases.case_text import CaseText, why_empty

    with context.services() as services, _filter_position_reported():
        found, zone = services.claims.next(filter_text), zone_of(services)
    if isinstance(found, Empty):
        output.complain(why_empty(found, zone))
        if as_json:
            output.document(empty_document(found, zone))
        raise AlreadyReported(ExitCode.UNAVAILABLE)
    if as_json:
        output.document(case_document(found))
    else:
        CaseText(zone, context.now()).show(found)


def show(
    context: CommandContext,
    case: CaseArgument,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=marked("Show personal data unmasked; this is logged."))
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show one case."""
    from workbench.cli.cases.case_json import case_document
    from workbench.cli.cases.case_text import CaseText

    case_id = parse_case(case)
    with context.services() as services:
        found = services.casefiles.show_revealed(case_id) if reveal else services.casefiles.show(case_id)
        zone = zone_of(services)
    if as_json:
        output.document(case_document(found, revealed=reveal))
    else:
        CaseText(zone, context.now()).show(found, revealed=reveal)


def explain(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Explain the position of a case in the queue."""
    case_id = parse_case(case)
    with context.services() as services:
        sentences = services.claims.explain(case_id)
    if as_json:
        output.document({"case": format_case(case_id), "explanation": list(sentences)})
        return
    for sentence in sentences:
        output.line(sentence)


def skip(context: CommandContext, case: CaseArgument, reason: ReasonText, as_json: JsonFlag = False) -> None:
    """Skip a held case; it is offered again only after it changes."""
    case_id = parse_case(case)
    with context.services() as services:
        services.claims.skip(case_id, required_text(reason, "--reason"))
        print_state(services, case_id, _("{case} was skipped."), as_json=as_json)


def release(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Return a held case to the queue."""
    case_id = parse_case(case)
    with context.services() as services:
        services.claims.release(case_id)
        print_state(services, case_id, _("{case} was released."), as_json=as_json)


def aside(
    context: CommandContext,
    case: CaseArgument,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="T", help=marked("Time, or date and time. Default: 2 hours from now.")),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Put a held case aside until a time."""
    case_id = parse_case(case)
    with context.services() as services:
        zone = zone_of(services)
        moment = None if until is None else parse_moment(until, "--until", zone, context.now())
        back_at: datetime = services.claims.aside(case_id, moment)
        sentence = _("{case} is put aside until {until}.").replace(
            "{until}", f"{back_at.astimezone(zone):%Y-%m-%d %H:%M}"
        )
        print_state(services, case_id, sentence, as_json=as_json)


def assign(
    context: CommandContext,
    cases: Annotated[list[str], typer.Argument(metavar="CASE…", help=marked("Cases, such as C-000123."))],
    to: Annotated[str, typer.Option("--to", metavar="LOGIN", help=marked("Login of the person to assign to."))],
    reason: ReasonText,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=marked("Show what would happen; write nothing."))] = False,
    as_json: JsonFlag = False,
) -> None:
    """Assign cases to a person."""
    case_ids = list(dict.fromkeys(parse_case(case) for case in cases))
    with context.services() as services:
        given = services.assigning.assign(case_ids, to, required_text(reason, "--reason"), dry_run=dry_run)
    if as_json:
        rows = [{"case": format_case(one.case_id), "to": one.to, "from": one.from_holder} for one in given]
        output.document({"assigned": rows, "dry_run": dry_run})
        return
    sentence = _("{case} would be assigned to {login}.") if dry_run else _("{case} is assigned to {login}.")
    for one in given:
        taken = _(" This ends the hold of {holder}.").format(holder=one.from_holder) if one.from_holder else ""
        output.narrate(sentence.format(case=format_case(one.case_id), login=one.to) + taken)


def print_state(services: "Services", case_id: int, sentence: str, *, as_json: bool) -> None:
    """Print what was done with a case: a sentence, or the header of the case as JSON."""
    if not as_json:
        output.narrate(sentence.format(case=format_case(case_id)))
        return
    from workbench.cli.cases.case_json import header_document

    output.document(header_document(services.casefiles.show(case_id).header, zone_of(services)))


ENTRIES = (
    Entry("queue", queue, marked("List the open cases in the order `next` takes them.")),
    Entry("next", take_next, marked("Take the next case. Exits with 69 if there is none.")),
    Entry("show", show, marked("Show a case: findings, the three panels, decisions and history.")),
    Entry("explain", explain, marked("Explain the position of a case in the queue.")),
    Entry("skip", skip, marked("Skip a held case; it is offered to you again only after it changes.")),
    Entry("release", release, marked("Return a held case to the queue.")),
    Entry("aside", aside, marked("Put a held case aside until a time; the draft is kept.")),
    Entry("assign", assign, marked("Assign cases to a person (supervisor).")),
)
