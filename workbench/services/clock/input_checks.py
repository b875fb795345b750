"""What is checked of the reason and the day that a person gives for a change of a due date or a suspension."""

from datetime import date, timedelta

from workbench.errors import WrongUsage
from workbench.i18n import _

REASON_LENGTH = 500
"""The most characters of a reason: a letter that quotes it stays a page."""

MOST_DAYS = 366
"""So far ahead a due date or a suspension may be set; what is farther was mistyped."""


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


def check_not_far(day: date, today: date) -> None:
    """Refuse a day that is too far ahead of today.

    Raises:
        WrongUsage: If it is more than `MOST_DAYS` ahead.
    """
    most = today + timedelta(days=MOST_DAYS)
    if day > most:
        raise WrongUsage(
            _("{day} is more than {count} days ahead; give a day until {most}.").format(
                day=day.isoformat(), count=MOST_DAYS, most=most.isoformat()
            )
        )
