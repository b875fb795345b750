"""Reads how many cases wait at each position of the queue, without importing the forecast model."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.columns import from_us, to_us
from db.queries import forecast_cases
from workbench.domain.forecast.queue.position import HELD_POSITION, QueuePosition, QueueSnapshot, position_of


def read_queue(session: Session, zone: ZoneInfo, now: datetime) -> QueueSnapshot:
    """Return how many published cases are queued or in review now, by their positions in the order of `next`."""
    waiting: Counter[QueuePosition] = Counter()
    for row in forecast_cases.queue_counts(session, to_us(now)):
        position = HELD_POSITION if row.held else position_of(from_us(row.due_at or 0), row.priority_rank, now, zone)
        waiting[position] += row.waiting
    return QueueSnapshot(waiting)
