"""The footer: the commands that matter most now, and the keys of help and palette."""

from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets._toast import Toast, ToastRack

from screens.shell.bindings import available_bindings
from screens.shell.protocols import ChoosesFooter
from screens.widgets.safe_text import Static, key_hints, row
from workbench.i18n import _
from workbench.keys.command import shown_key
from workbench.keys.registry import COMMAND_BY_ID, HELP, PALETTE

_MAX_LINES = 4
"""The most lines of the footer."""

_GAP = Content("   ")


class FooterBar(Static):
    """Shows the keys that are available on its screen.

    It grows with the messages below its keys, so that they cover nothing to read.
    """

    DEFAULT_CSS = """
    FooterBar { dock: bottom; height: 1; padding: 0 1; background: $footer-background; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        # Textual would underline what can be clicked.
        self.auto_links = False
        self._lines = 1
        self._is_update_pending = False

    def action_press(self, keys: str) -> None:
        """Press the keys of a hint that was clicked."""
        for key in keys.split(" "):
            self.app.simulate_key(key)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self._show_hints_soon(), immediate=True)
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _screen: self._fit_messages(), immediate=True)

    def _fit_messages(self) -> None:
        """Make room for the lines of the messages; the rack itself is invisible, so that it has no size."""
        racks = [child for child in self.screen.children if isinstance(child, ToastRack) and child.display]
        lines = sum(toast.outer_size.height for rack in racks for toast in rack.query(Toast))
        height = min(1 + lines, _MAX_LINES)
        if height != self._lines:
            self._lines = height
            self.styles.height = height

    def _show_hints_soon(self) -> None:
        """Show the hints once for several changes at the same time, because each time every command is checked.

        A covered screen and a footer without a size wait: the hints are shown when the screen is resumed or resized.
        """
        if not self._is_update_pending and self.content_size.width and self.screen in self.app.screen_stack:
            self._is_update_pending = True
            self.call_later(self._show_hints)

    def _show_hints(self) -> None:
        self._is_update_pending = False
        self.update(hints(self.screen, self.content_size.width), layout=False)

    on_resize = _show_hints


def hints(screen: Screen[object], width: int) -> Content:
    """Return the hints that fit, verdicts first; the keys of help, palette and Esc are always included."""
    fixed = (_hint(HELP.keys[0], _(HELP.label)), _hint(PALETTE.keys[-1], _(PALETTE.label)))
    right = _GAP.join(fixed)
    available = available_bindings(screen)
    if isinstance(screen, ChoosesFooter):
        hinted = [(command, available[command.id]) for command in screen.footer_commands if command.id in available]
    else:
        hinted = [(COMMAND_BY_ID[name], active) for name, active in available.items() if COMMAND_BY_ID[name].hint]
        hinted.sort(key=lambda command_and_binding: not command_and_binding[0].first)
    shown = [_hint(command.keys[0], active.binding.description) for command, active in hinted]
    while shown and _GAP.join(shown).cell_length + right.cell_length + 2 > width:
        # Esc is dropped last.
        others = [index for index, hint in enumerate(shown) if not hint.plain.startswith("Esc ")]
        del shown[others[-1] if others else 0]
    return row(_GAP.join(shown), right, width)


def _hint(key: str, label: str) -> Content:
    """Return a key with what it does; a click presses it."""
    return key_hints((shown_key(key), label)).stylize(Style.from_meta({"@click": f"press({key!r})"}))
