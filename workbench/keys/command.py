"""The definition of a keyboard command, and how its keys are displayed.

Labels, help texts and groups are messages marked with `N_`; they are translated when they are shown.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.lifecycle import Action, Actor, missing_role_refusal, role_refusal
from workbench.domain.case.vocabulary import Role
from workbench.i18n import N_, _

Place = Literal[
    "everywhere",
    "desk",
    "changes",
    "queue",
    "verdict",
    "checks",
    "appeals",
    "board",
    "report",
    "forecast",
    "calendar",
    "letters",
    "people",
    "inquiries",
    "quality",
    "policy",
    "manual",
]

PLACES: dict[Place, str] = {
    "everywhere": N_("Everywhere"),
    "desk": N_("Desk"),
    "changes": N_("Changes"),
    "queue": N_("Queue"),
    "verdict": N_("Verdict"),
    "checks": N_("Checks"),
    "appeals": N_("Appeals"),
    "board": N_("Board"),
    "report": N_("Report"),
    "calendar": N_("Calendar"),
    "forecast": N_("Forecast"),
    "letters": N_("Letters"),
    "people": N_("People"),
    "inquiries": N_("Inquiries"),
    "quality": N_("Quality"),
    "policy": N_("Policy"),
    "manual": N_("Manual"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """A keyboard command: its keys, and how the footer, help and palette show it.

    A command is hidden from people whose roles never allow it.
    """

    group: str
    id: str
    """The place where the command applies and its name, such as `desk.next`; without a place, it applies everywhere."""
    key_names: str
    """The usual keys: Textual's names, separated by commas. No input method intercepts the last of several keys."""
    label: str
    help: str
    hint: bool = field(default=False, kw_only=True)
    """Whether the footer shows the command."""
    first: bool = field(default=False, kw_only=True)
    """Whether the footer shows the command before the others: the acts whose effect other people see."""
    action: Action | None = field(default=None, kw_only=True)
    """The act on a case that the command performs, if it performs one; the act says which roles may use it."""
    search: str = field(default="", kw_only=True)
    """More words by which the palette finds the command, in each language."""
    roles: Set[Role] | None = field(default=None, kw_only=True)
    """The roles that may use a command without an `action`; None means all."""

    def refusal(self, actor: Actor, *, names_act: bool = True) -> str | None:
        """Return why a person's roles never allow the command, by default with its name, or None if they may."""
        act = _(self.label) if names_act else ""
        if self.action is not None:
            return role_refusal(self.action, actor, act)
        return missing_role_refusal(self.roles, actor, act) if self.roles is not None else None

    @property
    def usual_keys(self) -> tuple[str, ...]:
        """The names of the keys that are in force unless the user chose others; `g q` means g, then q."""
        return tuple(self.key_names.split(","))

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the keys in force."""
        return self.keys_under(_USER_KEYS)

    def keys_under(self, user_keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the names of the keys under a user's keys, by command id.

        Of `g q`, the user chooses g for all screens, and q for this one.
        """
        if " " not in self.key_names:
            return user_keys.get(self.id, self.usual_keys)
        prefix, letter = self.key_names.split(" ")
        [prefix, *_others] = user_keys.get("go" if prefix == "g" else "help", (prefix,))
        [letter, *_others] = user_keys.get(self.id, (letter,))
        return (f"{prefix} {letter}",)

    @property
    def permanent_keys(self) -> tuple[str, ...]:
        """The usual keys that are no letters or symbols; they stay in force even if the user chooses other keys."""
        return tuple(key for key in self.usual_keys if not is_letter_or_symbol(key) and " " not in key)

    @property
    def key(self) -> str:
        """The first key as users read it, for messages."""
        return shown_key(self.keys[0])

    @property
    def place(self) -> Place:
        """Where the command applies: the first part of its id if that is a place, else everywhere."""
        prefix = self.id.partition(".")[0]
        return next((place for place in PLACES if place == prefix), "everywhere")

    @property
    def shown_keys(self) -> str:
        """The keys as the help and the key tables show them."""
        return " ".join(shown_key(key) for key in self.keys)


_USER_KEYS: dict[str, tuple[str, ...]] = {}
"""The keys that the user chose, by command id."""


def use_keys(user_keys: Mapping[str, tuple[str, ...]]) -> None:
    """Set the user's keys, by command id; all other commands have their usual keys.

    Call it before the screens are imported: their bindings are created with their classes.
    """
    _USER_KEYS.clear()
    _USER_KEYS.update(user_keys)


_SHOWN_BY_NAME = {
    "full_stop": ".",
    "comma": ",",
    "semicolon": ";",
    "equals_sign": "=",
    "asterisk": "*",
    "number_sign": "#",
    "exclamation_mark": "!",
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "enter": "Enter",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "shift+tab": "Shift+Tab",
}


_FUNCTION_KEYS = tuple(str(number) for number in range(1, 13))
_NAME_BY_SHOWN = {shown: name for name, shown in _SHOWN_BY_NAME.items()} | {" ": "space"}


def shown_key(key: str) -> str:
    """Return a key as users read it: `F5`, `^p`, `Esc`, `?`, `g q`."""
    if " " in key:
        return " ".join(map(shown_key, key.split(" ")))
    if key in _SHOWN_BY_NAME:
        return _SHOWN_BY_NAME[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key


def key_of_character(char: str) -> str:
    """Return Textual's name for the key that types a character."""
    return _NAME_BY_SHOWN.get(char, char)


def parse_key(text: str) -> str | None:
    """Return Textual's name for a key as users write it: `.`, `F5`, `^p` or `ctrl+p`; None if there is no such key."""
    if len(text) == 1:
        return key_of_character(text) if text in _NAME_BY_SHOWN or (text.isascii() and text.isalnum()) else None
    name = text.casefold()
    if name in _SHOWN_BY_NAME or (name[0:1] == "f" and name[1:] in _FUNCTION_KEYS):
        return name
    letter = name.removeprefix("ctrl+").removeprefix("^")
    if letter != name and len(letter) == 1 and letter.isascii() and letter.isalpha():
        return f"ctrl+{letter}"
    return next((key for key, shown in _SHOWN_BY_NAME.items() if shown.casefold() == name), None)


def key_examples() -> str:
    """Return the symbols that can be the key of a command, for messages."""
    return " ".join(shown for name, shown in _SHOWN_BY_NAME.items() if is_letter_or_symbol(name))


def is_letter_or_symbol(key: str) -> bool:
    """Return whether a key types a letter or a symbol, which an input method may intercept."""
    shown = shown_key(key)
    return len(shown) == 1 and shown.isascii() and not shown.isdigit()


CASE_GROUP = N_("Case")
VERDICT_GROUP = N_("Verdict")
RECORD_GROUP = N_("Record")
VIEW_GROUP = N_("View")
GO_GROUP = N_("Go")

case_command = partial(Command, CASE_GROUP)
verdict_command = partial(Command, VERDICT_GROUP)
record_command = partial(Command, RECORD_GROUP)
view_command = partial(Command, VIEW_GROUP)
go_command = partial(Command, GO_GROUP)


def act_command(group: str, action: Action, place: Place = "desk", **overrides: Any) -> Command:
    """Return the keyboard command of an act on a case; id, keys and words are those of the act unless overridden."""
    words = ACT_WORDS[action]
    values = {"id": f"{place}.{action.replace('-', '_')}", "key_names": words.keys, "label": words.label}
    return Command(group, **{**values, "help": words.help, "action": action, **overrides})
