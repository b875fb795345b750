"""How much there was to do at each event: what the other cases of the log were doing just then."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.domain.forecast.learning.event_trace import Attribute, Event, Trace

OPEN = "load: open cases"
SAME = "load: cases at the same activity"
BEGUN = "load: cases begun of late"
EVENTS = "load: events of late"
NAMES = frozenset({OPEN, SAME, BEGUN, EVENTS})

_WINDOW_QUANTILE = 0.95


@dataclass
class _Desk:
    """What lies on the desk while the log is walked through; cases without any event for a window are forgotten."""

    window_s: float
    goes_on: dict[str, float]
    at: dict[int, tuple[str, float]] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)
    open: float = 0.0
    begun: deque[float] = field(default_factory=deque)
    events: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, case: int, event: Event, *, is_first: bool) -> dict[str, Attribute]:
        """Take an event, and return the load without this case."""
        self._forget(event.at_s - self.window_s)
        self._leave(case)
        activity = event.activity
        load: dict[str, Attribute] = {
            OPEN: self.open,
            SAME: float(self.count.get(activity, 0)),
            BEGUN: float(len(self.begun)),
            EVENTS: float(len(self.events)),
        }
        self.at[case] = (activity, event.at_s)
        self.count[activity] = self.count.get(activity, 0) + 1
        self.open += self.goes_on.get(activity, 1.0)
        self.events.append((event.at_s, case))
        if is_first:
            self.begun.append(event.at_s)
        return load

    def _leave(self, case: int) -> None:
        """Take a case away from where it was."""
        if case in self.at:
            activity, _at_s = self.at.pop(case)
            self.count[activity] -= 1
            self.open -= self.goes_on.get(activity, 1.0)

    def _forget(self, before_s: float) -> None:
        while self.begun and self.begun[0] < before_s:
            self.begun.popleft()
        while self.events and self.events[0][0] < before_s:
            at_s, case = self.events.popleft()
            if case in self.at and self.at[case][1] == at_s:
                self._leave(case)


class Load:
    """Adds the load to each event; learnt from finished cases: which activities end one, and how long cases last."""

    def __init__(self, finished: Sequence[Trace]) -> None:
        happened: dict[str, int] = {}
        ended: dict[str, int] = {}
        for trace in finished:
            for event in trace.events:
                happened[event.activity] = happened.get(event.activity, 0) + 1
            last = trace.events[-1].activity
            ended[last] = ended.get(last, 0) + 1
        self._goes_on = {activity: 1 - ended.get(activity, 0) / times for activity, times in happened.items()}
        self._window_s = float(np.quantile([trace.lasted_s for trace in finished], _WINDOW_QUANTILE))

    def added(self, traces: Sequence[Trace]) -> Iterator[Trace]:
        """Yield the traces with the load as attributes of each event; it leans on no later event of any case."""
        places = [
            (event.at_s, case, place) for case, trace in enumerate(traces) for place, event in enumerate(trace.events)
        ]
        places.sort()
        desk = _Desk(self._window_s, self._goes_on)
        loaded: list[list[Event]] = [[] for _trace in traces]
        for _at_s, case, place in places:
            event = traces[case].events[place]
            load = desk.take(case, event, is_first=place == 0)
            loaded[case].append(Event(event.activity, event.at_s, {**event.attributes, **load}))
        for trace, events in zip(traces, loaded, strict=True):
            yield Trace(trace.case, tuple(events))
