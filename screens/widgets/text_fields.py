"""The fields that take text: what acts or hides does not get in, and each has an end and says so."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea
from textual.widgets.text_area import EditResult

from screens.widgets.safe_text import editable, fitted_line
from workbench.domain.text.safe import typed
from workbench.i18n import _

LINE_LENGTH = 2_000
"""The most characters of a line."""

PAGE_LENGTH = 10_000
"""The most characters of a text of several lines; imported texts have the same limit."""

_LEFT_ALONE = frozenset({"f6", "f7"})

_LOOKED_AT = 4
"""So many times its room is looked at of a pasted text: a megabyte must not be read for what gets in."""


class TextLine(Input):
    """One line that takes text."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(fitted_line(value), placeholder=placeholder, id=id, classes=classes)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put text in the place of other text, as far as there is room."""
        room = max(0, LINE_LENGTH - len(self.value) + abs(end - start))
        super().replace(_let_in(self, text, room, keep_newlines=False), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        """Take all that was pasted; a line by itself would take no more than its first line."""
        event.prevent_default()
        event.stop()
        start, end = sorted(self.selection)
        self.replace(event.text, start, end)


class Page(TextArea, inherit_bindings=False):
    """A text of several lines; F6 and F7 are left to the screens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in TextArea.BINDINGS if not (isinstance(binding, Binding) and binding.key in _LEFT_ALONE)
    ]

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(editable(text), id=id, soft_wrap=True, tab_behavior="focus")

    def load_text(self, text: str) -> None:
        """Begin with a text that is stored."""
        super().load_text(editable(text))

    def replace(
        self,
        insert: str,
        start: tuple[int, int],
        end: tuple[int, int],
        *,
        maintain_selection_offset: bool = True,
    ) -> EditResult:
        """Put text in the place of other text, as far as there is room."""
        room = max(0, PAGE_LENGTH - len(self.text) + len(self.get_text_range(*sorted((start, end)))))
        allowed = _let_in(self, insert, room, keep_newlines=True)
        return super().replace(allowed, start, end, maintain_selection_offset=maintain_selection_offset)


def _let_in(field: Input | TextArea, text: str, room: int, *, keep_newlines: bool) -> str:
    """Return what gets into a field of a text, and say so if that is not all."""
    allowed = typed(text[: max(room, 1) * _LOOKED_AT], keep_newlines=keep_newlines)
    if len(allowed) > room:
        limit = LINE_LENGTH if isinstance(field, Input) else PAGE_LENGTH
        said = _("This field takes {limit} characters; the rest is left out.").format(limit=limit)
        field.notify(said, severity="warning", markup=False)
    return allowed[:room]
