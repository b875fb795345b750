"""The numbers that people say to each other: C-000123 for a case, D- for a decision, B- for an import."""

import re
import unicodedata

from workbench.domain.text.mask import mask_digits_within
from workbench.domain.text.safe import safe
from workbench.errors import NotFound
from workbench.i18n import _

# More digits than a database counts to are no number of ours.
_NUMBER = re.compile(r"([CDB])-0*([1-9][0-9]{0,17})")
_SHOWN_CELLS = 40


def format_case(number: int) -> str:
    """Return the number of a case as people say it: C-000123."""
    return f"C-{number:06}"


def format_decision(number: int) -> str:
    """Return the number of a decision as people say it: D-000123."""
    return f"D-{number:06}"


def format_batch(number: int) -> str:
    """Return the number of an import as people say it: B-000123."""
    return f"B-{number:06}"


def _number(text: str, letter: str) -> int | None:
    """Return what stands behind a prefix, whatever the letter case, width, blanks and leading zeros."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return int(match[2]) if match and match[1] == letter else None


def _quoted(text: str) -> str:
    """Return what was typed as an error may repeat it: someone's ID number may have been pasted there."""
    return safe(mask_digits_within(text), limit=_SHOWN_CELLS)


def parse_case(text: str) -> int:
    """Return the number behind C-000123, however it is written.

    Raises:
        NotFound: If it is no case number; an application's number is none.
    """
    number = _number(text, "C")
    if number is None:
        raise NotFound(_('"{text}" is not a case number; cases look like C-000123.').format(text=_quoted(text)))
    return number


def parse_batch(text: str) -> int:
    """Return the number behind B-000123, however it is written.

    Raises:
        NotFound: If it is no batch number.
    """
    number = _number(text, "B")
    if number is None:
        raise NotFound(_('"{text}" is not a batch number; batches look like B-000123.').format(text=_quoted(text)))
    return number
