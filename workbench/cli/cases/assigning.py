"""The command that moves cases to other people: assign."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.cases.cases import FilterText, reporting_filter_position
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import DryRun, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case, parse_case
from workbench.errors import ExitCode, NothingAvailable, WrongUsage
from workbench.i18n import N_, _

if TYPE_CHECKING:
    from workbench.services.queue.assignment import Assignment
    from workbench.services.wiring import Services


def assign(
    context: CommandContext,
    cases: Annotated[list[int] | None, argument("CASE…", N_("Cases, such as C-000123."), parser=parse_case)] = None,
    to: Annotated[str, option("--to", N_("Login of the person to assign to."), "LOGIN")] = "",
    reason: Annotated[str, option("--reason", N_("Reason; needed without --dry-run."), "T")] = "",
    filter_text: FilterText = "",
    spread: Annotated[bool, option("--spread", N_("Spread the cases evenly over the present reviewers."))] = False,
    seed: Annotated[int, option("--seed", N_("With --spread: decides between people with the same load."), "N")] = 0,
    dry_run: DryRun = False,
) -> None:
    """Assign cases to a person, or spread them over all who are present."""
    if bool(to) == spread:
        raise WrongUsage(_("Give either --to or --spread."))
    if bool(cases) == bool(filter_text.strip()):
        raise WrongUsage(_("Give either cases or --filter."))
    reason = reason.strip() if dry_run else required_text(reason, "--reason")
    with context.services() as services, reporting_filter_position():
        if cases and to:
            # Cases that were named one by one move all, or none.
            done = services.assigning.assign(tuple(dict.fromkeys(cases)), to, reason, dry_run=dry_run)
        else:
            case_ids = tuple(dict.fromkeys(cases or _matching(services, filter_text)))
            plan = services.assigning.plan(case_ids, to, seed)
            done = plan if dry_run else services.assigning.carry_out(plan, reason)
        is_away = bool(to) and services.people.line(to).is_away
    _print(context, done, dry_run=dry_run)
    if is_away and not context.as_json:
        output.narrate(_("Assigned to {login}, who is away; offered to everybody.").format(login=to))
    if not done.assigned:
        raise typer.Exit(ExitCode.NOT_ALLOWED)


def _matching(services: "Services", filter_text: str) -> tuple[int, ...]:
    # One more than can be moved together, so that a filter that finds too many is refused.
    case_ids = services.queue.ids(filter_text, services.assigning.MOST_MOVED + 1)
    if not case_ids:
        raise NothingAvailable(_("The filter finds no case."))
    return case_ids


def _print(context: CommandContext, done: "Assignment", *, dry_run: bool) -> None:
    if context.as_json:
        output.document(_document(done, dry_run=dry_run))
        return
    sentence = _("{case} would be assigned to {login}.") if dry_run else _("{case} is assigned to {login}.")
    for moved in done.assigned:
        ends = _(" This ends the hold of {holder}.").format(holder=moved.from_holder) if moved.from_holder else ""
        output.narrate(sentence.format(case=format_case(moved.case_id), login=moved.to) + ends)
    for refused in done.refused:
        output.complain(f"{format_case(refused.case_id)}: {refused.why}")


def _document(done: "Assignment", *, dry_run: bool) -> dict[str, Any]:
    nothing = dict.fromkeys(("to", "from", "state", "why"))
    outcomes = [
        {**nothing, "case": format_case(moved.case_id), "outcome": "moved", "to": moved.to, "from": moved.from_owner}
        | {"state": moved.state}
        for moved in done.assigned
    ]
    outcomes += [
        {**nothing, "case": format_case(refused.case_id), "outcome": "refused", "why": refused.why}
        for refused in done.refused
    ]
    assigned = [
        {"case": format_case(moved.case_id), "to": moved.to, "from": moved.from_holder} for moved in done.assigned
    ]
    return {"assigned": assigned, "dry_run": dry_run, "cases": outcomes}
