"""The settings of a user: a TOML file, checked at the start. What is wrong in it costs that setting only."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.errors import BadConfiguration
from workbench.i18n import _, comma_joined

THEMES = ("dark", "light", "terminal", "colour-blind")
"""The themes: `terminal` has the colours of the terminal, and `colour-blind` none that differ only in red and green."""

DATE_ORDERS = ("day_first", "month_first")
"""How dates in numbers only are written."""

_SECTION = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]")
_PAIR = re.compile(r"\s*(?P<name>[\w-]+)\s*=")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """The settings in force.

    `database` is where the database is, '' for the usual places; `theme` one of THEMES, '' for the one that was used
    last. With `auto_next` the next case comes by itself after a verdict. `date_order` says how 3/4 is meant, '' for not
    known.
    """

    database: str = ""
    theme: str = ""
    auto_next: bool = False
    date_order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """The settings of a file, the lines of those that the file sets, and sentences about what is wrong in it."""

    file: Path
    values: UserSettings = field(default_factory=UserSettings)
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def settings_file() -> Path:
    """Return the path of the settings of the current user of the system."""
    import platformdirs

    return Path(platformdirs.user_config_dir("workbench")) / "settings.toml"


def load_settings(file: Path) -> LoadedSettings:
    """Return the settings of a file; all are the usual ones if there is no such file.

    Raises:
        BadConfiguration: If the file cannot be read, or is no TOML.
    """
    if not file.exists():
        return LoadedSettings(file=file)
    # Imported here, because most users have no such file, and the first frame would wait.
    import tomllib

    try:
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode()
        found = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        message = _("The settings {file} cannot be read: {cause}.")
        raise BadConfiguration(message.format(file=file, cause=str(cause).rstrip("."))) from error
    return _checked(file, found, _lines_of(text))


def _checked(file: Path, found: Mapping[str, Any], lines: Mapping[str, int]) -> LoadedSettings:
    values, good, problems = UserSettings(), {}, []
    for name, value in found.items():
        why = _refusal(name, value)
        line = lines.get(name, 1)
        if why is None:
            values, good[name] = replace(values, **{name: value}), line
        else:
            problems.append(_("{file}, line {line}: {why}").format(file=file, line=line, why=why))
    return LoadedSettings(file=file, values=values, lines=good, problems=tuple(problems))


def _refusal(name: str, value: object) -> str | None:
    """Return why a setting is not used, None if it is."""
    if name not in CHECKS:
        import difflib

        similar = difflib.get_close_matches(name, CHECKS, 1)
        if similar:
            return _("There is no setting {name}; did you mean {similar}?").format(name=name, similar=similar[0])
        return _("There is no setting {name}; the settings are {names}.").format(name=name, names=comma_joined(CHECKS))
    is_right, wanted = CHECKS[name]
    if is_right(value):
        return None
    return _("{name} must be {wanted}; the usual value is used.").format(name=name, wanted=wanted())


def _lines_of(text: str) -> dict[str, int]:
    """Return the line on which each name at the top of a TOML file is set first."""
    lines: dict[str, int] = {}
    is_at_top = True
    for number, line in enumerate(text.splitlines(), start=1):
        section, pair = _SECTION.match(line), _PAIR.match(line)
        if section is not None:
            is_at_top = False
            lines.setdefault(section["name"].partition(".")[0].strip(), number)
        elif pair is not None and is_at_top:
            lines.setdefault(pair["name"], number)
    return lines


def _one_of(names: Iterable[str]) -> str:
    return _("one of {names}, in quotes").format(names=comma_joined(names))


CHECKS: Mapping[str, tuple[Callable[[object], bool], Callable[[], str]]] = {
    "database": (lambda value: isinstance(value, str) and value != "", lambda: _("a path, in quotes")),
    "theme": (lambda value: value in THEMES, lambda: _one_of(THEMES)),
    "auto_next": (lambda value: isinstance(value, bool), lambda: _("true or false, without quotes")),
    "date_order": (lambda value: value in DATE_ORDERS, lambda: _one_of(DATE_ORDERS)),
}
"""Whether a value is right for a setting, and what would be."""
