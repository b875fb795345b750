"""Safe text for widgets: it interprets no markup, removes control characters, and is drawn again only if it changes."""

import re
from collections.abc import Callable, Sequence

from textual import widgets
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.visual import VisualType

from workbench.domain.text.safe import cells, fit, safe
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.settings.symbols import for_terminal

MUTED = "$text-muted"
BOLD = "bold"
ERROR = "$text-error bold"
WARNING = "$text-warning"
INFO = "$text-primary"
SUCCESS = "$text-success"
ACCENT = "$text-accent"

_GAP = re.compile(r" {2,}")

GAP_CELLS = 3
"""The blanks between the parts of a flowing line."""

Part = tuple[str, str]
"""A text and its style."""


def plain(text: str, style: str = "") -> Content:
    """Return stored text as one line without markup and control characters."""
    shown = for_terminal(safe(text))
    return Content.styled(shown, style) if style else Content(shown)


def paragraphs(text: str) -> Content:
    """Return stored text with its line breaks."""
    return Content(for_terminal(safe(text, keep_newlines=True)))


def editable(text: str) -> str:
    """Return stored text for a text field, which would draw control characters as they are."""
    return safe(text, keep_newlines=True)


def as_single_line(text: str) -> str:
    """Return stored text for a text field of one line."""
    return " ".join(safe(line) for line in text.splitlines())


def joined(*parts: Part) -> Content:
    """Return the parts joined, each cleaned and in its style."""
    return Content.assemble(*((for_terminal(safe(text)), style) for text, style in parts if text))


def key_hints(*hints: tuple[str, str]) -> Content:
    """Return keys, each followed by what it does."""
    return Content("   ").join(joined((key, f"{ACCENT} bold"), (f" {label}", MUTED)) for key, label in hints)


def flowing(parts: Sequence[Content], width: int) -> list[Content]:
    """Return parts side by side, in as many lines as they need."""
    lines = [parts[0]]
    for part in parts[1:]:
        if lines[-1].cell_length + GAP_CELLS + part.cell_length > width:
            lines.append(part)
        else:
            lines[-1] = Content.assemble(lines[-1], " " * GAP_CELLS, part)
    return lines


def row(left: Content, right: Content, width: int) -> Content:
    """Return a line with content at both ends; if the width is too small, the left content is cut."""
    room = width - right.cell_length - (1 if right.cell_length else 0)
    if room <= 0:
        return _cut_short(left, width)
    left = _cut_short(left, room)
    return Content.assemble(left, " " * (width - left.cell_length - right.cell_length), right)


def _cut_short(content: Content, width: int) -> Content:
    """Return content cut to `width` cells, with an ellipsis if it was cut."""
    if content.cell_length <= width:
        return content
    ellipsis = Content(for_terminal("…"))
    room = width - ellipsis.cell_length
    return Content.assemble(content.truncate(room), ellipsis) if room > 0 else content.truncate(max(0, width))


def wrapped(text: str, width: int) -> list[str]:
    """Return stored text wrapped to lines of `width` cells, at blanks if possible."""
    lines: list[str] = []
    for paragraph in for_terminal(safe(text, keep_newlines=True)).replace("\t", " ").split("\n"):
        lines += wrap_paragraph(paragraph, max(2, width))
    return lines or [""]


def wrapped_lines(text: str, width: int, style: str = "") -> list[Content]:
    """Return stored text wrapped to lines of `width` cells, in a style."""
    return [plain(line, style) for line in wrapped(text, width)]


def wrapped_content(content: Content, width: int) -> list[Content]:
    """Return content in its styles wrapped to lines of `width` cells, in the same way as `wrapped`."""
    lines: list[Content] = []
    for paragraph in content.split("\n", allow_blank=True):
        start, text = 0, paragraph.plain
        for part in wrap_paragraph(text, max(2, width)):
            start = text.index(part, start)
            lines.append(paragraph[start : start + len(part)])
            start += len(part)
    return lines


def hanging(label: Sequence[Part], text: str, width: int, style: str = "") -> list[Content]:
    """Return a label and a text beside it; the lines of the wrapped text start in the same column."""
    indent = sum(cells(part) for part, _style in label)
    first, *rest = wrapped(text, width - indent)
    return [joined(*label, (first, style)), *(joined((" " * indent, ""), (line, style)) for line in rest)]


def fitted(text: str, width: int) -> str:
    """Return stored text cut to `width` cells."""
    return fit(for_terminal(safe(text)), max(0, width), for_terminal("…"))


def row_text(line: str) -> str:
    """Return a drawn line without its padding, with a tab between its columns."""
    return _GAP.sub("\t", line.strip())


class Static(widgets.Static):
    """A static text that ignores equal content, because each update lays out the whole screen."""

    # A plain reactive: the layout sets this size, and Textual would lay out the screen again for the change.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        if not _is_same(self.content, content):
            super().update(content, layout=layout)


class FittedText(Static):
    """A text that is made for the width that the layout gives it, so that it is drawn in the same frame."""

    def __init__(self, lines: Callable[[int], Sequence[Content]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._lines = lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - the signature is Textual's
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))


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
