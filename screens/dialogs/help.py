"""The help page of a screen: its keys, generated from the command registry."""

from typing import ClassVar, Protocol, runtime_checkable

from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from screens.dialogs.text_sheet import TextSheet
from screens.shell.bindings import available_bindings, bind_key
from screens.widgets.safe_text import MUTED, Static, hanging, joined, wrapped_content, wrapped_lines
from workbench.domain.case.lifecycle import Actor
from workbench.domain.text.safe import pad_right
from workbench.i18n import _
from workbench.keys.command import PLACES, Command, Place
from workbench.keys.manual import MANUAL
from workbench.keys.registry import HELP, commands_of, help_of

_KEYS_CELLS = 11
_LABEL_CELLS = 20
_MAX_KEYS_LISTED = 3


@runtime_checkable
class MayBeReadOnly(Protocol):
    """A screen that may be read-only."""

    @property
    def read_only_reason(self) -> str | None:
        """Why nothing can be changed on the screen, None if it can."""


@runtime_checkable
class HasMoreHelp(Protocol):
    """A screen with help besides its keys."""

    def more_help(self, width: int) -> list[Content]:
        """Return the lines of help."""


def key_sheet(screen: Screen[object], place: Place, actor: Actor | None) -> TextSheet:
    """Return the help page with all keys of a screen that the actor may use; keys that do not work now are dim.

    The page of a read-only screen starts with the reason and lists only the keys that work.
    """
    available_ids = frozenset(available_bindings(screen))
    read_only_reason = screen.read_only_reason if isinstance(screen, MayBeReadOnly) else None

    def is_listed(command: Command) -> bool:
        if command.place == "everywhere" or command.id in available_ids:
            return True
        is_refused = actor is not None and command.refusal(actor) is not None
        return command.place == place and read_only_reason is None and not is_refused

    def lines(width: int) -> list[Content]:
        shown: list[Content] = []
        if read_only_reason is not None:
            shown += [*wrapped_lines(read_only_reason, width, "bold"), Content()]
        others = [other for other in PLACES if other not in {place, "everywhere"}]
        if place == "everywhere":
            # A dialog has no place of its own.
            shown += [*_keys_of_dialog(screen, width), Content()]
        for section in dict.fromkeys((place, *others, "everywhere")):
            commands = [command for command in commands_of(section) if is_listed(command)]
            for group in dict.fromkeys(command.group for command in commands):
                heading = " · ".join(dict.fromkeys((_(PLACES[section]), _(group))))
                shown.append(joined((heading, f"{MUTED} bold")))
                for command in (command for command in commands if command.group == group):
                    works_now = command.id in available_ids or section == "everywhere"
                    shown += _command_lines(command, width, works_now=works_now)
                shown.append(Content())
            if section == place and isinstance(screen, HasMoreHelp):
                shown += [*screen.more_help(width), Content()]
        return shown[:-1]

    return KeySheet(_("Keys"), lines, (_manual_key(), _(MANUAL.label)))


def _manual_key() -> str:
    """Return the key that opens the manual while the help page is shown: the last one of its sequence."""
    return MANUAL.keys[0].split()[1]


class KeySheet(TextSheet):
    """The help page, from which the manual is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind_key(MANUAL, key, "app.act('manual')") for key in (_manual_key(), HELP.permanent_keys[0])
    ]


def _keys_of_dialog(dialog: Screen[object], width: int) -> list[Content]:
    """Return the keys of a dialog, which its last line has."""
    hints = [line.content for line in dialog.query(Static).filter("#foot, #hint")]
    return [line for keys in hints if isinstance(keys, Content) for line in wrapped_content(keys, width)]


def _command_lines(command: Command, width: int, *, works_now: bool) -> list[Content]:
    keys = (pad_right(f" {_key_range(command)}", _KEYS_CELLS), "$text-accent bold" if works_now else MUTED)
    # A label that is longer than its column is still separated from the help.
    label = (pad_right(f"{_(command.label)} ", _LABEL_CELLS), "" if works_now else MUTED)
    return hanging([keys, label], help_of(command), width, MUTED)


def _key_range(command: Command) -> str:
    """Return the keys of a command; only the first and the last of many keys."""
    keys = command.shown_keys.split(" ")
    return command.shown_keys if len(keys) <= _MAX_KEYS_LISTED else f"{keys[0]}–{keys[-1]}"
