"""The key registry: unique ids, no conflicts, and names of keys."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module

from textual.binding import BindingsMap
from textual.dom import DOMNode

from screens.dialogs.help import _command_lines
from screens.shell.bindings import command_of
from tests.architecture.test_layers import ROOT
from workbench.keys.command import PLACES, key_of_character, shown_key
from workbench.keys.registry import COMMAND_BY_ID, COMMANDS, MODES, commands_of


def test_every_command_id_is_unique() -> None:
    assert len(COMMAND_BY_ID) == len(COMMANDS)


def test_no_key_has_two_meanings_in_one_place() -> None:
    for place in PLACES:
        keys = Counter(key for command in commands_of(place) for key in command.keys)
        assert [key for key, number in keys.items() if number > 1] == [], place


def widgets(cls: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in cls.__subclasses__():
        yield each
        yield from widgets(each)


def test_every_command_is_bound_somewhere() -> None:
    # What draws documents is imported in a process of its own, because that writes to the terminal.
    for path in (path for path in (ROOT / "screens").rglob("*.py") if path.parent.name != "documents"):
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    owners = (owner for owner in widgets(DOMNode) if owner.__module__.startswith("screens."))
    bindings = (binding for owner in owners for _key, binding in BindingsMap(owner.BINDINGS))
    bound = {command.id for binding in bindings if (command := command_of(binding)) is not None}

    # The modes are reached through `g`.
    assert set(COMMAND_BY_ID) - bound == {mode.id for mode in MODES}


def test_every_command_has_a_description() -> None:
    for command in COMMANDS:
        assert command.label
        assert command.help.endswith("."), command.id


def test_keys_are_shown_as_on_the_keyboard() -> None:
    keys = ("f5", "ctrl+p", "full_stop", "escape", "f", "n")

    assert " ".join(map(shown_key, keys)) == "F5 ^p . Esc f n"


def test_the_key_name_of_a_character_is_found() -> None:
    assert (key_of_character("."), key_of_character("n")) == ("full_stop", "n")


def test_the_id_of_a_command_begins_with_its_screen() -> None:
    assert {command.id.split(".")[0] for command in COMMANDS if "." in command.id} <= {*PLACES, "go"}


def test_a_label_in_the_list_of_keys_is_separated_from_its_help() -> None:
    for command in COMMAND_BY_ID.values():
        shown = _command_lines(command, 100, works_now=True)[0].plain
        assert f" {command.label} " in shown
