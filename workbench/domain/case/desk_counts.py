"""The counts in the header of the desk."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """The counts in the header of the desk, for one person; `to_reopen` and `appeals` are 0 except for supervisors.

    `measures_overdue` counts the numbers that should be barred or restored by now, `letters_overdue` the letters that
    should be sent; both are 0 except for supervisors and admins. `decided_today` counts the person's verdicts of today,
    `median_s` is the median of the seconds from claim to verdict. `assigned` counts the queued cases assigned to the
    person; `put_aside` has those put aside and not given back by `next`, the first to return first. With
    `is_clock_wrong` the machine's clock is before the newest event.
    """

    queued: int
    due_today: int
    overdue: int
    held_by_me: int
    to_check: int
    to_reopen: int = 0
    appeals: int = 0
    assigned: int = 0
    put_aside: tuple[tuple[int, datetime], ...] = ()
    measures_overdue: int = 0
    letters_overdue: int = 0
    decided_today: int = 0
    median_s: float | None = None
    is_clock_wrong: bool = False

    def aside(self, now: datetime) -> tuple[tuple[int, datetime], ...]:
        """Return the cases that are still put aside, each with its time."""
        return tuple((case_id, until) for case_id, until in self.put_aside if until > now)

    def back(self, now: datetime) -> tuple[int, ...]:
        """Return the cases whose time aside is over."""
        return tuple(case_id for case_id, until in self.put_aside if until <= now)
