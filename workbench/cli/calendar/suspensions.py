"""Commands that suspend and resume all clocks: calendar suspend, calendar resume."""

from typing import TYPE_CHECKING, Annotated

from workbench.cli.calendar.text import MAX_LISTED, first_lines
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_attributes
from workbench.cli.framework.options import DryRun, parse_end_option, parse_instant_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.values.provinces import province_key
from workbench.errors import WrongUsage
from workbench.i18n import N_, _
from workbench.wording.calendar import (
    affected_case_words,
    affected_count_words,
    deadline_count_words,
    notice_count_words,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from workbench.services.time.deadlines.recompute import SuspensionEffect


def suspend(
    context: CommandContext,
    start: Annotated[str, argument("FROM", N_("First day of the suspension, or the date and time work stopped."))],
    end: Annotated[
        str | None,
        argument("TO", N_("Last day of the suspension, or the date and time work resumes. Default: open-ended.")),
    ] = None,
    reason: Annotated[
        str, option("--reason", N_("Reason; applicants read it in their notice. Not needed with --dry-run."), "T")
    ] = "",
    province: Annotated[str | None, option("--province", N_("Only applications from this province."), "P")] = None,
    agent: Annotated[str | None, option("--agent", N_("Only applications from this agent."), "A")] = None,
    dry_run: DryRun = False,
) -> None:
    """Suspend all clocks for a period of force majeure."""
    from workbench.services.time.deadlines.suspensions import NewSuspension

    with context.services() as services:
        suspension = NewSuspension(
            from_at=parse_instant_option(start, _("FROM"), services, Tense.ANY),
            to_at=None if end is None else parse_end_option(end, _("TO"), services, Tense.ANY),
            reason=reason if dry_run else required_text(reason, "--reason"),
            province=None if province is None else _province(province),
            agent=None if agent is None else required_text(agent, "--agent"),
        )
        done, zone = services.suspending.suspend(suspension, dry_run=dry_run), zone_of(services)
    _print_result(context, done, zone, is_written=not dry_run)
    if not dry_run and not context.as_json:
        message = _("This is suspension {number}; `workbench calendar resume {number}` ends it, --mistake cancels it.")
        output.narrate(message.format(number=done.suspension_ids[0]))


def resume(
    context: CommandContext,
    suspension: Annotated[
        int | None,
        argument(
            "SUSPENSION", N_("Number of the suspension; one that has not started is cancelled. Default: all in force.")
        ),
    ] = None,
    at: Annotated[str | None, option("--at", N_("When work resumed. Default: now."), "T")] = None,
    mistake: Annotated[
        bool, option("--mistake", N_("Take back a suspension that was entered by mistake, even if it is over."))
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Resume the clocks."""
    with context.services() as services:
        resumed_at = None if at is None else parse_instant_option(at, "--at", services, Tense.PAST)
        done = services.suspending.resume(resumed_at, suspension, is_mistake=mistake, dry_run=dry_run)
        zone = zone_of(services)
    _print_result(context, done, zone, is_written=not dry_run)


def _print_result(context: CommandContext, done: "SuspensionEffect", zone: "ZoneInfo", *, is_written: bool) -> None:
    if context.as_json:
        counts = {"cases": len(done.cases), "notices": done.notified_count, "deadlines": done.deadline_count}
        affected = [
            {"case": format_case(one.case_id), **json_attributes(one, ("before", "after"), zone)}
            | {"notice": one.is_notified, "deadline": one.has_deadline}
            for one in done.cases[:MAX_LISTED]
        ]
        output.document(
            {"suspensions": list(done.suspension_ids), **counts, "affected": affected, "written": is_written}
        )
        return
    today = context.now().astimezone(zone).date()
    for line in first_lines([affected_case_words(one, today, zone) for one in done.cases]):
        output.line(line)
    if not is_written:
        output.narrate(_("Dry run: nothing was written."))
    output.narrate(affected_count_words(len(done.cases), is_written=is_written))
    if done.deadline_count:
        output.narrate(deadline_count_words(done.deadline_count))
    output.narrate(notice_count_words(done.notified_count, is_written=is_written))


def _province(text: str) -> str:
    """Return the short Chinese name of a province, given any of its names."""
    province = province_key(text)
    if not province:
        raise WrongUsage(_("--province: unknown province {name}; use a name such as Sichuan.").format(name=text))
    return province
