"""Generated cases, calendars and suspensions, and a reference clock that counts minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from hypothesis import strategies as st

from db.enums import CaseState, DayStatus
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar
from workbench.domain.clock.clock import ClockEvent
from workbench.domain.clock.spans import NEVER, TimeSpan
from workbench.domain.clock.suspension import Suspension

MINUTE = timedelta(minutes=1)
FIRST = datetime(2026, 9, 21, tzinfo=UTC)
_HOURS = (
    ((time(9), time(12)), (time(13), time(18))),
    ((time(8, 30), time(17, 30)),),
    ((time(9), time(11)), (time(11, 30), time(13)), (time(20), time(22))),
)
_ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")


@dataclass(frozen=True)
class GeneratedCase:
    """A generated case that was received, paused and suspended within some weeks, in full minutes."""

    calendar: WorkingCalendar
    received_at: datetime
    days: int
    pauses: tuple[TimeSpan, ...]
    suspensions: tuple[Suspension, ...]

    @cached_property
    def events(self) -> tuple[ClockEvent, ...]:
        """The pauses as log events."""
        found: list[ClockEvent] = []
        for pause in self.pauses:
            found.append(ClockEvent(at=pause.start, action="decide", state=CaseState.PENDING, runs=False))
            if not pause.is_open:
                found.append(ClockEvent(at=pause.end, action="answer", state=CaseState.QUEUED, runs=True))
        return tuple(found)


def minutes(span: timedelta) -> int:
    """Draw a timedelta of full minutes."""
    return span // MINUTE


@st.composite
def calendars(draw: st.DrawFn, days: int = 60) -> WorkingCalendar:
    """Draw a calendar of some weeks around FIRST with random days off and working weekends."""
    first = (FIRST - timedelta(days=7)).date()
    # Bits of integers are drawn much faster than sets. One day in four is off, one in eight is a working weekend.
    bits = st.integers(0, 2**days - 1)
    off = draw(bits) & draw(bits)
    worked = draw(bits) & draw(bits) & draw(bits)
    return WorkingCalendar(
        (_day(first + timedelta(days=at), bool(off >> at & 1), bool(worked >> at & 1)) for at in range(days)),
        hours=draw(st.sampled_from(_HOURS)),
        zone=draw(st.sampled_from(_ZONES)),
    )


def _day(on: date, is_off: bool, is_worked: bool) -> CalendarDay:
    working = is_worked or (on.weekday() < 5 and not is_off)
    kind = DayKind.WORKDAY if working else DayKind.HOLIDAY
    return CalendarDay(on=on, working=working, kind=kind, name="", status=DayStatus.OFFICIAL)


def instants(days: int = 21) -> st.SearchStrategy[datetime]:
    """Draw an instant of some days, in full minutes."""
    return st.integers(0, days * 24 * 60).map(lambda at: FIRST + at * MINUTE)


@st.composite
def cases(draw: st.DrawFn) -> GeneratedCase:
    """Draw a case with successive pauses and suspensions at any time."""
    received = draw(instants(7))
    edges = sorted(draw(st.lists(instants(21).filter(lambda at: at >= received), max_size=6)))
    pauses = [TimeSpan(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2 and draw(st.booleans()):
        pauses.append(TimeSpan(edges[-1]))
    stops = draw(st.lists(st.tuples(instants(30), instants(30)), max_size=3))
    return GeneratedCase(
        calendar=draw(calendars()),
        received_at=received,
        days=draw(st.integers(1, 10)),
        pauses=tuple(pauses),
        suspensions=tuple(
            Suspension(id=number, span=TimeSpan(min(pair), max(pair)), reason="x")
            for number, pair in enumerate(stops)
            if pair[0] != pair[1]
        ),
    )


class ReferenceClock:
    """Counts working time minute by minute; it uses only the days and hours of the calendar."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar

    def works(self, at: datetime) -> bool:
        """Return whether the minute that begins at an instant is working time."""
        local = at.astimezone(self.calendar.zone)
        inside = any(opens <= local.time() < closes for opens, closes in self.calendar.hours)
        return inside and self.calendar.day(local.date()).working

    def due_at(self, made: GeneratedCase) -> datetime:
        """Return when a case is due, by counting every minute."""
        day_zero, counted = self._day_zero(made.received_at)
        due_day, left = day_zero, made.days
        while left:
            due_day += timedelta(days=1)
            left -= self.calendar.day(due_day).working
        due = datetime.combine(due_day, self.calendar.hours[-1][1], tzinfo=self.calendar.zone).astimezone(UTC)
        over = [span for span in made.pauses if not span.is_open]
        due = self._moved(due, sum(self._lost(counted, over)))
        for stop in _joined([one.span for one in made.suspensions]):
            begun = max(stop.start, counted)
            if begun < due and begun < stop.end:
                due = self._moved(due, sum(self._lost(counted, [stop], made.pauses)))
        return due

    def _day_zero(self, received_at: datetime) -> tuple[date, datetime]:
        """Return day 0, and the instant on it from which the case counts."""
        opens, closes = self.calendar.hours[0][0], self.calendar.hours[-1][1]
        local = received_at.astimezone(self.calendar.zone)
        day = local.date()
        if self.calendar.day(day).working and opens <= local.time() <= closes:
            return day, received_at
        if not self.calendar.day(day).working or local.time() > closes:
            day += timedelta(days=1)
            while not self.calendar.day(day).working:
                day += timedelta(days=1)
        return day, datetime.combine(day, opens, tzinfo=self.calendar.zone).astimezone(UTC)

    def _lost(self, counted: datetime, spans: Sequence[TimeSpan], less: Sequence[TimeSpan] = ()) -> list[bool]:
        """Return the working time of the case in some spans that is not in other spans."""
        lost: dict[datetime, bool] = {}
        for span in spans:
            at = span.start
            while at < span.end:
                outside = not any(other.start <= at < other.end for other in less)
                lost[at] = at >= counted and outside and self.works(at)
                at += MINUTE
        return list(lost.values())

    def _moved(self, due: datetime, by: int) -> datetime:
        """Return the instant a number of working minutes later; an instant at closing stays there."""
        while by:
            by -= self.works(due)
            due += MINUTE
        return due


def _joined(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Merge spans that touch or overlap."""
    found: list[TimeSpan] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = TimeSpan(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


__all__ = ["FIRST", "MINUTE", "NEVER", "GeneratedCase", "ReferenceClock", "calendars", "cases", "instants", "minutes"]
