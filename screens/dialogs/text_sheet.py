"""Dialogs that show a page of text, such as the keys or a letter."""

from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.shell.base_screen import BoxDialog
from screens.widgets.safe_text import FittedText, Static, key_hints
from workbench.i18n import _
from workbench.keys.registry import HELP

PageLines = Callable[[int], list[Content]]
"""Returns the lines of a page for a width in cells."""

_COPY_WIDTH = 100
"""The line width of a copied page, whatever the width of the window."""

Result = TypeVar("Result")


class PageDialog(BoxDialog[Result]):
    """A dialog with a page of lines that scrolls."""

    # The room of the scroll bar is always kept, because its appearance would wrap and lay out the page again.
    DEFAULT_CSS = "PageDialog VerticalScroll { scrollbar-gutter: stable; }"
    FRAME_LINES: ClassVar[int] = 5
    """The lines of the dialog besides the page."""

    body = getters.query_one(VerticalScroll)

    def lines(self, width: int) -> list[Content]:
        """Return the lines of the page."""
        raise NotImplementedError

    def page(self, *, can_focus: bool = True) -> VerticalScroll:
        """Return the widget of the page; its height is set before the first layout."""
        page = VerticalScroll(FittedText(self.lines), can_focus=can_focus)
        page.styles.max_height = max(3, self.app.size.height - self.FRAME_LINES)
        return page

    def on_resize(self) -> None:
        self.body.styles.max_height = max(3, self.size.height - self.FRAME_LINES)

    async def text_to_copy(self) -> str | None:
        """Return the text of the page."""
        return "\n".join(line.plain.rstrip() for line in self.lines(_COPY_WIDTH)).strip() or None

    def draw(self) -> None:
        """Draw the page again."""
        self.query_one(FittedText).refresh(layout=True)


class TextSheet(PageDialog[None]):
    """Shows lines under a title; Esc, q, ? and Enter close it."""

    DEFAULT_CSS = """
    TextSheet > Vertical { width: 92; max-height: 100%; }
    TextSheet #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding(",".join(("q", "enter", *HELP.keys)), "back", show=False)]

    def __init__(self, title: str, lines: PageLines, *keys: tuple[str, str]) -> None:
        super().__init__(title)
        self._keys = keys
        self._lines = lru_cache(maxsize=1)(lines)

    def parts(self) -> ComposeResult:
        yield self.page()
        yield Static(key_hints(*self._keys, ("Esc", _("back"))), id="foot", markup=False)

    def lines(self, width: int) -> list[Content]:
        return self._lines(width)
