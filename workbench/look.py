"""How a person last had the workbench look: remembered from one start to the next, for that person alone."""

import json
import os
from contextlib import suppress
from pathlib import Path

from workbench.errors import StorageFailed
from workbench.i18n import _

_FILE = "look.json"


class Look:
    """The remembered theme, in a file of the person's own; without a folder nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def theme(self) -> str:
        """Return the theme of the last time, empty if none is known; how things look is no reason to fail."""
        if self._folder is None:
            return ""
        try:
            kept = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        theme = kept.get("theme") if isinstance(kept, dict) else None
        return theme if isinstance(theme, str) else ""

    def keep_theme(self, theme: str) -> None:
        """Remember a theme.

        Raises:
            StorageFailed: If the folder takes no file.
        """
        if self._folder is None:
            return
        half = self._folder / f".{_FILE}.{os.getpid()}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump({"theme": theme}, file)
            half.replace(self._folder / _FILE)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            raise StorageFailed(
                _("The look is not remembered: {file} cannot be written ({cause}).").format(
                    file=self._folder / _FILE, cause=error.strerror
                )
            ) from error


def own_look() -> Look:
    """Return the look of the person at this machine."""
    import platformdirs

    return Look(Path(platformdirs.user_state_dir("workbench")))
