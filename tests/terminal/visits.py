"""Visits every screen and dialog of a workbench in a terminal by keys."""

import time
from collections.abc import Sequence

from tests.sizes import sample
from tests.terminal.recording_session import RecordingSession
from workbench.keys import desk, registry
from workbench.keys.command import VIEW_GROUP, Place
from workbench.keys.queue import GO_QUEUE

_BYTES = {
    "full_stop": ".",
    "plus": "+",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "enter": "\r",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}
_ACTS = frozenset(
    {desk.NEXT.id, desk.UNDO.id, desk.RELEASE.id, registry.CONFIRM.id, registry.QUIT.id, registry.BACK.id}
)
"""Commands that act at once or quit; all others only open, show or mark something."""


def pasted(text: str) -> str:
    """Return a text as a terminal sends a paste."""
    return f"\x1b[200~{text}\x1b[201~"


def press(terminal: RecordingSession, key: str) -> None:
    """Press a key by its name in the registry; the keys of a chord are pressed in order."""
    for part in key.split(" "):
        terminal.settle(_BYTES.get(part, part))


def visit_place(terminal: RecordingSession, place: Place, paste: str) -> None:
    """Open everything that a screen has keys for, paste into it, and return."""
    opening = [one for one in registry.commands_of(place) if one.id not in _ACTS and one.group != VIEW_GROUP]
    keys = [one.keys[0] for one in opening if len(one.keys[0]) == 1 or one.keys[0] in _BYTES]
    for key in sample(keys, ci=5):
        visit(terminal, (key,), paste)
        if place == "desk":
            press(terminal, registry.GO_DESK.keys[0])


def visit(terminal: RecordingSession, keys: Sequence[str], paste: str) -> None:
    """Open a screen or dialog by keys, paste into it, and return."""
    for key in keys:
        press(terminal, key)
    terminal.settle(pasted(paste))
    # A key that comes sooner is read as part of the paste.
    time.sleep(0.15)
    for _time in range(len(keys) + 1):
        terminal.settle("\x1b")


def visit_main_places(terminal: RecordingSession, paste: str) -> None:
    """Visit the screens and dialogs with most text and input."""
    terminal.await_words(r"C-\d{6}", "n")
    for keys in ("4+", "fe", "f/", "c", "?", ":"):
        visit(terminal, keys, paste)
    press(terminal, GO_QUEUE.keys[0])
    visit(terminal, ("enter",), paste)


def visit_all_places(terminal: RecordingSession, paste: str) -> None:
    """Visit desk, verdicts, queue, checks, help, palette and the question before quitting."""
    terminal.await_words(r"C-\d{6}", "n")
    visit_place(terminal, "desk", paste)
    commands = tuple(registry.commands_of("verdict"))
    for verdict, chosen in (("f", sample(commands, ci=3)), ("w", sample(commands, ci=2))):
        for command in chosen:
            if command.id not in _ACTS:
                visit(terminal, (verdict, command.keys[0]), paste)
    for mode in registry.MODES:
        press(terminal, mode.keys[0])
        place = mode.id.removeprefix("go.")
        if place in {"queue", "checks"}:
            visit_place(terminal, "queue" if place == "queue" else "checks", paste)
        press(terminal, registry.GO_DESK.keys[0])
    for key in (registry.HELP.keys[0], registry.PALETTE.keys[0], registry.GO.keys[0], "q"):
        visit(terminal, (key,), paste)
