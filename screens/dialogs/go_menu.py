"""The menu after `g`: the modes with their letters, shown until the next key."""

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from screens.shell.base_screen import Dialog
from screens.widgets.safe_text import Static, flowing, joined, key_hints
from workbench.i18n import _
from workbench.keys.command import Command
from workbench.keys.registry import GO


class GoMenu(Dialog[str]):
    """Waits for the second key of a two-key command; any other key closes the menu, except the first key again.

    It has no timeout: after a timeout, the second key would run another command, such as q.
    """

    DEFAULT_CSS = """
    GoMenu { background: $background 25%; }
    GoMenu > Static { dock: bottom; height: auto; padding: 0 1; background: $panel; }
    """

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        # The keys of such a command are written with a blank between them.
        self._commands = {command.keys[0].split(" ")[1]: command for command in commands}

    def compose(self) -> ComposeResult:
        hints = (key_hints((key, _(command.label))) for key, command in self._commands.items())
        lines = flowing([joined((GO.key, "bold")), *hints], self.app.size.width - 2)
        yield Static(Content("\n").join(lines), markup=False)

    def on_key(self, event: events.Key) -> None:
        super().on_key(event)
        command = self._commands.get(event.key)
        if command is not None:
            event.stop()
            self.leave(command.id)
        elif event.key in GO.keys:
            event.stop()
        elif event.character is None or event.character.isascii():
            # A character of an input method arrives again as the key it stands for.
            event.stop()
            self.leave()
