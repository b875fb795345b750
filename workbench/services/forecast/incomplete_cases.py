"""Where cases would stand in the queue that are not in it yet, and which wait for work to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlmodel import Session

from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.clock import Budget, clock_state
from workbench.domain.clock.suspension import Suspension, stopped_until
from workbench.domain.forecast.queue.position import QueueSnapshot, position_of
from workbench.services.forecast.queue_snapshot import read_line


@dataclass(frozen=True)
class Coming:
    """The queue as incomplete cases would find it if their documents came now."""

    session: Session
    calendar: WorkingCalendar
    suspensions: Sequence[Suspension]
    now: datetime

    def due_at(self, class_days: int, province: str, agent: str) -> datetime:
        """Return when a case would be due that is promised so many working days."""
        concerned = [one for one in self.suspensions if one.concerns(province, agent)]
        return clock_state(Budget(start=self.now, days=class_days), concerned, self.calendar).due_at

    def ahead(self, due_at: datetime, priority_rank: int) -> int:
        """Return how many would go before a case of this due date and priority."""
        return self._line.ahead(position_of(due_at, priority_rank, self.now, self._zone))

    def stopped_until(self, province: str, agent: str) -> datetime | None:
        """Return until when work on a case is suspended now, None if it is not or nobody knows until when."""
        return stopped_until(self._with_end, province, agent, self.now)

    @cached_property
    def _with_end(self) -> Sequence[Suspension]:
        return [one for one in self.suspensions if not one.span.is_open and one.span.end > self.now]

    @property
    def _zone(self) -> ZoneInfo:
        return self.calendar.zone

    @cached_property
    def _line(self) -> QueueSnapshot:
        return read_line(self.session, self._zone, self.now)
