"""A simple clock of a case: opening hours as a list of half days, and sums over them; it shares no code with ours."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALF_DAYS = ((9, 12), (13, 18))
TWO_HOURS_S = 7200
FAR = datetime(2027, 12, 1, tzinfo=UTC)

Interval = tuple[datetime, datetime]


@dataclass
class Hours:
    """The office hours of working days."""

    is_working: Callable[[date], bool]
    known: dict[date, list[Interval]] = field(default_factory=dict)

    def of_day(self, day: date) -> list[Interval]:
        """Return the opening hours of a day."""
        if day not in self.known:
            local = [tuple(datetime.combine(day, time(hour), SHANGHAI) for hour in pair) for pair in HALF_DAYS]
            self.known[day] = [(start, end) for start, end in local] if self.is_working(day) else []
        return self.known[day]

    def since(self, at: datetime) -> Iterator[Interval]:
        """Yield the open hours from an instant on."""
        day = at.astimezone(SHANGHAI).date()
        while True:
            for start, end in self.of_day(day):
                if end > at:
                    yield max(start, at), end
            day += timedelta(days=1)

    def seconds(self, start: datetime, end: datetime) -> float:
        """Return the open seconds of an interval."""
        total = 0.0
        for opened, closed in self.since(start):
            if opened >= end:
                return total
            total += (min(closed, end) - opened).total_seconds()
        return total

    def later(self, at: datetime, seconds: float) -> datetime:
        """Return the instant after some more open seconds."""
        for opened, closed in self.since(at):
            if seconds <= 0:
                break
            length = (closed - opened).total_seconds()
            if seconds <= length:
                return opened + timedelta(seconds=seconds)
            seconds -= length
        return at

    def closing(self, day: date) -> datetime:
        """Return when a working day closes."""
        return self.of_day(day)[-1][1]

    def working_days_after(self, day: date, count: int) -> date:
        """Return the working day that is some working days after a day."""
        for _day in range(count):
            day = self.working_day_from(day + timedelta(days=1))
        return day

    def days_late(self, start: datetime, end: datetime) -> int:
        """Count the working days after that of the first instant, until the second; after closing is the next day."""
        local = start.astimezone(SHANGHAI)
        day, last = self.working_day_from(local.date()), end.astimezone(SHANGHAI).date()
        if day == local.date() and local > self.closing(day):
            day = self.working_days_after(day, 1)
        count = 0
        while (day := self.working_days_after(day, 1)) <= last:
            count += 1
        return count

    def counted(self, at: datetime) -> datetime:
        """Return from when the office counts an instant: at night, from the next opening."""
        day = at.astimezone(SHANGHAI).date()
        if not self.is_working(day) or at > self.closing(day):
            day = self.working_day_from(day + timedelta(days=1))
        return max(at, self.of_day(day)[0][0])

    def moved(self, at: datetime, lost: Iterable[Interval]) -> datetime:
        """Return a deadline after lost time, which is in order and without overlaps; it is not within that time."""
        for start, end in lost:
            if start >= at:
                break
            seconds = self.seconds(start, end)
            at = self.later(at, seconds) if seconds else at
            at = self.counted(end) if at < end else at
        return at

    def leaving_time(self, at: datetime, now: datetime) -> datetime:
        """Return a deadline that leaves two open hours after a letter of now."""
        earliest = self.later(now, TWO_HOURS_S)
        return at if at >= earliest else self.closing(earliest.astimezone(SHANGHAI).date())

    def working_day_from(self, day: date) -> date:
        """Return a day, or the next working one."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class CaseClock:
    """The clock of one case; an end of None is not known yet."""

    start: datetime
    days: int
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    extended_s: float = 0.0
    cap_days: int | None = None

    def paused(self, at: datetime) -> "CaseClock":
        """Return this clock with a pause that begins, unless it is paused already."""
        if self.pauses and self.pauses[-1][1] is None:
            return self
        return replace(self, pauses=(*self.pauses, (at, None)))

    def resumed(self, at: datetime) -> "CaseClock":
        """Return this clock with its open pause ended."""
        if not self.pauses or self.pauses[-1][1] is not None:
            return self
        start = self.pauses[-1][0]
        return replace(self, pauses=(*self.pauses[:-1], (start, max(start, at))))

    def due_at(self, hours: Hours, suspensions: Iterable[tuple[datetime, datetime | None]]) -> datetime:
        """Return when the case is due."""
        received = self.start.astimezone(SHANGHAI)
        day = received.date()
        if not hours.is_working(day) or received > hours.closing(day):
            day = hours.working_day_from(day + timedelta(days=1))
        counted = max(received, hours.of_day(day)[0][0])
        for _day in range(self.days):
            day = hours.working_day_from(day + timedelta(days=1))
        moved = sum(hours.seconds(max(start, counted), end) for start, end in self.pauses if end and end > counted)
        due = hours.later(hours.closing(day), moved + self.extended_s)
        for start, end in united((max(start, counted), end) for start, end in suspensions if end and end > counted):
            if start < due:
                lost = hours.seconds(start, end)
                for begin, finish in united((begin, finish or FAR) for begin, finish in self.pauses):
                    lost -= hours.seconds(max(begin, start), max(min(finish, end), begin, start))
                due = hours.later(due, lost)
        if self.cap_days is not None:
            last = received.date() + timedelta(days=self.cap_days)
            while not hours.is_working(last):
                last -= timedelta(days=1)
            due = min(due, hours.closing(last))
        return due


def closing_of(day: str) -> datetime:
    """Return when a working day closes, given as a text."""
    return datetime.combine(date.fromisoformat(day), time(HALF_DAYS[-1][1]), SHANGHAI)


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """Return intervals without overlaps, in order."""
    united: list[Interval] = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        elif end > start:
            united.append((start, end))
    return united
