"""A text that is drawn and laid out again only when it changes."""

from textual import widgets
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.visual import VisualType

from screens.widgets.safe_text import plain, wrapped_content


class Static(widgets.Static):
    """A static text that ignores equal content, because each update lays out the whole screen."""

    # A plain reactive: the layout sets this size, and Textual would lay out the screen again for the change.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        if not _is_same(self.content, content):
            super().update(content, layout=layout)


class WrappedText(Static):
    """Sentences that are wrapped as in the panels; Textual would break Chinese only at blanks."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - the signature is Textual's
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        content = self.content
        return wrapped_content(content if isinstance(content, Content) else plain(str(content)), width)


def _is_same(old: VisualType, new: VisualType) -> bool:
    """Return whether two contents have the same text in the same styles."""
    if isinstance(old, Content) and isinstance(new, Content):
        return old.is_same(new)
    return isinstance(old, str) and old == new
