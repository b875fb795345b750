"""Typer's command and group classes, extended with our help pages, usage errors and default commands."""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from typer.core import TyperCommand, TyperGroup

from workbench.cli.framework.command_context import FLAGS
from workbench.cli.framework.failures import run_to_exit_code
from workbench.cli.framework.help_page import help_page
from workbench.i18n import _


class CliCommand(TyperCommand):
    """A command that reports unexpected arguments in the language in use."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # Typer's own message for this exists in English only.
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest:
            ctx.fail(_("Unexpected “{words}”.").format(words=" ".join(rest)))
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(self, ctx))


class CliGroup(TyperGroup):
    """A group of commands that suggests the nearest name for an unknown one."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(self, ctx))

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            near = get_close_matches(args[0], self.commands, 1)
            sentence = _("Unknown command “{name}”; `workbench --help` lists the commands.")
            if near:
                sentence = _("Unknown command “{name}”; did you mean {near}?")
            ctx.fail(sentence.format(name=args[0], near="".join(near)))
        return super().resolve_command(ctx, args)


class RootGroup(CliGroup):
    """The root group: it reports every error in one sentence and exits with its code."""

    def main(self, *args: Any, **options: Any) -> Any:
        is_standalone = options.pop("standalone_mode", True)
        # Also after `python -m workbench`, commands are known by their names alone.
        options["prog_name"] = "workbench"
        code = run_to_exit_code(partial(super().main, *args, **options | {"standalone_mode": False}))
        if not is_standalone:
            return code
        sys.exit(code)


class DefaultGroup(CliGroup):
    """A group that passes arguments to its first command unless they name another command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        start, default = _after_shared_options(args), next(iter(self.commands))
        # A shell that completes the name of a command has given none yet.
        if not ctx.resilient_parsing and self._is_for(default, args[start:]):
            args = [*args[:start], default, *args[start:]]
        return super().parse_args(ctx, args)

    def _is_for(self, default: str, args: Sequence[str]) -> bool:
        """Return whether the arguments are meant for the default command."""
        if args and (args[0] in self.commands or args[0] == "--help"):
            return False
        takes_arguments = any(param.param_type_name == "argument" for param in self.commands[default].params)
        return not args or takes_arguments or args[0].startswith("-")


def _after_shared_options(args: Sequence[str]) -> int:
    """Return how many leading arguments are shared options and their values."""
    count = 0
    while count < len(args) and args[count].partition("=")[0] in FLAGS:
        count += 1 if "=" in args[count] else 2
    return min(count, len(args))
