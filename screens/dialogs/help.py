"""The keys of a screen, grouped, from the registry."""

from textual.content import Content
from textual.screen import Screen

from screens.dialogs.text_sheet import Sheet
from screens.shell.bindings import available
from screens.widgets.safe_text import FAINT, joined, wrapped
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _
from workbench.keys.command import PLACES, Command, Place
from workbench.keys.registry import commands_of

_KEYS_CELLS = 11
_LABEL_CELLS = 20


def key_sheet(screen: Screen[object], place: Place) -> Sheet:
    """Return the page of all keys of a screen; what cannot be done now is dim.

    A screen with a `read_only` sentence begins with it, and only what can be done there is listed.
    """
    now = frozenset(available(screen))
    read_only: str | None = getattr(screen, "read_only", None)

    def lines(width: int) -> list[Content]:
        shown: list[Content] = []
        if read_only is not None:
            shown += [*(joined((line, "bold")) for line in wrapped(read_only, width)), Content()]
        for part in (place, "everywhere"):
            commands = [
                command
                for command in commands_of(part)
                if read_only is None or part == "everywhere" or command.id in now
            ]
            for group in dict.fromkeys(command.group for command in commands):
                shown.append(joined((f"{_(PLACES[part])} · {_(group)}", f"{FAINT} bold")))
                for command in (command for command in commands if command.group == group):
                    shown += _lines(command, width, is_now=command.id in now or part == "everywhere")
                shown.append(Content())
            # What a screen has to say besides its keys stands with them.
            more = getattr(screen, "more_help", None) if part == place else None
            shown += [*more(width), Content()] if more is not None else []
        return shown[:-1]

    return Sheet(_("Keys"), lines)


def _lines(command: Command, width: int, *, is_now: bool) -> list[Content]:
    keys = pad_right(f" {_range(command)}", _KEYS_CELLS)
    label = pad_right(_(command.label), _LABEL_CELLS)
    before = cells(keys) + cells(label)
    first, *rest = wrapped(_(command.help), width - before)
    head = joined((keys, "$text-accent bold" if is_now else FAINT), (label, "" if is_now else FAINT), (first, FAINT))
    return [head, *(joined((" " * before, ""), (part, FAINT)) for part in rest)]


def _range(command: Command) -> str:
    """Return the keys of a command, many in a row as their ends."""
    most = 3
    keys = command.shown_keys.split(" ")
    return command.shown_keys if len(keys) <= most else f"{keys[0]}–{keys[-1]}"
