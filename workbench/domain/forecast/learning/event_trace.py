"""The events of a case as an event log records them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Attribute = str | float
"""An attribute of an event: text is a category, a number is a quantity."""

_NO_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case; `at_s` is the instant in seconds since 1970 in UTC.

    Attributes hold from this event on, until a later event of the case changes them.
    """

    activity: str
    at_s: float
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: _NO_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Trace:
    """The events of one case in order; there is at least one."""

    case: str
    events: tuple[Event, ...]

    @property
    def began_s(self) -> float:
        """The instant of the first event."""
        return self.events[0].at_s

    @property
    def ended_s(self) -> float:
        """The instant of the last event so far."""
        return self.events[-1].at_s

    @property
    def lasted_s(self) -> float:
        """The time from the first event to the last, in seconds."""
        return self.ended_s - self.began_s

    def until(self, at_s: float) -> "Trace":
        """Return the trace as it was known at an instant, which may be without events."""
        return Trace(self.case, tuple(event for event in self.events if event.at_s < at_s))


def sorted_trace(case: str, events: list[Event]) -> Trace:
    """Return a trace of events sorted by time. Events of the same instant keep the order given."""
    return Trace(case, tuple(sorted(events, key=lambda event: event.at_s)))
