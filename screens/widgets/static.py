"""A text that is drawn and laid out again only when it changes."""

from textual import widgets
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.visual import VisualType


class Static(widgets.Static):
    """A static text of Textual; the layout of a whole screen follows each of its updates."""

    # Its size follows from its text; Textual would lay out the screen again after the layout that gave the size.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        if not _is_same(self.content, content):
            super().update(content, layout=layout)


def _is_same(one: VisualType, other: VisualType) -> bool:
    """Say whether two contents have the same text in the same styles."""
    if isinstance(one, Content) and isinstance(other, Content):
        return one.is_same(other)
    return isinstance(one, str) and one == other
