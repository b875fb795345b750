"""Telling keys from text: what an input method composed or somebody pasted is no command."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from workbench.domain.text.safe import fold_key
from workbench.keys.command import key_named

_MOST_KEYS = 2
"""So many keys may wait for a busy machine and then come together; what is longer is text."""


class TypedAtOnce(events.Event, bubble=False):
    """Characters that were composed or came at once, and are text, not keys."""

    def __init__(self, keys: Sequence[events.Key]) -> None:
        super().__init__()
        self.keys = tuple(keys)


def is_text(characters: str) -> bool:
    """Say whether characters that came at once are text: too many for keys, or of several one that no key has."""
    if len(characters) > _MOST_KEYS:
        return True
    return len(characters) > 1 and not all(fold_key(char).isascii() for char in characters)


def is_written_in(widget: Widget | None, key: events.Key | None = None) -> bool:
    """Say whether a key, by default a letter, goes into a text field."""
    if widget is None:
        return False
    return widget.check_consume_key(key.key, key.character) if key is not None else widget.check_consume_key("a", "a")


def fold(screen: Screen[Any], event: events.Key) -> None:
    """Read a key under an input method as the key it stands for; where it stands for none, it is text."""
    char = event.character
    if char is None or char.isascii() or is_written_in(screen.focused, event):
        return
    event.stop()
    event.prevent_default()
    folded = fold_key(char)
    if not folded.isascii():
        screen.app.post_message(TypedAtOnce([event]))
        return
    key = events.Key(key_named(folded), None)
    # A key does not bubble past its sender; from the app it travels as one from the keyboard does.
    key.set_sender(screen.app)
    screen.app.post_message(key)
