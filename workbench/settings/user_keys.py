"""The keys that a user chose for commands: the table `keys` of the settings."""

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.i18n import _, comma_joined
from workbench.keys.command import Command, is_letter_or_symbol, key_examples, parse_key, shown_key
from workbench.keys.registry import COMMAND_BY_ID, MODES, share_a_screen
from workbench.settings.table import SettingsTable, leaf_values
from workbench.settings.toml_lines import KeyPath

_CONTROL_CODES = frozenset(f"ctrl+{letter}" for letter in "cqhijmz")
"""Keys that terminals send for Enter, Tab and Backspace, or that quit or suspend any program."""


@dataclass(frozen=True, slots=True)
class _KeyChoice:
    """The keys that the user chose for a command, and their path in the settings."""

    command: Command
    keys: tuple[str, ...]
    path: KeyPath


def read_keys(table: object) -> SettingsTable[tuple[str, ...]]:
    """Return the keys in force by command id, for the commands whose keys the user chose."""
    keys_in_force = SettingsTable[tuple[str, ...]]()
    if not isinstance(table, dict):
        keys_in_force.refuse(
            (), _('keys must be a table: the line [keys], and below it lines such as desk.undo = "z".')
        )
        return keys_in_force
    choices: list[_KeyChoice] = []
    for path, value in leaf_values(table):
        name = ".".join(path)
        command, keys = COMMAND_BY_ID.get(name), _keys_of(value)
        if command is None:
            keys_in_force.refuse(path, _unknown(name))
        elif keys is None or (command in MODES and len(keys) > 1):
            keys_in_force.refuse(path, _wrong_type(command))
        elif refusals := [refusal for refusal in (_refusal(command, key) for key in keys) if refusal is not None]:
            keys_in_force.refuse(path, refusals[0])
        else:
            names = tuple(filter(None, map(parse_key, keys)))
            choices.append(_KeyChoice(command, tuple(dict.fromkeys((*names, *command.permanent_keys))), path))
    _drop_clashes(choices, keys_in_force)
    for choice in choices:
        keys_in_force.keep(choice.command.id, choice.keys, choice.path)
    return keys_in_force


def _keys_of(value: object) -> tuple[str, ...] | None:
    """Return the keys that a value names, None if it is no key or list of keys."""
    keys = value if isinstance(value, list) else [value]
    names = tuple(key for key in keys if isinstance(key, str))
    return names if names and len(names) == len(keys) else None


def _unknown(name: str) -> str:
    import difflib

    similar = difflib.get_close_matches(name, COMMAND_BY_ID, 1)
    if similar:
        return _("There is no command {name}; did you mean {similar}?").format(name=name, similar=similar[0])
    place = name.partition(".")[0]
    examples = [known for known in COMMAND_BY_ID if known.startswith(f"{place}.")] or sorted(
        {known.partition(".")[0] for known in COMMAND_BY_ID}
    )
    return _("There is no command {name}; choose from {names}.").format(name=name, names=comma_joined(examples))


def _wrong_type(command: Command) -> str:
    if command in MODES:
        message = _("{command} must be one key, in quotes: the one after {first}; the usual key {usual} is used.")
        return message.format(command=command.id, first=COMMAND_BY_ID["go"].key, usual=_usual(command))
    message = _("{command} must be a key in quotes, or a list of keys; the usual key {usual} is used.")
    return message.format(command=command.id, usual=_usual(command))


def _refusal(command: Command, text: str) -> str | None:
    """Return why a command cannot have a key, None if it can."""
    key = parse_key(text)
    if key is None:
        message = _(
            "There is no key {key} for {command}; a key is a letter, one of {symbols}, F1 to F12, or ^ and a letter. "
            "The usual key {usual} is used."
        )
        return message.format(key=text, command=command.id, symbols=key_examples(), usual=_usual(command))
    if has_fixed_keys(command):
        return _("The keys of {command} cannot be changed, because each of them does something different.").format(
            command=command.id
        )
    is_function_or_ctrl_key = key[0] == "f" or key.startswith("ctrl+")
    is_free = is_letter_or_symbol(key) or (is_function_or_ctrl_key and command not in MODES)
    if not is_free or key in _CONTROL_CODES:
        message = _("{key} is reserved, so {command} keeps its usual key {usual}.")
        return message.format(key=shown_key(key), command=command.id, usual=_usual(command))
    return None


def has_fixed_keys(command: Command) -> bool:
    """Return whether each key of a command does something different, as the digits that mark reasons do."""
    return len(command.usual_keys) > 1 and command.usual_keys == command.permanent_keys


def _usual(command: Command) -> str:
    return shown_key(command.usual_keys[0])


def _drop_clashes(choices: list[_KeyChoice], keys_in_force: SettingsTable[tuple[str, ...]]) -> None:
    """Remove the choices whose keys clash; the usual key is then in force again, and may clash with another choice."""
    while (clash := next(_clashes(choices), None)) is not None:
        choice, key, other = clash
        choices.remove(choice)
        message = _("{key} is the key of {other} on the same screen, so {command} keeps its usual key {usual}.")
        words = message.format(
            key=shown_key(key), other=other.id, command=choice.command.id, usual=_usual(choice.command)
        )
        keys_in_force.refuse(choice.path, words)


def _clashes(choices: list[_KeyChoice]) -> Iterator[tuple[_KeyChoice, str, Command]]:
    """Yield each choice with a key of another command on the same screen; if both were chosen, only the later one."""
    positions = {choice.command.id: position for position, choice in enumerate(choices)}
    for position, choice in enumerate(choices):
        new_keys = [key for key in choice.keys if key not in choice.command.permanent_keys]
        for other in COMMAND_BY_ID.values():
            if other is choice.command or not share_a_screen(choice.command, other):
                continue
            other_position = positions.get(other.id)
            if other_position is None:
                taken = _usual_last_keys(other)
            else:
                taken = other.permanent_keys if other_position > position else choices[other_position].keys
            yield from ((choice, key, other) for key in new_keys if key in taken)


def _usual_last_keys(command: Command) -> tuple[str, ...]:
    """Return the usual keys of a command; for a mode, only its second key."""
    return tuple(key.rpartition(" ")[2] for key in command.usual_keys)
