"""The one door for text on its way into a widget: brackets stay brackets, controls stay out of the terminal."""

from textual.content import Content

from workbench.domain.text import cells, fit, safe

FAINT = "$text-muted"
STRONG = "bold"
BAD = "$text-error bold"
UNEASY = "$text-warning"
TOLD = "$text-primary"
FINE = "$text-success"
MINE = "$text-accent"

Part = tuple[str, str]
"""A text and its style."""


def plain(text: str, style: str = "") -> Content:
    """Return stored text in one line, so that no character of it acts."""
    return Content.styled(safe(text), style) if style else Content(safe(text))


def paragraphs(text: str) -> Content:
    """Return stored text with its line breaks."""
    return Content(safe(text, keep_newlines=True))


def editable(text: str) -> str:
    """Return stored text for a field that takes text; fields draw what they are given."""
    return safe(text, keep_newlines=True)


def joined(*parts: Part) -> Content:
    """Return parts one behind the other, each in its style and each through the door."""
    return Content.assemble(*((safe(text), style) for text, style in parts if text))


def row(left: Content, right: Content, width: int) -> Content:
    """Return a line with something at both ends; the left end gives way where it is narrow."""
    room = width - right.cell_length - (1 if right.cell_length else 0)
    if room <= 0:
        return left.truncate(width, ellipsis=True)
    if left.cell_length > room:
        left = left.truncate(room, ellipsis=True)
    gap = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * max(0, gap), right)


def wrapped(text: str, width: int) -> list[str]:
    """Return stored text cut into lines of so many cells, at blanks where there are any."""
    lines: list[str] = []
    for paragraph in safe(text, keep_newlines=True).replace("\t", " ").split("\n"):
        lines += _cut(paragraph, max(2, width))
    return lines or [""]


def _cut(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    rest = paragraph
    while cells(rest) > width:
        head = _head(rest, width)
        blank = head.rfind(" ")
        # A blank in the second half is a good place to break; Chinese has none and breaks anywhere.
        cut = blank if blank > len(head) // 2 and rest[len(head) : len(head) + 1].isascii() else len(head)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def _head(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += cells(char)
        if taken > width:
            return text[: max(1, index)]
    return text


def fitted(text: str, width: int) -> str:
    """Return stored text in at most so many cells."""
    return fit(safe(text), max(0, width))
