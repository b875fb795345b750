"""Builds the Typer app."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from workbench.cli.commands import COMMANDS
from workbench.cli.framework.command_context import CommandContext, OpenWorkbench
from workbench.cli.framework.command_groups import RootGroup
from workbench.cli.framework.parameters import option
from workbench.cli.framework.registration import LazyCommands, wrap_command
from workbench.i18n import N_, _


def build_app(open_workbench: OpenWorkbench, now: Callable[[], datetime], *, completes: bool = False) -> typer.Typer:
    """Build the Typer app; help texts are translated into the language in use at the time of the call.

    Args:
        open_workbench: Opens the terminal interface, which the command line never imports.
        now: The clock of every command.
        completes: Whether a shell asks for completions, or a person for the script that makes it ask.
    """
    app = typer.Typer(
        add_completion=completes,
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


def _root(
    context: CommandContext,
    *,
    shows_version: Annotated[
        bool, option("--version", N_("Show the version of the program and of its databases."))
    ] = False,
) -> None:
    if shows_version:
        from importlib.metadata import version

        from db.schema import VERSION

        typer.echo(f"workbench {version('telesales-review-workbench')}, schema {VERSION}")
        raise typer.Exit
    if context.subcommand is None:
        raise typer.Exit(context.run_workbench())
