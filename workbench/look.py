"""Saves the user's theme between starts."""

import json
import os
from pathlib import Path

from workbench.errors import StorageFailed
from workbench.i18n import _

_FILE = "look.json"


class Look:
    """The theme that a user chose, saved in a file. Without a folder, nothing is saved."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def theme(self) -> str:
        """Return the saved theme, or an empty string if there is none or it cannot be read."""
        if self._folder is None:
            return ""
        try:
            saved = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        theme = saved.get("theme") if isinstance(saved, dict) else None
        return theme if isinstance(theme, str) else ""

    def keep_theme(self, theme: str) -> None:
        """Save a theme.

        Raises:
            StorageFailed: If the file cannot be written.
        """
        if self._folder is None:
            return
        path = self._folder / _FILE
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"theme": theme}, file)
        except OSError as error:
            message = _("The theme was not saved: {file} cannot be written ({cause}).")
            raise StorageFailed(message.format(file=path, cause=error.strerror)) from error


def own_look() -> Look:
    """Return the look of the current OS user."""
    import platformdirs

    return Look(Path(platformdirs.user_state_dir("workbench")))
