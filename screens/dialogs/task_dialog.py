"""Dialogs that save their answer themselves and close once it is saved; a form has fields and a preview."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog, attempt, in_thread
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Static, key_hints, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.errors import WorkbenchError
from workbench.i18n import _

Result = TypeVar("Result")
Values = Mapping[str, str]
"""The typed texts by the names of their fields, without surrounding blanks."""

_PAUSE_S = 0.2
"""How long a field must rest before its effect is computed."""


class TaskDialog(BoxDialog[Result]):
    """Runs a task and returns its result; it stays open until the outcome is known. Its last line is `#hint`."""

    DEFAULT_CSS = "TaskDialog Input:focus { background-tint: $foreground 8%; }"

    hint = getters.query_one("#hint", Static)
    is_busy = False

    @work(group="task")
    async def run_task(self, task: Callable[[], Result], busy: Content) -> None:
        """Run the task in a thread, and close with its result; `busy` is shown meanwhile."""
        self.is_busy = True
        self.hint.update(busy)
        done = await attempt(self, in_thread(task), self._show_failure)
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


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form."""

    name: str
    title: str
    value: str = ""
    """The text at first."""
    is_required: bool = False
    is_prose: bool = False
    """Whether it is a text such as a reason, which changes nothing in the preview."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect that a form would have."""

    lines: Callable[[int], Content]
    """A function that returns the lines of the effect for a width."""
    refusal: str = ""
    """Why the form cannot be saved; empty if it can."""


class FormDialog(TaskDialog[Result]):
    """Asks for some fields and saves them.

    `preview` and `save` run in a thread and may raise a WorkbenchError; without a `preview`, the form shows no effect.
    `last_enter` says what Enter does in the last field.
    """

    DEFAULT_CSS = """
    FormDialog .title { color: $text-muted; }
    FormDialog #effect { margin: 1 0; min-height: 3; }
    """
    AUTO_FOCUS = "Input"

    effect_view = getters.query_one("#effect", Static)

    def __init__(
        self,
        heading: str,
        fields: Sequence[Field],
        preview: Callable[[Values], Preview] | None,
        save: Callable[[Values], Result],
        last_enter: str,
    ) -> None:
        super().__init__(heading)
        self._fields, self._preview_of, self._save, self._last_enter = fields, preview, save, last_enter
        # None says that the effect is not known yet; a form without a preview has no effect to wait for.
        self._preview = None if preview is not None else Preview(lambda _width: Content())
        self._previewed_texts: list[str] | None = None
        """The texts of the fields, without prose, for which the preview is; None before the first preview."""
        self._edited_field, self._faulty_field = "", ""
        """The field that was edited last, and the one whose text made the preview fail."""

    def parts(self) -> ComposeResult:
        for field in self._fields:
            yield Static(plain(field.title), classes="title", markup=False)
            yield TextLine(field.value, id=field.name, classes=PROSE if field.is_prose else None)
        about = _("Checking the effect …") if self._preview_of is not None else ""
        yield Static(plain(about, MUTED), id="effect", markup=False)
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.preview_if_changed()
        self.show_keys()

    @property
    def values(self) -> dict[str, str]:
        """The typed texts by the names of their fields."""
        return {field.name: self.query_one(f"#{field.name}", Input).value.strip() for field in self._fields}

    @on(Input.Changed)
    def preview_if_changed(self) -> None:
        """Preview the effect, unless only prose has changed."""
        values = self.values
        texts = [values[field.name] for field in self._fields if not field.is_prose]
        if self._preview_of is not None and texts != self._previewed_texts:
            self._preview, self._previewed_texts = None, texts
            self._faulty_field = ""
            self._edited_field = self.focused.id or "" if self.focused is not None else ""
            self._read_preview(partial(self._preview_of, values))

    @work(exclusive=True, group="read")
    async def _read_preview(self, preview: Callable[[], Preview]) -> None:
        await asyncio.sleep(_PAUSE_S)
        self._preview = await attempt(self, in_thread(preview), self._show_problem)
        if self._preview is not None:
            self.effect_view.update(self._preview.lines(max(20, self.effect_view.size.width)))

    def _show_problem(self, error: WorkbenchError) -> None:
        self._faulty_field = self._edited_field
        self.effect_view.update(plain(str(error), ERROR))

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Go to the next field; in the last field, save if the preview is shown and nothing is missing.

        A field whose text was refused keeps the focus, or gets it back.
        """
        if self._faulty_field:
            self.query_one(f"#{self._faulty_field}").focus()
        elif event.input.id != self._fields[-1].name:
            self.focus_next()
        elif not self.is_busy:
            values = self.values
            problem = _("The effect is not known yet. Wait, or correct the fields.")
            if self._preview is not None:
                is_empty = any(field.is_required and not values[field.name] for field in self._fields)
                problem = _("Enter some text first, or press Esc to go back.") if is_empty else ""
                problem = self._preview.refusal or problem
            if problem:
                self.hint.update(plain(problem, WARNING))
            else:
                self.run_task(partial(self._save, values), plain(_("Saving …"), MUTED))

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        is_last = isinstance(self.focused, Input) and self.focused.id == self._fields[-1].name
        return self._last_enter if is_last else _("next field")
