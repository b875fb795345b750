"""Text fields that reject control and invisible characters and limit the length of their text."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.widgets.text_area import EditResult

from screens.widgets.safe_text import as_single_line, editable
from workbench.domain.text.safe import clean_input
from workbench.i18n import _

LINE_LENGTH = 2_000
"""The maximum length of a line."""

TEXT_LENGTH = 10_000
"""The maximum length of a text of several lines; imported texts have the same limit."""

_KEYS_OF_SCREENS = frozenset({"f6", "f7"})

PROSE = "-prose"
"""The style class of fields for text that people read, unlike a search or a date."""

_SCAN_FACTOR = 4
"""A pasted text is scanned up to this multiple of the free room, so that a short field does not scan a megabyte."""


class TextLine(Input):
    """A text field of one line."""

    # The size of a field does not depend on its text; Textual would lay out the screen after each letter.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(as_single_line(value), placeholder=placeholder, id=id, classes=classes)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace text, as far as the limit allows."""
        room = max(0, LINE_LENGTH - len(self.value) + abs(end - start))
        super().replace(_accepted(self, text, room, keep_newlines=False), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        """Insert the whole pasted text; Input would insert its first line only."""
        event.prevent_default()
        event.stop()
        start, end = sorted(self.selection)
        self.replace(event.text, start, end)


class MultilineField(TextArea, inherit_bindings=False):
    """A text field of several lines. ^j begins a new line even if Enter does not; F6 and F7 are keys of the screens."""

    NEW_LINE: ClassVar[str] = "ctrl+j"
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if not (isinstance(binding, Binding) and binding.key in _KEYS_OF_SCREENS)
    ]

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(editable(text), id=id, soft_wrap=True, tab_behavior="focus")

    def on_mount(self) -> None:
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == self.NEW_LINE:
            event.stop()
            event.prevent_default()
            self.insert("\n")

    def on_unmount(self) -> None:
        # Textual forgets a closed field only when the theme changes, so that each verdict would keep its fields.
        watchers = getattr(self.app, "__watchers").get("theme", [])
        watchers[:] = [watcher for watcher in watchers if watcher[0] is not self]

    def load_text(self, text: str) -> None:
        """Load a stored text."""
        super().load_text(editable(text))

    def replace(
        self, insert: str, start: tuple[int, int], end: tuple[int, int], *, maintain_selection_offset: bool = True
    ) -> EditResult:
        """Replace text, as far as the limit allows."""
        room = max(0, TEXT_LENGTH - len(self.text) + len(self.get_text_range(*sorted((start, end)))))
        allowed = _accepted(self, insert, room, keep_newlines=True)
        return super().replace(allowed, start, end, maintain_selection_offset=maintain_selection_offset)


class EnterField(MultilineField):
    """A text field of several lines that Enter accepts."""

    DEFAULT_CSS = """
    EnterField, EnterField:focus { border: none; height: auto; max-height: 8; padding: 0; background: $panel; }
    """

    class Submitted(Message):
        """Enter was pressed."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())


def takes_prose(field: Widget | None) -> bool:
    """Return whether a widget is a field for text that people read, unlike a search or a date."""
    return isinstance(field, MultilineField) or (isinstance(field, TextLine) and field.has_class(PROSE))


def _accepted(field: Input | TextArea, text: str, room: int, *, keep_newlines: bool) -> str:
    """Return the part of a text that the field accepts; notify the user if the rest is dropped."""
    allowed = clean_input(text[: max(room, 1) * _SCAN_FACTOR], keep_newlines=keep_newlines)
    if len(allowed) > room:
        limit = LINE_LENGTH if isinstance(field, Input) else TEXT_LENGTH
        message = _("This field is limited to {limit} characters; the rest was dropped.").format(limit=limit)
        field.notify(message, severity="warning")
    return allowed[:room]
