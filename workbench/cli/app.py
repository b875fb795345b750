"""Builds the Typer app with all commands."""

from collections.abc import Callable
from datetime import datetime

import typer

from workbench.cli.calendar import commands as calendar
from workbench.cli.cases import appeals, cases, clocks, folders, remarks, verdicts
from workbench.cli.files import exports, imports, measures, notices, resubmission
from workbench.cli.forecast import show as forecast
from workbench.cli.framework.command_context import CommandContext, OpenWorkbench
from workbench.cli.framework.command_groups import RootGroup
from workbench.cli.framework.registration import bound, register, register_group
from workbench.cli.site import audit, campaigns, policy, reviewers
from workbench.cli.site import commands as site
from workbench.i18n import _


def build_app(open_workbench: OpenWorkbench, now: Callable[[], datetime]) -> typer.Typer:
    """Build the Typer app; help texts are translated into the language in use at the time of the call.

    Args:
        open_workbench: Opens the terminal interface, which the command line never imports.
        now: The clock of every command.
    """
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        context_settings={"obj": CommandContext(now=now, open_workbench=open_workbench)},
    )
    app.callback(
        cls=RootGroup,
        invoke_without_command=True,
        help=_("Secondary review of telesales cards. Without a command, opens the workbench."),
    )(bound(_root, shows_shared=True))
    register(app, (*site.ENTRIES, imports.IMPORT, *exports.ENTRIES))
    register(
        app,
        (
            *(*cases.ENTRIES, *clocks.ENTRIES, calendar.TICK, *verdicts.ENTRIES, *appeals.ENTRIES),
            *(*remarks.ENTRIES, resubmission.ENTRY, *folders.ENTRIES),
        ),
    )
    groups = {
        group.GROUP: register_group(app, group.GROUP, group.GROUP_HELP, group.ENTRIES)
        for group in (imports, calendar, notices, measures, reviewers, forecast, policy, audit)
    }
    register_group(groups[policy.GROUP], campaigns.GROUP, campaigns.GROUP_HELP, campaigns.ENTRIES)
    return app


def _root(context: CommandContext) -> None:
    if context.subcommand is None:
        raise typer.Exit(context.workbench())
