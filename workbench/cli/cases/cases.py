"""Commands that take and show cases: queue, next, show, explain, skip, release, aside, assign."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.failures import AlreadyReported
from workbench.cli.framework.options import CaseArgument, JsonFlag, ReasonText, moment_said, needed
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
        "--filter", metavar="F", help=marked("Only some: words, state:, priority:, due<, applicant:, rule:, who:, …")
    ),
]


@contextmanager
def _place_told() -> Iterator[None]:
    """Say of a filter that cannot be understood where in it the mistake is."""
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
        int, typer.Option("--limit", min=1, max=10_000, metavar="N", help=marked("How many cases; 50 by default."))
    ] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the open cases in the order of next."""
    from workbench.cli.cases.case_json import row_document
    from workbench.cli.cases.case_text import CaseText

    with context.services() as services, _place_told():
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

    with context.services() as services, _place_told():
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
        bool, typer.Option("--reveal", help=marked("Show personal values whole; the log says so."))
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
    """Say why a case comes when it comes."""
    case_id = parse_case(case)
    with context.services() as services:
        sentences = services.claims.explain(case_id)
    if as_json:
        output.document({"case": format_case(case_id), "explanation": list(sentences)})
        return
    for sentence in sentences:
        output.line(sentence)


def skip(context: CommandContext, case: CaseArgument, reason: ReasonText, as_json: JsonFlag = False) -> None:
    """Give a held case back and see it no more until it changes."""
    case_id = parse_case(case)
    with context.services() as services:
        services.claims.skip(case_id, needed(reason, "--reason"))
        tell_state(services, case_id, _("{case} was skipped."), as_json=as_json)


def release(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Give a held case back."""
    case_id = parse_case(case)
    with context.services() as services:
        services.claims.release(case_id)
        tell_state(services, case_id, _("{case} was released."), as_json=as_json)


def aside(
    context: CommandContext,
    case: CaseArgument,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="T", help=marked("A time of day, or a day and time; 2 hours by default.")),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Put a held case away until a time."""
    case_id = parse_case(case)
    with context.services() as services:
        zone = zone_of(services)
        moment = None if until is None else moment_said(until, "--until", zone, context.now())
        back_at: datetime = services.claims.aside(case_id, moment)
        sentence = _("{case} is aside until {until}.").replace("{until}", f"{back_at.astimezone(zone):%Y-%m-%d %H:%M}")
        tell_state(services, case_id, sentence, as_json=as_json)


def assign(
    context: CommandContext,
    cases: Annotated[list[str], typer.Argument(metavar="CASE…", help=marked("The cases, such as C-000123."))],
    to: Annotated[str, typer.Option("--to", metavar="LOGIN", help=marked("To whom."))],
    reason: ReasonText,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=marked("Only say what would happen."))] = False,
    as_json: JsonFlag = False,
) -> None:
    """Give cases to a person."""
    case_ids = list(dict.fromkeys(parse_case(case) for case in cases))
    with context.services() as services:
        given = services.assigning.assign(case_ids, to, needed(reason, "--reason"), dry_run=dry_run)
    if as_json:
        rows = [{"case": format_case(one.case_id), "to": one.to, "from": one.from_holder} for one in given]
        output.document({"assigned": rows, "dry_run": dry_run})
        return
    sentence = _("{case} would go to {login}.") if dry_run else _("{case} goes to {login}.")
    for one in given:
        taken = _(" It is taken from {holder}.").format(holder=one.from_holder) if one.from_holder else ""
        output.narrate(sentence.format(case=format_case(one.case_id), login=one.to) + taken)


def tell_state(services: "Services", case_id: int, sentence: str, *, as_json: bool) -> None:
    """Tell what was done with a case: a sentence for people, or where the case stands now as JSON."""
    if not as_json:
        output.narrate(sentence.format(case=format_case(case_id)))
        return
    from workbench.cli.cases.case_json import header_document

    output.document(header_document(services.casefiles.show(case_id).header, zone_of(services)))


ENTRIES = (
    Entry("queue", queue, marked("List the open cases in the order in which they come.")),
    Entry("next", take_next, marked("Take the next case; exit code 69 says that there is none.")),
    Entry("show", show, marked("Show a case: findings, the three panels, decisions and history.")),
    Entry("explain", explain, marked("Say why a case comes when it comes.")),
    Entry("skip", skip, marked("Give a held case back; it comes to you again only when it has changed.")),
    Entry("release", release, marked("Give a held case back.")),
    Entry("aside", aside, marked("Put a held case away until a time, with its draft.")),
    Entry("assign", assign, marked("Give cases to a person (supervisor).")),
)
