"""Saves the user's theme between starts."""

import json
import os
from contextlib import suppress
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
        unfinished = self._folder / f".{_FILE}.{os.getpid()}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump({"theme": theme}, file)
            unfinished.replace(self._folder / _FILE)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            message = _("The theme was not saved: {file} cannot be written ({cause}).")
            raise StorageFailed(message.format(file=self._folder / _FILE, cause=error.strerror)) from error


def own_look() -> Look:
    """Return the look of the current OS user."""
    import platformdirs

    return Look(Path(platformdirs.user_state_dir("workbench")))
