"""Checks of the texts and days that a person enters."""

from datetime import date, timedelta

from workbench.errors import WrongUsage
from workbench.i18n import _

REASON_LENGTH = 500
"""The most characters of a reason, so that a letter that quotes it fits on a page."""

MOST_DAYS = 366
"""How many days ahead a due date or a suspension may be set; a later day is refused as a typing error."""


def check_not_blank(text: str, missing: str) -> None:
    """Refuse a text that is blank.

    Raises:
        WrongUsage: If it is blank, with the message `missing`.
    """
    if not text.strip():
        raise WrongUsage(missing)


def checked_reason(reason: str, missing: str, most: int | None = REASON_LENGTH) -> str:
    """Return a reason without surrounding blanks.

    Raises:
        WrongUsage: If it is empty (with the message `missing`) or too long.
    """
    check_not_blank(reason, missing)
    text = reason.strip()
    if most is not None and len(text) > most:
        raise WrongUsage(_("The reason has at most {most} characters; shorten it.").format(most=most))
    return text


def far_day_problem(day: date, today: date) -> str | None:
    """Return why a day is refused if it is more than `MOST_DAYS` ahead of today, else None."""
    most = today + timedelta(days=MOST_DAYS)
    if day <= most:
        return None
    message = _("{day} is more than {count} days ahead; give a day until {most}.")
    return message.format(day=day.isoformat(), count=MOST_DAYS, most=most.isoformat())


def check_not_far(day: date, today: date) -> None:
    """Refuse a day that is too far ahead of today.

    Raises:
        WrongUsage: If it is more than `MOST_DAYS` ahead.
    """
    if problem := far_day_problem(day, today):
        raise WrongUsage(problem)
