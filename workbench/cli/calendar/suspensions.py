"""Commands that suspend and resume all clocks: calendar suspend, calendar resume."""

from typing import TYPE_CHECKING, Annotated

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import DryRun, parse_end_option, parse_instant_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.values.provinces import province_key
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, ngettext
from workbench.wording.amounts import commas
from workbench.wording.calendar import deadline_count_words, notice_count_words

if TYPE_CHECKING:
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
            from_at=parse_instant_option(start, "FROM", services, Tense.ANY),
            to_at=None if end is None else parse_end_option(end, "TO", services, Tense.ANY),
            reason=reason if dry_run else required_text(reason, "--reason"),
            province=None if province is None else _province(province),
            agent=None if agent is None else required_text(agent, "--agent"),
        )
        done = services.suspending.suspend(suspension, dry_run=dry_run)
    _print_result(context, done, written=not dry_run)


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
) -> None:
    """Resume the clocks."""
    with context.services() as services:
        resumed_at = None if at is None else parse_instant_option(at, "--at", services, Tense.PAST)
        done = services.suspending.resume(resumed_at, suspension, is_mistake=mistake)
    _print_result(context, done, written=True)


def _print_result(context: CommandContext, done: "SuspensionEffect", *, written: bool) -> None:
    if context.as_json:
        counts = {"cases": done.affected_count, "notices": done.notified_count, "deadlines": done.deadline_count}
        output.document({"suspensions": list(done.suspension_ids), **counts, "written": written})
        return
    if written:
        message = ngettext("{count} case is affected.", "{count} cases are affected.", done.affected_count)
    else:
        output.narrate(_("Dry run: nothing was written."))
        message = ngettext("{count} case would be affected.", "{count} cases would be affected.", done.affected_count)
    output.narrate(message.format(count=commas(done.affected_count)))
    if done.deadline_count:
        output.narrate(deadline_count_words(done.deadline_count))
    output.narrate(notice_count_words(done.notified_count, is_written=written))


def _province(text: str) -> str:
    """Return the short Chinese name of a province, given any of its names."""
    province = province_key(text)
    if not province:
        raise WrongUsage(_("--province: unknown province {name}; use a name such as Sichuan.").format(name=text))
    return province
