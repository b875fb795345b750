"""The keys that a user chose: what is said about wrong ones, and that right ones are the keys in force everywhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fork_server import ROOT
from workbench.keys.command import key_of_character, parse_key
from workbench.keys.registry import COMMANDS
from workbench.settings.user_keys import has_fixed_keys
from workbench.settings.user_settings import LoadedSettings, load_settings

WRONG = """\
theme = "dark"

[keys]
desk.undo = "n"
desk.skip = "§"
desk.release = 7
desk.ski = "z"
verdict.confirm = "Enter"
verdict.mark = "m"
go.queue = ["a", "z"]
desk.pass = "Z"
desk.withdraw = "X"
desk.next = ["Q", "^n"]
"""


def read(folder: Path, text: str) -> tuple[LoadedSettings, list[str]]:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    found = load_settings(file)
    return found, [problem.removeprefix(f"{file}, ") for problem in found.problems]


def test_each_wrong_key_gets_a_sentence_with_its_line_and_the_others_hold(tmp_path: Path) -> None:
    found, problems = read(tmp_path, WRONG)

    assert problems == [
        "line 5: There is no key § for desk.skip; a key is a letter, one of . , ; = * # ! + - / ? :, F1 to F12, "
        "or ^ and a letter. The usual key s is used.",
        "line 6: desk.release must be a key in quotes, or a list of keys; the usual key b is used.",
        "line 7: There is no command desk.ski; did you mean desk.skip?",
        "line 8: Enter is reserved, so verdict.confirm keeps its usual key y.",
        "line 9: The keys of verdict.mark cannot be changed, because each of them does something different.",
        "line 10: go.queue must be one key, in quotes: the one after g; the usual key g q is used.",
    ]
    # n is free for undo, since next has other keys; the twins stay.
    assert found.values.keys == {
        "desk.undo": ("n", "f3"),
        "desk.pass": ("Z", "f5"),
        "desk.withdraw": ("X",),
        "desk.next": ("Q", "ctrl+n", "f2"),
    }
    assert found.lines["keys.desk.next"] == 13


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('desk.undo = "n"', "n is the key of desk.next on the same screen, so desk.undo keeps its usual key u."),
        ('desk.undo = "F2"', "F2 is the key of desk.next on the same screen, so desk.undo keeps its usual key u."),
        ('queue.take = "q"', "q is the key of quit on the same screen, so queue.take keeps its usual key N."),
        ('checks.approve = "1"', "1 is reserved, so checks.approve keeps its usual key a."),
        ('checks.approve = "o"', "o is the key of desk.documents on the same screen, so checks.approve keeps its"),
        ('go.queue = "m"', "m is the key of go.mine on the same screen, so go.queue keeps its usual key g q."),
        # Of two commands with one key, the first has it.
        ('desk.undo = "z"\ndesk.next = "z"', "z is the key of desk.undo on the same screen, so desk.next keeps"),
        # The usual key comes back to a command whose choice is refused.
        ('desk.undo = "n"\ndesk.next = "h"', "n is the key of desk.next on the same screen, so desk.undo keeps"),
        # The twin of a command whose other key is chosen stays taken.
        ('desk.undo = "F2"\ndesk.next = "Z"', "F2 is the key of desk.next on the same screen, so desk.undo keeps"),
        ("keys", "keys must be a table: the line [keys], and below it lines such as"),
    ],
)
def test_a_key_that_another_command_of_the_screen_has_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    found, problems = read(tmp_path, f"[keys]\n{text}\n" if text != "keys" else "keys = 1\n")

    assert any(sentence in problem for problem in problems)
    assert "desk.undo" not in found.values.keys or "z" in text


@pytest.mark.parametrize("text", ['desk.undo = "z"', '"desk.undo" = "z"', '[keys.desk]\nundo = ["z", "z"]'])
def test_a_command_can_be_named_in_any_way_that_toml_has(tmp_path: Path, text: str) -> None:
    found, problems = read(tmp_path, f"[keys]\n{text}\n")

    assert (found.values.keys, problems) == ({"desk.undo": ("z", "f3")}, [])


def test_a_key_is_written_as_users_read_it() -> None:
    written = ("f5", "F12", "^p", "Ctrl+P", "ESC", "pgup", ".", "#", "z", "Z", "7", "F13", "", "ö", "alt+x")
    names = ("f5", "f12", "ctrl+p", "ctrl+p", "escape", "pageup", "full_stop", "number_sign", "z", "Z", "7")
    assert tuple(map(parse_key, written)) == (*names, None, None, None, None)
    assert key_of_character("#") == "number_sign"


def test_only_keys_that_do_different_things_cannot_be_changed() -> None:
    assert {command.id for command in COMMANDS if has_fixed_keys(command)} == {
        *("verdict.mark", "appeals.choose", "changes.judge", "changes.page", "changes.ends"),
        *("queue.move", "queue.view", "calendar.move", "calendar.year", "board.move", "report.move", "report.period"),
    }


_SESSION = """
import asyncio, json, sys
from pathlib import Path
from workbench.keys.command import use_keys
from workbench.settings.user_settings import load_settings
settings = load_settings(Path(sys.argv[1]))
use_keys(settings.values.keys)
from tests.screens.cases import clean
from tests.screens.driver import memory_workbench

async def run():
    seen = []
    async with memory_workbench(clean(), settings=settings) as desk:
        for keys in ([], ["Q"], ["question_mark"], ["escape", "p"], ["Y", "z"], ["n"], ["G", "q"], ["X"], ["X"]):
            await desk.press(*keys)
            seen.append("\\n".join([*desk.notes, desk.text]))
            desk.app.clear_notifications()
    print(json.dumps(seen))
asyncio.run(run())
"""
"""A session in a process of its own: the bindings are made when the screens are imported."""


@pytest.mark.terminal
def test_the_keys_in_force_are_bound_and_named_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        '[keys]\ndesk.next = "Q"\ndesk.undo = "n"\ndesk.pass = "Y"\nverdict.confirm = "z"\n'
        'go = "G"\ndesk.appeal = "g"\nhelp = 3\ndesk.skip = "§"\ndesk.release = "Q"\n'
        'queue.order = "X"\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-c", _SESSION, str(file)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    start, case, help_page, old_key, passed, undone, queue, order, back = json.loads(ran.stdout)

    # A wrong type, an unknown key and a clash, each with its line; the usual keys stay for these.
    for told in ("line 8: help must be a key", "line 9: There is no key § for desk.skip", "line 10: Q is the key of"):
        assert told in start
    assert "s         skip" in help_page
    assert "b         release" in help_page
    assert "Q takes the next one" in start
    assert "G q the queue" in start
    assert "Y pass" in case
    assert "N         take" in help_page
    assert "Y F5      pass" in help_page
    assert "the scope that S in" in help_page
    assert "applicant reads" not in old_key
    assert "n takes it back" in passed
    assert "n undo C-000123" in passed
    assert "C-000123 is back on your desk." in undone
    assert "No cases are open." in queue
    assert ("Order of the list" in order, "Order of the list" in back) == (True, False)
