"""The command about the settings of the user."""

from dataclasses import fields

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.errors import ExitCode
from workbench.i18n import _
from workbench.user_settings import load_settings, settings_file


def settings(context: CommandContext) -> None:
    """Show the settings in force, and where each comes from."""
    loaded = load_settings(settings_file())
    values = {each.name: getattr(loaded.values, each.name) for each in fields(loaded.values)}
    if context.as_json:
        body = {
            "file": str(loaded.file),
            "settings": [
                {"name": name, "value": value, "line": loaded.lines.get(name)} for name, value in values.items()
            ],
            "problems": list(loaded.problems),
        }
        output.document(body)
    else:
        rows = [
            [
                name,
                _shown(value),
                _("line {line}").format(line=loaded.lines[name]) if name in loaded.lines else _("usual"),
            ]
            for name, value in values.items()
        ]
        output.line(_("Settings of {file}").format(file=loaded.file))
        output.table([_("Setting"), _("Value"), _("From")], rows)
        for problem in loaded.problems:
            output.complain(problem)
    if loaded.problems:
        raise typer.Exit(ExitCode.CONFIG)


def _shown(value: object) -> str:
    """Return a value as the file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value) or "–"


def _origin(line: int | None) -> str:
    """Return where a value comes from: a line of the file, or what is usual."""
    return _("usual") if line is None else _("line {line}").format(line=line)
