"""The reasons that people give for what they do to a promise."""

from workbench.errors import WrongUsage
from workbench.i18n import _

REASON_LENGTH = 500
"""The most characters of a reason: a letter that quotes it stays a page."""


def checked_reason(reason: str, missing: str) -> str:
    """Return a reason without surrounding blanks.

    Raises:
        WrongUsage: If nothing is said, told by the sentence `missing`, or too much.
    """
    said = reason.strip()
    if not said:
        raise WrongUsage(missing)
    if len(said) > REASON_LENGTH:
        raise WrongUsage(_("The reason has at most {most} characters; shorten it.").format(most=REASON_LENGTH))
    return said
