"""The order of the queue, and how many cases are ahead of a case that arrives."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_EXACT_BITS = 5
"""The leading bits of a count that rounding keeps."""


class QueuePosition(NamedTuple):
    """The sort key of a case in the order of `next`, to the day; smaller keys come first.

    The order must be the same as in `db.queries.forecast_cases`.

    Attributes:
        urgency: 0 for overdue cases, 1 for those due today, 2 for the rest.
        negated_rank: The negated priority rank.
        due_on: The day on which it is due.
    """

    urgency: int
    negated_rank: int
    due_on: date


HELD_POSITION = QueuePosition(-1, 0, date.min)
"""The position of a held case."""


def position_of(due_at: datetime, rank: int, now: datetime, zone: ZoneInfo) -> QueuePosition:
    """Return the position of a queued case that is not held, by its due date and priority."""
    due_on = due_at.astimezone(zone).date()
    if due_at <= now:
        return QueuePosition(0, -rank, due_on)
    return QueuePosition(1 if due_on <= now.astimezone(zone).date() else 2, -rank, due_on)


class QueueSnapshot:
    """How many cases wait at each position, at one time."""

    def __init__(self, waiting: Mapping[QueuePosition, int]) -> None:
        self._waiting = dict(waiting)
        # A cache: few positions are requested, each many times.
        self._count_up_to: dict[QueuePosition, int] = {}

    def ahead(self, position: QueuePosition) -> int:
        """Return how many cases are ahead of a case that arrives at a position, including the cases already there."""
        if position not in self._count_up_to:
            self._count_up_to[position] = sum(count for other, count in self._waiting.items() if other <= position)
        return self._count_up_to[position]

    def join(self, position: QueuePosition, overtaken_count: int = 0) -> int:
        """Add a case at a position, and return how many are ahead of it.

        Args:
            position: The position.
            overtaken_count: How many cases at the position come after the added case. The count may include cases that
                are not in the snapshot, because they were queued later.
        """
        ahead = self.ahead(position) - min(overtaken_count, self._waiting.get(position, 0))
        self._waiting[position] = self._waiting.get(position, 0) + 1
        for other in self._count_up_to:
            if other >= position:
                self._count_up_to[other] += 1
        return ahead


def rounded_count(ahead: int) -> int:
    """Return a count rounded within 3 %, exact below 32, so that similar counts share one forecast."""
    shift = max(ahead.bit_length() - _EXACT_BITS, 0)
    return (ahead >> shift << shift) + (1 << shift >> 1)
