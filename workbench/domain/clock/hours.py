"""The working hours of a day: ordered intervals, written as 09:00-12:00,13:00-18:00."""

import re
import unicodedata
from datetime import time

from workbench.errors import BadConfiguration
from workbench.i18n import _

Hours = tuple[tuple[time, time], ...]
"""The intervals of work in the order of the day; a day off has none."""

MOST_INTERVALS = 8
"""The most intervals of work on one day."""

_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def checked_hours(hours: Hours) -> Hours:
    """Return the working hours if their intervals are in order and do not overlap.

    Raises:
        BadConfiguration: If they are empty, overlap or run backwards.
    """
    if not hours:
        raise BadConfiguration(_("The working hours are empty; give at least one interval such as 09:00-18:00."))
    edges = [edge for interval in hours for edge in interval]
    is_reversed = any(opens >= closes for opens, closes in hours)
    if is_reversed or edges != sorted(edges):
        shown = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)
        message = _("The working hours {hours} overlap or run backwards; put them in the order of the day.")
        raise BadConfiguration(message.format(hours=shown))
    return hours


def parse_hours(text: str) -> Hours:
    """Return hours written as 09:00-12:00 or 09:00-12:00,13:00-18:00; full-width characters are accepted.

    Raises:
        BadConfiguration: If the text is not hours, or they overlap or run backwards.
    """
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace("–", "-").replace(" ", "")
    parts = plain.split(",")
    matches = [_INTERVAL.fullmatch(part) for part in parts]
    if not all(matches) or len(parts) > MOST_INTERVALS or not plain.isascii():
        raise BadConfiguration(_unreadable(text))
    try:
        hours = tuple(
            (time(int(part[1]), int(part[2])), time(int(part[3]), int(part[4]))) for part in matches if part is not None
        )
    except ValueError:
        raise BadConfiguration(_unreadable(text)) from None
    return checked_hours(hours)


def format_hours(hours: Hours) -> str:
    """Return hours in the form that `parse_hours` reads, without blanks; an empty text for a day off."""
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


def _unreadable(text: str) -> str:
    message = _("“{value}” is not valid as working hours; write them like 09:00-12:00 or 09:00-12:00,13:00-18:00.")
    return message.format(value=text[:40])
