"""The command about the settings of the user."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from shlex import quote
from typing import Any

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.domain.text.cells import fit
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import ExitCode
from workbench.i18n import _
from workbench.settings.queue_view import QueueView
from workbench.settings.user_settings import LoadedSettings, load_settings, settings_file

_TEXT_CELLS = 60
"""How much of a canned text is shown."""


def settings(context: CommandContext) -> None:
    """Show the settings in force, and where each comes from."""
    loaded = load_settings(settings_file())
    path, origin = context.database_and_origin()
    if context.as_json:
        body = {
            "file": str(loaded.file),
            "site": str(context.site_file()),
            "database": {"path": str(path), "origin": origin or None},
            "settings": [
                {"name": name, "value": _json_value(value), "line": loaded.lines.get(name)}
                for name, value in _settings_in_force(loaded)
            ],
            "problems": list(loaded.problems),
        }
        output.document(body)
    else:
        line = loaded.lines.get("database")
        rows = [["database", str(path), _origin(line) if origin == str(loaded.file) else origin or _("usual")]]
        rows += [
            [name, _value_words(name, value, loaded.values.keys), _origin(loaded.lines.get(name))]
            for name, value in _settings_in_force(loaded)
            if name != "database"
        ]
        output.line(_("Settings of {file}").format(file=loaded.file))
        output.line(_("Site file: {file}").format(file=context.site_file()))
        output.table([_("Setting"), _("Value"), _("Where from")], rows)
        if not loaded.file.exists():
            message = _(
                "There is no file {file} yet, which changes nothing. To set something, write it with an editor."
            )
            output.narrate(message.format(file=loaded.file))
            if not loaded.file.parent.exists():
                output.narrate(
                    _("Create its folder first: mkdir -p {folder}").format(folder=quote(str(loaded.file.parent)))
                )
        for problem in loaded.problems:
            output.complain(problem)
    if loaded.problems:
        raise typer.Exit(ExitCode.CONFIG)


def _settings_in_force(loaded: LoadedSettings) -> Iterator[tuple[str, Any]]:
    """Yield the settings with their values; of a table, only the entries that the file sets."""
    from db.dialect import without_password

    for setting in fields(loaded.values):
        value = getattr(loaded.values, setting.name)
        if isinstance(value, Mapping):
            yield from ((f"{setting.name}.{name}", entry) for name, entry in value.items())
        else:
            yield setting.name, without_password(value) if setting.name == "database" else value


def _json_value(value: Any) -> Any:
    """Return a value as JSON."""
    return value.as_table() if isinstance(value, QueueView) else value


def _value_words(name: str, value: Any, user_keys: Mapping[str, tuple[str, ...]]) -> str:
    """Return a value in words: much as the file has it, and keys with the usual ones."""
    if name.startswith("keys."):
        from workbench.keys.command import shown_key
        from workbench.keys.registry import COMMAND_BY_ID

        command = COMMAND_BY_ID[name.removeprefix("keys.")]
        keys, usual = (
            " ".join(map(shown_key, key_names)) for key_names in (command.keys_under(user_keys), command.usual_keys)
        )
        return _("{keys} (usually {usual})").format(keys=keys, usual=usual)
    if name.startswith("texts."):
        return fit(mask_digits_within(" ".join(value.split())), _TEXT_CELLS).rstrip()
    if isinstance(value, QueueView):
        return mask_digits_within(f"{value.name}: {value.filter_text}")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "–"


def _origin(line: int | None) -> str:
    """Return the origin of a value: a line of the file, or the default."""
    return _("usual") if line is None else _("line {line}").format(line=line)
