"""The display numbers of cases (C-000123), decisions (D-), imports (B-), inquiries (I-) and requests (R-)."""

import re
import unicodedata

from workbench.domain.text.mask import mask_digits_within
from workbench.domain.text.safe import safe
from workbench.errors import NotFound
from workbench.i18n import _

# At most 18 digits, so that the number fits into a database integer.
_NUMBER = re.compile(r"([BCDIR])-0*([1-9][0-9]{0,17})")
_QUOTED_CELLS = 40


def format_case(number: int) -> str:
    """Return the display number of a case: C-000123."""
    return f"C-{number:06}"


def format_decision(number: int) -> str:
    """Return the display number of a decision: D-000123."""
    return f"D-{number:06}"


def format_batch(number: int) -> str:
    """Return the display number of an import: B-000123."""
    return f"B-{number:06}"


def format_request(number: int) -> str:
    """Return the display number of a request for roles: R-000123."""
    return f"R-{number:06}"


def format_inquiry(number: int) -> str:
    """Return the display number of an inquiry: I-000123."""
    return f"I-{number:06}"


def _number(text: str, letter: str, refusal: str) -> int:
    """Return the number after the prefix. Letter case, full width, blanks and leading zeros do not matter."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if match is None or match[1] != letter:
        raise NotFound(refusal.format(text=quoted_masked(text)))
    return int(match[2])


def quoted_masked(text: str) -> str:
    """Return typed text for an error message. Numbers are masked, since a user may paste an ID number by mistake."""
    return safe(mask_digits_within(text), limit=_QUOTED_CELLS)


def parse_case(text: str) -> int:
    """Return the number in C-000123.

    Raises:
        NotFound: If the text is not a case number; application numbers are not accepted.
    """
    return _number(text, "C", _('"{text}" is not a case number; cases look like C-000123.'))


def is_case(text: str) -> bool:
    """Say whether a text is a case number with its prefix."""
    try:
        return parse_case(text) > 0
    except NotFound:
        return False


def parse_decision(text: str) -> int:
    """Return the number in D-000123.

    Raises:
        NotFound: If the text is not a decision number.
    """
    return _number(text, "D", _('"{text}" is not a decision number; decisions look like D-000123.'))


def parse_batch(text: str) -> int:
    """Return the number in B-000123.

    Raises:
        NotFound: If the text is not a batch number.
    """
    return _number(text, "B", _('"{text}" is not a batch number; batches look like B-000123.'))


def parse_inquiry(text: str) -> int:
    """Return the number in I-000123.

    Raises:
        NotFound: If the text is not the number of an inquiry.
    """
    return _number(text, "I", _('"{text}" is not the number of an inquiry; inquiries look like I-000123.'))


def parse_request(text: str) -> int:
    """Return the number in R-000123.

    Raises:
        NotFound: If the text is not the number of a request.
    """
    return _number(text, "R", _('"{text}" is not the number of a request; requests look like R-000123.'))
