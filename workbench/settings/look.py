"""Saves the choices that a user made on the screen: the theme, and the order and columns of each list."""

import json
from pathlib import Path
from typing import Any

from workbench.domain.filter.ordering import ListLayout
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.settings.private_file import replace_text

_FILE = "look.json"
_LISTS = "lists"


class Look:
    """The saved choices of a user, in a file. Without a folder, nothing is saved."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def theme(self) -> str:
        """Return the saved theme, or an empty string if there is none or it cannot be read."""
        theme = self._saved().get("theme")
        return theme if isinstance(theme, str) else ""

    def keep_theme(self, theme: str) -> None:
        """Save a theme.

        Raises:
            StorageFailed: If the file cannot be written.
        """
        self._keep(self._saved() | {"theme": theme})

    def layout(self, list_id: str) -> ListLayout:
        """Return the saved layout of a list; the default one if there is none or it cannot be read."""
        lists = self._saved().get(_LISTS)
        saved = lists.get(list_id) if isinstance(lists, dict) else None
        if not isinstance(saved, dict):
            return ListLayout()
        order, columns = saved.get("order"), saved.get("columns")
        return ListLayout(
            order if isinstance(order, str) else "",
            tuple(name for name in columns if isinstance(name, str)) if isinstance(columns, list) else (),
        )

    def keep_layout(self, list_id: str, layout: ListLayout) -> None:
        """Save the layout of a list.

        Raises:
            StorageFailed: If the file cannot be written.
        """
        saved = self._saved()
        lists = saved.get(_LISTS)
        layouts = lists if isinstance(lists, dict) else {}
        layouts[list_id] = {"order": layout.order, "columns": list(layout.columns)}
        self._keep(saved | {_LISTS: layouts})

    def _saved(self) -> dict[str, Any]:
        if self._folder is None:
            return {}
        try:
            saved = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return saved if isinstance(saved, dict) else {}

    def _keep(self, saved: dict[str, Any]) -> None:
        if self._folder is None:
            return
        path = self._folder / _FILE
        try:
            replace_text(path, json.dumps(saved))
        except OSError as error:
            message = _("Your choice was not saved: {file} cannot be written ({cause}). It lasts until you quit.")
            raise StorageFailed(message.format(file=path, cause=error.strerror)) from error


def own_look() -> Look:
    """Return the look of the current OS user."""
    import platformdirs

    return Look(Path(platformdirs.user_state_dir("workbench")))
