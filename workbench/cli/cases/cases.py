"""Commands that list, take and give up cases: queue, next, take, show, explain, skip, release, aside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from workbench.cli.cases.case_json import empty_document, header_document
from workbench.cli.cases.case_text import CasePrinter, print_case, print_seen_case
from workbench.cli.cases.named_case import NumberOrName, find_case, note_reading, print_rows
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, ReasonText, parse_instant_option, required_text
from workbench.cli.framework.parameters import option
from workbench.domain.case.case_id import format_case, parse_decision
from workbench.domain.case.casefile import NoNextCase
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.filter.meant import meant_terms
from workbench.domain.filter.ordering import DEFAULT_ORDER, order_in_codes
from workbench.domain.filter.parser import FilterProblem
from workbench.errors import ExitCode, WrongUsage
from workbench.i18n import N_, _, comma_joined, with_details
from workbench.wording.amounts import assigned_words, commas, minute, percentage

if TYPE_CHECKING:
    from workbench.services.wiring import Services

_DEFAULT_LIMIT = 50

FilterText = Annotated[
    str,
    option(
        "--filter", N_("Only matching cases: words, state:, priority:, due<, applicant:, rule:, who: and more."), "F"
    ),
]


def queue(
    context: CommandContext,
    filter_text: FilterText = "",
    limit: Annotated[
        int | None,
        option("--limit", N_("Maximum number of cases, or of values with --by. Default: 50."), "N", min=1, max=10_000),
    ] = None,
    order: Annotated[
        str | None, option("--order", N_("Order, such as due or -applicant. Default: that of `next`."), "ORDER")
    ] = None,
    by: Annotated[
        str, option("--by", N_("Count the cases instead: by state, reason, rule, agent, due and more."), "WHAT")
    ] = "",
) -> None:
    """List the open cases in the order in which `next` takes them, or in another order; or count them."""
    if by and order is not None:
        raise WrongUsage(_("--by and --order cannot be used together; leave one out."))
    limit, order = limit or _DEFAULT_LIMIT, order_in_codes(order or DEFAULT_ORDER)
    if by:
        _count_by(context, filter_text, by, limit)
        return
    with context.services() as services, reporting_filter_position():
        zone = zone_of(services)
        rows, total = services.queue.page(filter_text, order=order, limit=limit), services.queue.count(filter_text)
        narrate_sorting(services, order, total)
    print_rows(context, rows, total, zone)
    if not total and (suggestions := meant_terms(filter_text)):
        output.narrate(with_details(_("Did you mean"), "  ".join(suggestions)))


def narrate_sorting(services: "Services", order: str, total: int) -> None:
    """Say that an order sorts only the first cases of a long list, if it does."""
    if not services.queue.sorts_all(order, total):
        message = _("Only the {count} most urgent cases are sorted in this order; narrow the filter to sort all.")
        output.narrate(message.format(count=commas(services.queue.MOST_SORTED)))


def _count_by(context: CommandContext, filter_text: str, by: str, limit: int) -> None:
    """Print how many cases of a filter have each of the most frequent values of a property."""
    with context.services() as services, reporting_filter_position():
        breakdown = services.breakdowns.count(filter_text, by)
    breakdown = replace(
        breakdown, rows=breakdown.rows[:limit], others=breakdown.others + max(0, len(breakdown.rows) - limit)
    )
    rows_and_shares = [(row, round(row.cases / breakdown.total, 6)) for row in breakdown.rows]
    if context.as_json:
        counts = [
            {"value": row.value, "cases": row.cases, "share": share, "filter": row.term}
            for row, share in rows_and_shares
        ]
        output.document({"by": by, "total": breakdown.total, "counts": counts, "others": breakdown.others})
        return
    rows = [[row.words, commas(row.cases), percentage(share)] for row, share in rows_and_shares]
    output.table([_("Value"), _("Cases"), _("Share")], rows, numeric=(1, 2))
    output.narrate(_("{count} cases.").format(count=commas(breakdown.total)))
    if breakdown.others:
        message = _("{count} more values are not shown; --limit shows more.")
        output.narrate(message.format(count=commas(breakdown.others)))


def take_next(context: CommandContext, filter_text: FilterText = "") -> None:
    """Claim the next case, or say why there is none."""
    with context.services() as services, reporting_filter_position():
        next_case, zone = services.claims.next(filter_text), zone_of(services)
        is_empty = isinstance(next_case, NoNextCase) and next_case.kind == "none"
        incomplete = services.queue.count("state:incomplete") if is_empty else 0
    if isinstance(next_case, NoNextCase):
        message = _("The queue is empty; cases that wait for documents: {count} (`queue --filter state:incomplete`).")
        sentence = _empty_sentence(next_case, filter_text, context.now(), zone)
        output.complain(message.format(count=commas(incomplete)) if incomplete else sentence)
        if context.as_json:
            output.document(empty_document(next_case, zone))
        raise typer.Exit(ExitCode.UNAVAILABLE)
    print_case(context, next_case)


def _empty_sentence(empty: NoNextCase, filter_text: str, now: datetime, zone: ZoneInfo) -> str:
    """Return one sentence that says why `next` has no case."""
    text = CasePrinter(zone, now)
    who = comma_joined(
        _("{login} until {when}").format(login=login, when=text.instant(until)) for login, until in empty.who
    )
    sentences = {
        "none": _("The queue is empty."),
        "held": _("Nothing left for you: {count} held by others: {who}."),
        "assigned": _("Nothing left for you."),
        "skipped": _("You have skipped all {count} remaining cases."),
        "filtered": _("The remaining {count} cases are outside the filter or your skills; widen the filter.")
        if filter_text.strip()
        else _("The remaining {count} cases are outside your skills; they come to you on the day they are due."),
        "limit": _("You have put aside {limit} cases, which is your limit; decide or release one."),
    }
    sentence = sentences.get(empty.kind, sentences["none"]).format(count=empty.count, who=who, limit=empty.limit)
    assigned = comma_joined(assigned_words(empty.assigned))
    return sentence + _(" Others: {assigned}.").format(assigned=assigned) if assigned else sentence


def take(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """Take a chosen case out of turn."""
    with context.services() as services:
        print_case(context, services.taking.take(case, required_text(reason, "--reason")))


@contextmanager
def reporting_filter_position() -> Iterator[None]:
    """Turn a filter error into a usage error that names the position of the mistake."""
    try:
        yield
    except FilterProblem as problem:
        message = _("--filter, character {start}: {problem}")
        raise WrongUsage(message.format(start=problem.start + 1, problem=problem)) from problem


def show(
    context: CommandContext,
    case: NumberOrName,
    reveal: Annotated[bool, option("--reveal", N_("Show personal data unmasked; this is logged."))] = False,
    at: Annotated[
        int | None,
        option(
            "--at",
            N_("Show the case as it was when a decision was made; this is logged."),
            "D-…",
            parser=parse_decision,
        ),
    ] = None,
) -> None:
    """Show one case."""
    with context.services() as services:
        # A part would let a person reveal one case after another without knowing whose they are.
        case_id = find_case(context, services, case, is_whole=reveal)
        if at is not None:
            print_seen_case(context, services.seen_cases.show(case_id, at, reveal=reveal), revealed=reveal)
            return
        if reveal:
            casefile = services.casefiles.show_revealed(case_id)
        else:
            casefile = services.casefiles.show(case_id)
            note_reading(services, case_id)
    print_case(context, casefile, revealed=reveal)


def explain(context: CommandContext, case: NumberOrName) -> None:
    """Explain the position of a case in the queue."""
    with context.services() as services:
        case_id = find_case(context, services, case)
        sentences = services.claims.explain(case_id)
        note_reading(services, case_id)
    context.print_lines({"case": format_case(case_id), "explanation": list(sentences)}, sentences)


def skip(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """Skip a held case; it is offered again only after it changes."""
    with context.services() as services:
        services.claims.skip(case, required_text(reason, "--reason"))
        print_done(context, services, case, _("{case} was skipped."))


def release(context: CommandContext, case: CaseArgument) -> None:
    """Return a held case to the queue."""
    with context.services() as services:
        services.claims.release(case)
        print_done(context, services, case, _("{case} was released."))


def aside(
    context: CommandContext,
    case: CaseArgument,
    until: Annotated[
        str | None, option("--until", N_("Time, such as 2h or tomorrow 9:00. Default: 2 hours from now."), "T")
    ] = None,
) -> None:
    """Put a held case aside until a time."""
    with context.services() as services:
        zone = zone_of(services)
        moment = None if until is None else parse_instant_option(until, "--until", services, Tense.FUTURE)
        back_at = minute(services.claims.aside(case, moment), zone)
        print_done(context, services, case, _("{case} is put aside until {until}."), until=back_at)


def print_done(context: CommandContext, services: "Services", case_id: int, sentence: str, **values: str) -> None:
    """Print what was done with a case: a sentence with its values, or the header of the case as JSON."""
    if context.as_json:
        output.document(header_document(services.casefiles.show(case_id).header, zone_of(services)))
    else:
        output.narrate(sentence.format(case=format_case(case_id), **values))
