"""Distinguishes keys from text: text from an input method or a paste runs no command."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from workbench.domain.text.safe import fold_key
from workbench.keys.command import key_of_character

_MAX_KEYS = 2
"""The most keys that may pile up on a busy machine; a longer burst is text."""


class InputBurst(events.Event, bubble=False):
    """Characters that an input method composed or that arrived in one burst: text, not keys."""

    def __init__(self, keys: Sequence[events.Key]) -> None:
        super().__init__()
        self.keys = tuple(keys)


def is_text(characters: str) -> bool:
    """Return whether a burst is text: it is too long for keys, or one of its several characters is on no key."""
    number = len(characters)
    return number > _MAX_KEYS or (number > 1 and any(not fold_key(char).isascii() for char in characters))


def takes_text(widget: Widget | None, key: events.Key | None = None) -> bool:
    """Return whether the widget is a text field that takes this key, by default a letter."""
    if widget is None:
        return False
    return widget.check_consume_key(key.key, key.character) if key is not None else widget.check_consume_key("a", "a")


def replace_full_width(screen: Screen[Any], event: events.Key) -> None:
    """Replace a full-width character of an input method by the key it stands for; any other character is text."""
    char = event.character
    if char is None or char.isascii() or takes_text(screen.focused, event):
        return
    event.stop()
    event.prevent_default()
    folded = fold_key(char)
    if not folded.isascii():
        screen.app.post_message(InputBurst([event]))
        return
    key = events.Key(key_of_character(folded), None)
    # A key does not bubble past its sender; sent by the app, it bubbles like a key from the keyboard.
    key.set_sender(screen.app)
    screen.app.post_message(key)
