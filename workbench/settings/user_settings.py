"""The settings of a user: a TOML file, checked at the start. An invalid setting is ignored, the others apply."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.i18n import _, comma_joined
from workbench.settings.table import SettingsTable
from workbench.settings.toml_lines import line_of, place_of

if TYPE_CHECKING:
    from workbench.settings.queue_view import QueueView

THEMES = ("dark", "light", "terminal", "colour-blind")
"""The themes: `terminal` has the colours of the terminal, and `colour-blind` none that differ only in red and green."""

DATE_ORDERS = ("day_first", "month_first")
"""The orders of day and month in dates that are written in numbers."""

_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """The settings in force; an empty text means that the file does not set it."""

    database: str = ""
    """The path of the database; by default, it is searched for in the usual places."""
    theme: str = ""
    """One of THEMES; by default the last one used."""
    auto_next: bool = False
    """Whether the next case is opened after a verdict."""
    date_order: str = ""
    """One of DATE_ORDERS: what 3/4 means. By default, such a date is refused as ambiguous."""
    viewer: str = ""
    """The command that opens documents; by default there is none."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys that the user chose, by command id."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The canned texts of the user, by name."""
    views: Mapping[str, "QueueView"] = field(default_factory=dict)
    """The saved views of the queue, by the digit that shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """The settings of a file, and what is wrong in it."""

    file: Path
    values: UserSettings = field(default_factory=UserSettings)
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each setting in the file, by its name; a setting in a table has a name such as `keys.desk.undo`."""
    problems: tuple[str, ...] = ()
    """A sentence about each mistake."""
    is_unreadable: bool = False
    """Whether the whole file was ignored."""


def settings_file() -> Path:
    """Return the path of the settings of the current user of the system."""
    import platformdirs

    return Path(platformdirs.user_config_dir("workbench")) / "settings.toml"


def load_settings(file: Path) -> LoadedSettings:
    """Return the settings of a file; the defaults if there is no such file, or it cannot be read."""
    if not file.exists():
        return LoadedSettings(file=file)
    # Imported here, because most users have no such file, and the first frame would wait.
    import tomllib

    text = ""
    try:
        with file.open("rb") as opened:
            # Some editors begin a file with a byte order mark.
            text = opened.read(_MAX_BYTES).decode("utf-8-sig")
        toml_values = tomllib.loads(text)
    # A number with too many digits also raises a ValueError.
    except (OSError, ValueError, RecursionError) as error:
        message = _("{why} The usual settings are used.")
        return LoadedSettings(file=file, problems=(message.format(why=_cause(file, text, error)),), is_unreadable=True)
    return _check_settings(file, toml_values, text)


def _cause(file: Path, text: str, error: Exception) -> str:
    """Return the problem of a file that cannot be read, with the line of the mistake if it is known."""
    if isinstance(error, OSError):
        return _("The settings {file} cannot be read: {cause}.").format(file=file, cause=error.strerror)
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return _("{file}, line {line}: this is not UTF-8.").format(file=file, line=line)
    if isinstance(error, RecursionError):
        return _("The settings {file} cannot be read: their tables or lists are nested too deep.").format(file=file)
    line, _column = place_of(error, text)
    return _('{file}, line {line}: this is not TOML, such as theme = "light".').format(file=file, line=line)


def _check_settings(file: Path, toml_values: Mapping[str, Any], text: str) -> LoadedSettings:
    values, lines = UserSettings(), dict[str, int]()
    problems: list[tuple[int, str]] = []
    for name, value in toml_values.items():
        if name in TABLES:
            table = TABLES[name](value)
            part: Any = table.values
            values = replace(values, **{name: part})
            lines |= {f"{name}.{key}": line_of(text, (name, *path)) for key, path in table.paths.items()}
            problems += [(line_of(text, (name, *path)), why) for path, why in table.problems]
        elif (why := _refusal(name, value)) is not None:
            problems.append((line_of(text, (name,)), why))
        else:
            values, lines[name] = replace(values, **{name: value}), line_of(text, (name,))
    message = _("{file}, line {line}: {why}")
    sentences = tuple(message.format(file=file, line=line, why=why) for line, why in sorted(problems))
    return LoadedSettings(file=file, values=values, lines=lines, problems=sentences)


def _refusal(name: str, value: object) -> str | None:
    """Return why a setting is not used, None if it is."""
    if name not in CHECKS:
        import difflib

        names = (*CHECKS, *TABLES)
        similar = difflib.get_close_matches(name, names, 1)
        if similar:
            return _("There is no setting {name}; did you mean {similar}?").format(name=name, similar=similar[0])
        return _("There is no setting {name}; the settings are {names}.").format(name=name, names=comma_joined(names))
    check = CHECKS[name]
    if check.accepts(value):
        return None
    return _("{name} must be {wanted}; the usual value is used.").format(name=name, wanted=check.wanted_words())


def _one_of(names: Iterable[str]) -> str:
    return _("one of {names}, in quotes").format(names=comma_joined(names))


def _is_command(value: object) -> bool:
    import shlex
    import shutil

    try:
        words = shlex.split(value) if isinstance(value, str) else []
    except ValueError:
        return False
    return bool(words) and shutil.which(words[0]) is not None


class _Check(NamedTuple):
    """The check of a setting."""

    accepts: Callable[[object], bool]
    wanted_words: Callable[[], str]
    """Returns words for the values that it accepts."""


CHECKS: Mapping[str, _Check] = {
    "database": _Check(lambda value: isinstance(value, str) and value != "", lambda: _("a path, in quotes")),
    "theme": _Check(lambda value: value in THEMES, lambda: _one_of(THEMES)),
    "auto_next": _Check(lambda value: isinstance(value, bool), lambda: _("true or false, without quotes")),
    "viewer": _Check(_is_command, lambda: _("a command that exists here, in quotes")),
    "date_order": _Check(lambda value: value in DATE_ORDERS, lambda: _one_of(DATE_ORDERS)),
}
"""The check of each setting that is a single value, by its name."""


def _read_keys(table: object) -> SettingsTable[tuple[str, ...]]:
    # Imported here, because the commands of the command line need no keys.
    from workbench.settings.user_keys import read_keys

    return read_keys(table)


def _read_views(table: object) -> "SettingsTable[QueueView]":
    from workbench.settings.queue_view import read_views

    return read_views(table)


def _read_texts(table: object) -> SettingsTable[str]:
    from workbench.settings.own_texts import read_texts

    return read_texts(table)


TABLES: Mapping[str, Callable[[object], SettingsTable[Any]]] = {
    "keys": _read_keys,
    "texts": _read_texts,
    "views": _read_views,
}
"""The settings that are tables, and how each is read."""
