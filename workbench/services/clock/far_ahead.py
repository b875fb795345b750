"""Days that are too far ahead to be meant."""

from datetime import date, timedelta

from workbench.errors import WrongUsage
from workbench.i18n import _

MOST_DAYS = 366
"""So far ahead a due date or a suspension may be set; what is farther was mistyped."""


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
