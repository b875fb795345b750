"""The queue as a case that comes sees it: how many go before."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_EXACT_BITS = 5


class QueuePosition(NamedTuple):
    """Where a case stands in the order of `next`, to the day; the smaller goes before.

    `urgency` is 0 for what is overdue, 1 for what is due today, 2 for the rest; `behind` is the priority, the
    highest the smallest.
    """

    urgency: int
    behind: int
    due_on: date


HELD = QueuePosition(-1, 0, date.min)
"""The place of a case that somebody has before them already."""


def place_of(due_at: datetime, rank: int, now: datetime, zone: ZoneInfo) -> QueuePosition:
    """Return the place of a queued case that nobody holds, by its due date and its priority."""
    due_on = due_at.astimezone(zone).date()
    if due_at <= now:
        return QueuePosition(0, -rank, due_on)
    return QueuePosition(1 if due_on <= now.astimezone(zone).date() else 2, -rank, due_on)


class QueueSnapshot:
    """How many wait at each place, and how many are before a place."""

    def __init__(self, waiting: Mapping[QueuePosition, int]) -> None:
        self._waiting = dict(waiting)
        # Few places are asked for, each of them many times.
        self._up_to: dict[QueuePosition, int] = {}

    def ahead(self, place: QueuePosition) -> int:
        """Return how many go before who comes to a place now: all that have it already, too."""
        if place not in self._up_to:
            self._up_to[place] = sum(count for other, count in self._waiting.items() if other <= place)
        return self._up_to[place]

    def join(self, place: QueuePosition) -> int:
        """Let one more wait at a place, and return how many are ahead of it."""
        ahead = self.ahead(place)
        self._waiting[place] = self._waiting.get(place, 0) + 1
        for other in self._behind(place):
            self._up_to[other] += 1
        return ahead

    def _behind(self, place: QueuePosition) -> Iterator[QueuePosition]:
        return (other for other in self._up_to if other >= place)


def about(ahead: int) -> int:
    """Return a number near to how many are ahead, one of few: exact while they are few, else within 3 %."""
    shift = max(ahead.bit_length() - _EXACT_BITS, 0)
    return (ahead >> shift << shift) + (1 << shift >> 1)
