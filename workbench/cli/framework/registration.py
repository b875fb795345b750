"""Registers functions as commands: translates their help, adds the shared options and reports failures."""

import copy
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer

from workbench import signs
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.command_groups import Command, defaulting_to
from workbench.cli.framework.failures import reported
from workbench.i18n import LANGUAGES, _, marked, use

Function = Callable[..., None]


class Lang(StrEnum):
    """The choices of --lang."""

    EN = "en"
    ZH = "zh"


class Symbols(StrEnum):
    """The choices of --symbols."""

    AUTO = "auto"
    ASCII = "ascii"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its name, its function, and its help, which is translated when the app is built."""

    name: str
    function: Function
    help: str


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="PATH", help=marked("Database file. Default: $WORKBENCH_DATABASE, then the settings.")
    ),
]
LangOption = Annotated[Lang | None, typer.Option("--lang", help=marked("Language. Default: the locale's."))]
LoginOption = Annotated[
    str | None,
    typer.Option("--as", metavar="LOGIN", help=marked("Your login, in a database created with --identity named.")),
]
SymbolsOption = Annotated[Symbols | None, typer.Option("--symbols", help=marked("Symbols for marks and frames."))]
SiteOption = Annotated[Path | None, typer.Option("--site", metavar="FILE", help=marked("Site settings file."))]

_SHARED = {
    "database": DatabaseOption,
    "language": LangOption,
    "login": LoginOption,
    "symbols": SymbolsOption,
    "site": SiteOption,
}


def register(app: typer.Typer, entries: Iterable[Entry]) -> None:
    """Add commands to an app."""
    for entry in entries:
        app.command(entry.name, help=_(entry.help), cls=Command)(bound(entry.function))


def register_group(app: typer.Typer, name: str, text: str, entries: Iterable[Entry]) -> None:
    """Add a group of commands; the first one is the default."""
    entries = tuple(entries)
    group = typer.Typer(rich_markup_mode=None, add_completion=False)
    group.callback(cls=defaulting_to(entries[0].name), help=_(text))(bound(_group_callback))
    register(group, entries)
    app.add_typer(group, name=name)


def _group_callback(_context: CommandContext) -> None:
    """Do nothing; the group only accepts the shared options."""


def bound(function: Function, *, shows_shared: bool = False) -> Function:
    """Wrap a function for Typer: the wrapper also accepts the shared options, and reports failures.

    Args:
        function: The command; its first parameter is the CommandContext.
        shows_shared: Whether the help lists the shared options.
    """

    def run_command(ctx: typer.Context, **values: Any) -> None:
        given = {name: _plain(values.pop(f"shared_{name}")) for name in _SHARED}
        ctx.obj = ctx.obj.with_more(given, ctx.invoked_subcommand)
        language = ctx.obj.shared.language
        if language in LANGUAGES:
            use(language)
        signs.use("ascii" if ctx.obj.shared.symbols == Symbols.ASCII else "auto")
        with reported():
            function(ctx.obj, **values)

    own = list(inspect.signature(function).parameters.values())[1:]
    shared = [
        inspect.Parameter(f"shared_{name}", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in _SHARED.items()
    ]
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    parameters = [
        context,
        *(_translated(parameter) for parameter in own),
        *(_translated(parameter, hidden=not shows_shared) for parameter in shared),
    ]
    run_command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
    return run_command


def _plain(value: Any) -> Any:
    """Return the value of a choice as text."""
    return value.value if isinstance(value, StrEnum) else value


def _translated(parameter: inspect.Parameter, *, hidden: bool = False) -> inspect.Parameter:
    """Return a parameter with its help translated."""
    annotation = parameter.annotation
    if get_origin(annotation) is Annotated:
        kind, info = get_args(annotation)
        info = copy.copy(info)
        info.help = _(info.help) if info.help else None
        info.hidden = info.hidden or hidden
        # The help texts name the defaults that matter.
        info.show_default = False
        annotation = Annotated[kind, info]
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
