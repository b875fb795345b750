"""Checks of the texts and days that a person enters."""

from datetime import date, timedelta

from workbench.errors import WrongUsage
from workbench.i18n import _

REASON_LENGTH = 500
"""The maximum length of a reason in characters, so that a letter that quotes it fits on a page."""

MAX_DAYS_AHEAD = 366
"""How many days ahead a due date or a suspension may be set; a later day is refused as a typing error."""


def check_not_blank(text: str, missing: str) -> None:
    """Refuse a blank text with the message `missing`.

    Raises:
        WrongUsage: If the text is blank.
    """
    if not text.strip():
        raise WrongUsage(missing)


def checked_reason(reason: str, missing: str, max_length: int | None = REASON_LENGTH) -> str:
    """Return a reason without surrounding blanks; a blank one is refused with the message `missing`.

    Raises:
        WrongUsage: If the reason is blank or too long.
    """
    check_not_blank(reason, missing)
    text = reason.strip()
    if max_length is not None and len(text) > max_length:
        raise WrongUsage(_("The reason has at most {most} characters; shorten it.").format(most=max_length))
    return text


def far_day_problem(day: date, today: date) -> str | None:
    """Return the refusal of a day that is more than `MAX_DAYS_AHEAD` ahead of today, None if it is not."""
    last_day = today + timedelta(days=MAX_DAYS_AHEAD)
    if day <= last_day:
        return None
    message = _("{day} is more than {count} days ahead; give a day until {most}.")
    return message.format(day=day.isoformat(), count=MAX_DAYS_AHEAD, most=last_day.isoformat())


def check_not_far(day: date, today: date) -> None:
    """Refuse a day that is too far ahead of today.

    Raises:
        WrongUsage: If it is more than `MAX_DAYS_AHEAD` ahead.
    """
    if problem := far_day_problem(day, today):
        raise WrongUsage(problem)
