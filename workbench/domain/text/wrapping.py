"""Wraps texts to lines, Chinese and English."""

from workbench.domain.text.cells import cells

_NEVER_FIRST = frozenset("。，、；：？！）》」』】”’…％")
"""Characters that must not start a line of Chinese. Source: GB/T 15834, 5.1."""


def wrapped_paragraph(paragraph: str, width: int) -> list[str]:
    """Return a text without line ends as lines of at most `width` cells, cut at blanks if possible."""
    lines: list[str] = []
    rest = paragraph
    while cells(rest) > width:
        head = _head(rest, width)
        blank = head.rfind(" ")
        # Break at a blank in the second half of the line; Chinese has no blanks and breaks anywhere.
        cut = (
            blank
            if blank > len(head) // 2 and rest[len(head) : len(head) + 1].isascii()
            else _before_punctuation(rest, len(head))
        )
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def _before_punctuation(text: str, cut: int) -> int:
    """Return the index to cut at, moved left so that no line starts with closing punctuation."""
    earlier = cut
    while earlier > 1 and text[earlier] in _NEVER_FIRST:
        earlier -= 1
    return earlier if text[earlier] not in _NEVER_FIRST else cut


def _head(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += cells(char)
        if taken > width:
            return text[: max(1, index)]
    return text
