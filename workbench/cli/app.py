"""Builds the Typer app."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import typer

from workbench.cli.commands import COMMANDS
from workbench.cli.framework.command_context import CommandContext, OpenWorkbench
from workbench.cli.framework.command_groups import RootGroup
from workbench.cli.framework.registration import LazyCommands, wrap_command
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
        cls=_Root,
        invoke_without_command=True,
        help=_("Secondary review of telesales cards. Without a command, opens the workbench."),
    )(wrap_command(_root, shows_shared=True))
    return app


class _Root(RootGroup):
    """The root group with our commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = LazyCommands(COMMANDS)  # type: ignore[assignment]  # Typer only reads it


def _root(context: CommandContext) -> None:
    if context.subcommand is None:
        raise typer.Exit(context.workbench())
