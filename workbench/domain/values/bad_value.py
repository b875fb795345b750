"""The error about a value that cannot be imported, and the outline of a value for messages."""

import re

from workbench.errors import BadData
from workbench.i18n import ngettext

_LETTER_OR_DIGIT = r"[\dA-Za-zＡ-Ｚａ-ｚ]"
_NUMBER = re.compile(rf"(?<!{_LETTER_OR_DIGIT}){_LETTER_OR_DIGIT}*\d{{7}}{_LETTER_OR_DIGIT}*")


class BadValue(BadData):
    """A value that cannot be imported; the message says how to fix it, and quotes the value in place of `{value}`.

    `outlined` is the message for reports about files, with an outline in place of the value: a wrong column may contain
    personal values.
    """

    def __init__(self, sentence: str, value: str | None = None, **others: str) -> None:
        self.outlined = sentence if value is None else sentence.format(value=outline_of(value), **others)
        super().__init__(sentence if value is None else sentence.format(value=value, **others))


def outline_of(value: str) -> str:
    """Return the first and last character of a value and its length; of two characters only the first."""
    last = value[-1] if len(value) > 2 else ""  # noqa: PLR2004 - two characters are a whole name
    outline = ngettext("{first}…{last} ({count} character)", "{first}…{last} ({count} characters)", len(value))
    return outline.format(first=value[:1], last=last, count=len(value))


def with_outlined_numbers(message: str) -> str:
    """Return a message in which each number of seven or more digits, with letters around it, is outlined."""
    return _NUMBER.sub(lambda match: outline_of(match[0]), message)
