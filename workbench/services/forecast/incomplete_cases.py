"""Computes the positions of incomplete cases if they were queued now, and when suspended work on them resumes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.columns import from_us, to_us
from db.queries import forecast_cases
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import ClockBudget, clock_state
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.forecast.queue.position import HELD_POSITION, QueuePosition, QueueSnapshot, position_of


@dataclass(frozen=True)
class IncompleteCases:
    """The queue for incomplete cases, as if their documents came now."""

    session: Session
    calendar: WorkingCalendar
    suspensions: Sequence[Suspension]
    now: datetime

    def due_at(self, class_days: int, province: str, agent: str) -> datetime:
        """Return the due date of a case whose service class has `class_days` working days."""
        concerned = [one for one in self.suspensions if one.concerns(province, agent)]
        return clock_state(ClockBudget(start=self.now, days=class_days), concerned, self.calendar).due_at

    def ahead(self, due_at: datetime, priority_rank: int) -> int:
        """Return how many cases would be ahead of a case with this due date and priority."""
        return self._queue.ahead(position_of(due_at, priority_rank, self.now, self.calendar.zone))

    def stopped_until(self, province: str, agent: str) -> datetime | None:
        """Return when suspended work on a case resumes, None if it is not suspended or its end is unknown."""
        return stopped_until(self._suspensions_with_end, province, agent, self.now)

    @cached_property
    def _suspensions_with_end(self) -> Sequence[Suspension]:
        return [one for one in self.suspensions if not one.span.is_open and one.span.end > self.now]

    @cached_property
    def _queue(self) -> QueueSnapshot:
        return read_queue(self.session, self.calendar.zone, self.now)


def read_queue(session: Session, zone: ZoneInfo, now: datetime) -> QueueSnapshot:
    """Return how many published cases are queued or in review now, by their positions in the order of `next`."""
    waiting: Counter[QueuePosition] = Counter()
    for row in forecast_cases.queue_counts(session, to_us(now)):
        position = HELD_POSITION if row.held else position_of(from_us(row.due_at or 0), row.priority_rank, now, zone)
        waiting[position] += row.waiting
    return QueueSnapshot(waiting)
