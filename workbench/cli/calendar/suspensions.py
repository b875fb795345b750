"""Commands that stop every clock and let them run again: calendar suspend, calendar resume."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import DryRun, JsonFlag, needed
from workbench.cli.framework.registration import Entry
from workbench.domain.values import moments
from workbench.domain.values.values import BadValue
from workbench.errors import WrongUsage
from workbench.i18n import _, marked, ngettext
from workbench.wording.amounts import count
from workbench.wording.calendar import notice_count_words

if TYPE_CHECKING:
    from workbench.services.deadlines.suspensions import Stopped


def suspend(
    context: CommandContext,
    start: Annotated[
        str, typer.Argument(metavar="FROM", help=marked("The first day without work, or the day and time it stopped."))
    ],
    end: Annotated[
        str | None,
        typer.Argument(
            metavar="TO", help=marked("The last day without work, or the day and time it goes on; open if not given.")
        ),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="T", help=marked("Why; applicants read it in their notice. --dry-run does without.")
        ),
    ] = "",
    province: Annotated[
        str | None, typer.Option("--province", metavar="P", help=marked("Only applications from this province."))
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="A", help=marked("Only applications of this agent."))
    ] = None,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Stop every clock for a time that nobody here can help."""
    from workbench.services.deadlines.suspensions import Stop

    with context.services() as services:
        zone = zone_of(services)
        stop = Stop(
            from_at=_begin(start, zone, "FROM"),
            to_at=None if end is None else _end(end, zone, "TO"),
            reason=reason if dry_run else needed(reason, "--reason"),
            province=None if province is None else _province(province),
            agent=None if agent is None else needed(agent, "--agent"),
        )
        done = services.suspending.suspend(stop, dry_run=dry_run)
    _tell(done, written=not dry_run, as_json=as_json)


def resume(
    context: CommandContext,
    suspension: Annotated[
        int | None,
        typer.Argument(
            metavar="SUSPENSION",
            show_default=False,
            help=marked("Only this one, by its number; one that lies ahead is called off. Default: all in force."),
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help=marked("When work went on, if that was before now."))
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Let the clocks run again."""
    with context.services() as services:
        done = services.suspending.resume(None if at is None else _begin(at, zone_of(services), "--at"), suspension)
    _tell(done, written=True, as_json=as_json)


def _tell(done: "Stopped", *, written: bool, as_json: bool) -> None:
    if as_json:
        output.document({"suspensions": list(done.ids), "cases": done.cases, "notices": done.told, "written": written})
        return
    if written:
        concerned = ngettext("{count} due date is concerned.", "{count} due dates are concerned.", done.cases)
    else:
        output.narrate(_("Nothing is written."))
        concerned = ngettext(
            "{count} due date would be concerned.", "{count} due dates would be concerned.", done.cases
        )
    output.narrate(concerned.format(count=count(done.cases)))
    output.narrate(notice_count_words(done.told, written=written))


def _begin(text: str, zone: ZoneInfo, said_in: str) -> datetime:
    """Return the instant behind a time, the beginning of a day."""
    try:
        return moments.instant_or_day(text, zone)
    except BadValue as error:
        raise WrongUsage(f"{said_in}: {error}") from error


def _end(text: str, zone: ZoneInfo, said_in: str) -> datetime:
    """Return the instant behind a time, the end of a day."""
    try:
        day = moments.day(text)
    except BadValue:
        return _begin(text, zone, said_in)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def _province(text: str) -> str:
    """Return the short Chinese name of a province, whichever of its names is said."""
    from workbench.domain.values.provinces import province_key

    found = province_key(text)
    if not found:
        raise WrongUsage(_("--province: there is no province {name}; write one such as Sichuan.").format(name=text))
    return found


ENTRIES = (
    Entry("suspend", suspend, marked("Stop every clock for a time, and draft a notice to each applicant concerned.")),
    Entry("resume", resume, marked("Let the clocks run again, and draft a notice with the new due dates.")),
)
