"""Builds commands from functions: translates their help, and adds --json and the shared options.

Typer builds all commands at once; ours are built when they are used, because importing the modules of all of them takes
longer than most commands.
"""

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from typer.main import get_command

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.command_groups import CliCommand, DefaultGroup
from workbench.cli.framework.parameters import option
from workbench.cli.framework.usage_errors import is_integer
from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_, _, use_language
from workbench.settings.symbols import use_symbols

Function = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command."""

    name: str
    function: str
    """Its function as `module:name`; the module is one below `workbench.cli`, by default that of the group."""
    help: str
    """Its help in English, which is translated when it is shown."""
    has_json: bool = True
    """Whether it accepts --json."""


def act_entry(action: Action, function: str, name: str = "") -> Entry:
    """Return the command of an act on a case, by default with the name of the act."""
    return Entry(name or action.value, function, ACT_WORDS[action].help)


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """A group of commands, whose functions are in one module; the first one is its default."""

    name: str
    module: str
    help: str
    entries: "tuple[Entry | CommandGroup, ...]"


class LazyCommands(Mapping[str, Any]):
    """The commands of a group by name; each is built when it is first used."""

    def __init__(self, entries: Iterable[Entry | CommandGroup], module: str = "") -> None:
        self._module, self._entries = module, {entry.name: entry for entry in entries}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            entry = self._entries[name]
            self._built[name] = _group(entry) if isinstance(entry, CommandGroup) else _command(entry, self._module)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def summaries(self) -> list[tuple[str, str]]:
        """Return each name with its help, without building a command."""
        return [(name, _(entry.help)) for name, entry in self._entries.items()]


_SHARED = {
    "database": Annotated[
        str | None,
        option("--database", N_("Database file or URL. Default: $WORKBENCH_DATABASE, then the settings."), "PATH"),
    ],
    "language": Annotated[Literal["en", "zh"] | None, option("--lang", N_("Language. Default: the locale's."))],
    "login": Annotated[
        str | None, option("--as", N_("Your login, in a database created with --identity named."), "LOGIN")
    ],
    "symbols": Annotated[Literal["auto", "ascii"] | None, option("--symbols", N_("Symbols for marks and frames."))],
    "site": Annotated[Path | None, option("--site", N_("Site settings file."), "FILE")],
}
_GREATEST = 999_999_999
"""The greatest whole number that options and arguments accept; no number in the database is greater."""

_JSON = Annotated[bool, option("--json", N_("Print the result as JSON."))]


def _command(entry: Entry, group_module: str) -> Any:
    module, _colon, name = entry.function.partition(":")
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    function = wrap_command(
        getattr(import_module(f"workbench.cli.{module or group_module}"), name), has_json=entry.has_json
    )
    app.command(entry.name, help=_(entry.help), cls=CliCommand)(function)
    return get_command(app)


def _group(group: CommandGroup) -> Any:
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.callback(cls=DefaultGroup, help=_(group.help))(wrap_command(_group_callback))
    built: Any = get_command(app)
    built.name, built.commands = group.name, LazyCommands(group.entries, group.module)
    return built


def _group_callback(_context: CommandContext) -> None:
    """Do nothing; the group only accepts the shared options."""


def wrap_command(function: Function, *, has_json: bool = False, shows_shared: bool = False) -> Function:
    """Wrap a function for Typer: the wrapper also accepts the shared options, and passes them on in the context.

    Args:
        function: The command; its first parameter is the CommandContext.
        has_json: Whether the command accepts --json.
        shows_shared: Whether the help lists the shared options.
    """

    def run_command(ctx: typer.Context, **values: Any) -> None:
        given = {name: values.pop(f"shared_{name}") for name in _SHARED}
        ctx.obj = replace(
            ctx.obj,
            shared=ctx.obj.shared.with_more(given),
            subcommand=ctx.invoked_subcommand,
            command=ctx.command_path.partition(" ")[2],
            as_json=values.pop("as_json", False),
        )
        if language := ctx.obj.shared.language:
            use_language(language)
        use_symbols(ctx.obj.shared.symbols or "auto")
        function(ctx.obj, **values)

    own_parameters = list(inspect.signature(function).parameters.values())[1:]
    parameters = [
        inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
        *(_parameter(parameter.name, parameter.annotation, parameter.default) for parameter in own_parameters),
        *([_parameter("as_json", _JSON, default=False)] if has_json else []),
        *(_parameter(f"shared_{name}", kind, None, hidden=not shows_shared) for name, kind in _SHARED.items()),
    ]
    run_command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
    return run_command


def _parameter(name: str, annotation: Any, default: Any, *, hidden: bool = False) -> inspect.Parameter:
    """Return a parameter of the wrapper, with its help translated."""
    kind, info = get_args(annotation)
    # Typer shows no defaults, because the help texts name those that matter.
    info = copy.copy(info)
    info.help, info.hidden, info.show_default = _(info.help), hidden, False
    if is_integer(kind) and info.parser is None:
        info.min = 0 if info.min is None else info.min
        info.max = _GREATEST if info.max is None else info.max
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info])
