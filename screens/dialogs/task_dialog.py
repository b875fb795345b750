"""The base of dialogs that save their answer themselves and close once it is saved."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog, attempt
from screens.widgets.safe_text import ERROR, MUTED, Static, key_hints, plain
from workbench.errors import WorkbenchError
from workbench.i18n import _

Result = TypeVar("Result")


class TaskDialog(BoxDialog[Result]):
    """Runs a task and returns its result; it stays open until the outcome is known. Its last line is `#hint`."""

    DEFAULT_CSS = "TaskDialog Input:focus { background-tint: $foreground 8%; }"

    hint = getters.query_one("#hint", Static)
    is_busy = False

    @work(group="give")
    async def run_task(self, task: Callable[[], Result], busy: Content) -> None:
        """Run the task in a thread, and close with its result; `busy` is shown meanwhile."""
        self.is_busy = True
        self.hint.update(busy)
        done = await attempt(self, partial(asyncio.to_thread, task), self._show_failure)
        self.is_busy = False
        if done is not None:
            self.leave(done)

    def _show_failure(self, error: WorkbenchError) -> None:
        self.hint.update(plain(str(error), ERROR))

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        raise NotImplementedError

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys, each with what it does."""
        return [("Enter", self.enter_key_label()), ("Esc", _("back"))]

    @on(Input.Changed)
    def show_keys(self) -> None:
        """Show what the keys do, unless the task runs."""
        if not self.is_busy:
            self.hint.update(key_hints(*self.keys()))

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def action_back(self) -> None:
        if not self.is_busy:
            self.leave()


class BusyDialog(TaskDialog[Result]):
    """Runs a task that may take a while, and closes when it is done; Esc closes it only after a failure."""

    def __init__(self, heading: str, task: Callable[[], Result], busy: str) -> None:
        super().__init__(heading)
        self._run = task
        self._busy = busy

    def parts(self) -> ComposeResult:
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.run_task(self._run, plain(self._busy, MUTED))
