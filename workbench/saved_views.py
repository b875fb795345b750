"""Keeps the saved views of a user, and writes new ones into the settings without touching their other lines."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadConfiguration, NotAllowed, StorageFailed
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.domain.filter.views import QueueView

_HEADER = re.compile(r"\s*\[")


class SavedViews:
    """The views of one user by key. Without a file, a view lasts until the end of the program."""

    def __init__(self, file: Path | None, views: Mapping[str, "QueueView"]) -> None:
        self._file = file
        self._views = dict(views)

    @property
    def by_key(self) -> Mapping[str, "QueueView"]:
        """The views by their keys, in the order of the keys."""
        return dict(sorted(self._views.items()))

    def save(self, key: str, view: "QueueView") -> None:
        """Save a view under a key; it replaces the one that had the key.

        Raises:
            NotAllowed: If it has the number of a person or card, which must not lie in a file of the settings.
            BadConfiguration: If the view cannot be put into the settings without changing something else.
            StorageFailed: If the settings cannot be read or written.
        """
        from workbench.domain.text.mask import mask_digits_within

        words = f"{view.name} {view.filter_text}"
        if mask_digits_within(words) != words:
            raise NotAllowed(_("A view cannot keep the number of a person or card; take it out first."))
        if self._file is not None:
            try:
                _write(self._file, ("views", key), view.as_table())
            except OSError as error:
                message = _("The view was not saved: {file} cannot be written ({cause}).")
                raise StorageFailed(message.format(file=self._file, cause=error.strerror)) from error
        self._views[key] = view


def _write(file: Path, path: tuple[str, str], table: Mapping[str, Any]) -> None:
    """Put a table into a TOML file; the file is replaced at once, and keeps its permissions."""
    # A link stays a link: people keep their settings in other folders.
    target = file.resolve()
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    new = with_table(old, path, table)
    if new is None:
        message = _("The settings {file} are written in a way that the program cannot add to; add the view by hand.")
        raise BadConfiguration(message.format(file=file))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(new)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def with_table(text: str, path: tuple[str, str], table: Mapping[str, Any]) -> str | None:
    """Return a TOML text in which a table has these values, None if that would change anything else.

    All other lines stay as they are, also comments.
    """
    import tomllib

    group, name = path
    header = re.compile(rf"""\s*\[\s*["']?{group}["']?\s*\.\s*["']?{name}["']?\s*\]""")
    lines = text.splitlines()
    begin = next((at for at, line in enumerate(lines) if header.match(line)), len(lines))
    end = next((at for at in range(begin + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
    # Comments above the next table belong to that table.
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    block = [f"[{group}.{name}]", *(f"{key} = {_as_toml(value)}" for key, value in table.items())]
    gap = [""] if begin == len(lines) and lines and lines[-1].strip() else []
    new = "\n".join([*lines[:begin], *gap, *block, *lines[end:], ""])
    try:
        wanted = tomllib.loads(text)
        wanted.setdefault(group, {})[name] = dict(table)
        is_right = tomllib.loads(new) == wanted
    except (tomllib.TOMLDecodeError, TypeError):
        return None
    return new if is_right else None


def _as_toml(value: str | list[str]) -> str:
    # A text of JSON is one of TOML, but for the one control character that JSON does not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
