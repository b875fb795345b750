"""Generated cases, calendars and suspensions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from hypothesis import strategies as st

from db.enums import CaseState, DayStatus
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar
from workbench.domain.clock.clock import ClockEvent
from workbench.domain.clock.spans import TimeSpan
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
def calendars(draw: st.DrawFn, days: int = 60, *, is_plain: bool = False) -> WorkingCalendar:
    """Draw a calendar of some weeks around FIRST with random days off and working weekends, a plain one in Shanghai."""
    first = (FIRST - timedelta(days=7)).date()
    # Bits of integers are drawn much faster than sets. One day in four is off, one in eight is a working weekend.
    bits = st.integers(0, 2**days - 1)
    off = draw(bits) & draw(bits)
    worked = draw(bits) & draw(bits) & draw(bits)
    return WorkingCalendar(
        (_day(first + timedelta(days=at), bool(off >> at & 1), bool(worked >> at & 1)) for at in range(days)),
        hours=draw(st.sampled_from(_HOURS[:1] if is_plain else _HOURS)),
        zone=draw(st.sampled_from(_ZONES[:1] if is_plain else _ZONES)),
    )


def _day(on: date, is_off: bool, is_worked: bool) -> CalendarDay:
    working = is_worked or (on.weekday() < 5 and not is_off)
    kind = DayKind.WORKDAY if working else DayKind.HOLIDAY
    return CalendarDay(on=on, working=working, kind=kind, name="", status=DayStatus.OFFICIAL)


def instants(days: int = 21) -> st.SearchStrategy[datetime]:
    """Draw an instant of some days, in full minutes."""
    return st.integers(0, days * 24 * 60).map(lambda at: FIRST + at * MINUTE)


@st.composite
def cases(draw: st.DrawFn, *, is_plain: bool = False) -> GeneratedCase:
    """Draw a case with successive pauses and suspensions at any time."""
    received = draw(instants(7))
    edges = sorted(draw(st.lists(instants(21).filter(lambda at: at >= received), max_size=6)))
    pauses = [TimeSpan(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2 and draw(st.booleans()):
        pauses.append(TimeSpan(edges[-1]))
    stops = draw(st.lists(st.tuples(instants(30), instants(30)), max_size=3))
    return GeneratedCase(
        calendar=draw(calendars(is_plain=is_plain)),
        received_at=received,
        days=draw(st.integers(1, 10)),
        pauses=tuple(pauses),
        suspensions=tuple(
            Suspension(id=number, span=TimeSpan(min(pair), max(pair)), reason="x")
            for number, pair in enumerate(stops)
            if pair[0] != pair[1]
        ),
    )
