"""The key registry: unique ids, no conflicts, and names of keys."""

from collections import Counter

from textual.binding import BindingsMap

from screens.app import WorkbenchApp
from screens.appeals.decision_dialog import AppealDialog
from screens.appeals.screen import AppealsScreen
from screens.board.screen import BoardScreen
from screens.calendar.screen import CalendarScreen
from screens.changes.sheet import ChangesSheet
from screens.checks.screen import ChecksScreen
from screens.desk.screen import DeskScreen
from screens.dialogs.help import KeySheet
from screens.forecast.screen import ForecastScreen
from screens.inquiries.screen import InquiriesScreen
from screens.letters.screen import LettersScreen
from screens.manual.screen import ManualScreen
from screens.panels.evidence_panels import EvidencePanels
from screens.panels.panel import Panel
from screens.people.screen import PeopleScreen
from screens.policy.screen import PolicyScreen
from screens.queue.screen import QueueScreen
from screens.shell.bindings import command_of
from screens.verdict.dialog import VerdictDialog
from screens.verdict.mark_list import MarkList
from workbench.keys.command import PLACES, key_of_character, shown_key
from workbench.keys.registry import COMMAND_BY_ID, COMMANDS, MODES, commands_of


def test_every_command_id_is_unique() -> None:
    assert len(COMMAND_BY_ID) == len(COMMANDS)


def test_no_key_has_two_meanings_in_one_place() -> None:
    for place in PLACES:
        keys = Counter(key for command in commands_of(place) for key in command.keys)
        assert [key for key, number in keys.items() if number > 1] == [], place


def test_every_command_is_bound_somewhere() -> None:
    bound = set()
    for owner in (
        WorkbenchApp,
        DeskScreen,
        QueueScreen,
        VerdictDialog,
        ChecksScreen,
        AppealsScreen,
        AppealDialog,
        ChangesSheet,
        BoardScreen,
        PeopleScreen,
        ForecastScreen,
        MarkList,
        EvidencePanels,
        Panel,
        CalendarScreen,
        LettersScreen,
        InquiriesScreen,
        PolicyScreen,
        KeySheet,
        ManualScreen,
    ):
        for _key, binding in BindingsMap(owner.BINDINGS):
            command = command_of(binding)
            if command is not None:
                bound.add(command.id)

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
