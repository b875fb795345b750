"""Keeps the saved views of a user, and writes new ones into the settings without touching their other lines."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadConfiguration, NotAllowed, StorageFailed
from workbench.i18n import _
from workbench.settings.private_file import replace_text

if TYPE_CHECKING:
    from workbench.settings.queue_view import QueueView

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
            NotAllowed: If it has the number of a person or card, which must not be stored in the settings, or if
                another window changed the view of the key.
            BadConfiguration: If the view cannot be added to the settings without changing something else.
            StorageFailed: If the settings cannot be read or written.
        """
        from workbench.domain.text.mask import mask_digits_within

        words = f"{view.name} {view.filter_text}"
        if mask_digits_within(words) != words:
            raise NotAllowed(_("A view cannot contain the number of a person or card; remove it first."))
        if self._file is not None:
            try:
                self._write(self._file.resolve(), key, view)
            except OSError as error:
                message = _("The view was not saved: {file} cannot be written ({cause}).")
                raise StorageFailed(message.format(file=self._file, cause=error.strerror)) from error
        self._views[key] = view

    def _write(self, file: Path, key: str, view: "QueueView") -> None:
        """Write a view into the settings; `file` must be the target of a link, so that the link itself is kept."""
        try:
            # Read as bytes, so that the lines keep their ends.
            text = file.read_bytes().decode("utf-8-sig") if file.exists() else ""
            self._refuse_unseen(text, key)
            new = with_table(text, ("views", key), view.as_table())
        except (ValueError, RecursionError):
            new = None
        if new is None:
            message = _("The program cannot add to the settings {file} as they are written; add the view by hand.")
            raise BadConfiguration(message.format(file=file))
        replace_text(file, new)

    def _refuse_unseen(self, text: str, key: str) -> None:
        """Refuse to replace a view that another window saved; load the views of the file, so that a retry works."""
        import tomllib

        from workbench.settings.queue_view import read_views

        saved = read_views(tomllib.loads(text).get("views", {})).values
        if key in saved and saved[key] != self._views.get(key):
            self._views = dict(saved)
            message = _("Another window saved {name} under {key} in the meantime; choose another key, or save again.")
            raise NotAllowed(message.format(name=saved[key].shown_name, key=key))


def with_table(text: str, path: tuple[str, str], table: Mapping[str, Any]) -> str | None:
    """Return a TOML text with a table set to these values, None if that would change anything else.

    All other lines stay as they are, including comments. The new lines have the line ending of the first line.
    """
    import tomllib

    group, name = path
    header = re.compile(rf"""\s*\[\s*["']?{group}["']?\s*\.\s*["']?{name}["']?\s*\]""")
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    begin = next((index for index, line in enumerate(lines) if header.match(line)), len(lines))
    end = next((index for index in range(begin + 1, len(lines)) if _HEADER.match(lines[index])), len(lines))
    # Comments above the next table belong to that table.
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    block = [f"[{group}.{name}]", *(f"{key} = {_as_toml(value)}" for key, value in table.items())]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    gap = [newline] if begin == len(lines) and lines and lines[-1].strip() else []
    new_text = "".join([*lines[:begin], *gap, *(f"{line}{newline}" for line in block), *lines[end:]])
    try:
        expected = tomllib.loads(text)
        expected.setdefault(group, {})[name] = dict(table)
        is_right = tomllib.loads(new_text) == expected
    except (tomllib.TOMLDecodeError, TypeError):
        return None
    return new_text if is_right else None


def _as_toml(value: str | list[str]) -> str:
    # A JSON string is a valid TOML string, except for one control character that JSON does not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
