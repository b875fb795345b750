"""The events of a case as an event log records them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One event of a case; `at_s` is the instant in seconds since 1970 in UTC."""

    activity: str
    at_s: float


@dataclass(frozen=True, slots=True)
class EventTrace:
    """The events of one case in order, at least one, and the attributes of the case."""

    case: str
    events: tuple[TraceEvent, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def began_s(self) -> float:
        """The instant of the first event."""
        return self.events[0].at_s

    @property
    def ended_s(self) -> float:
        """The instant of the last event so far."""
        return self.events[-1].at_s

    def until(self, at_s: float) -> "EventTrace":
        """Return the trace as it was known at an instant, which may be without events."""
        return replace(self, events=tuple(event for event in self.events if event.at_s < at_s))


def sorted_trace(case: str, events: list[TraceEvent]) -> EventTrace:
    """Return a trace of events sorted by time. Events of the same instant keep the order given."""
    return EventTrace(case, tuple(sorted(events, key=lambda event: event.at_s)))
