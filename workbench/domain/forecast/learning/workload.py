"""The workload at each event: how many other cases are open, begin and have events, and how slow work is."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.event_trace import Attribute, Event, Trace

OPEN = "load: open cases"
SAME = "load: cases at the same activity"
BEGUN = "load: cases begun of late"
EVENTS = "load: events of late"
WORKLOAD_NAMES = frozenset({OPEN, SAME, BEGUN, EVENTS})

_WINDOW_QUANTILE = 0.95

_RECENT_WAITS = 100
_TOLERANCE = 1.1
"""How much the pace may leave the range of the past before it counts."""


@dataclass
class _OpenCases:
    """The open cases at the current event of the log, except those without an event within the window.

    `continue_share` is the share of each activity's events that do not end their case.
    """

    window_s: float
    continue_share: dict[str, float]
    last_event: dict[int, tuple[str, float]] = field(default_factory=dict)
    count_at: Counter[str] = field(default_factory=Counter)
    open: float = 0.0
    begun: deque[float] = field(default_factory=deque)
    events: deque[tuple[float, int]] = field(default_factory=deque)

    def record(self, case: int, event: Event, *, is_first: bool) -> dict[str, Attribute]:
        """Record an event, and return the workload without the case of the event."""
        self._drop_before(event.at_s - self.window_s)
        self._remove(case)
        activity = event.activity
        load: dict[str, Attribute] = {
            OPEN: self.open,
            SAME: float(self.count_at[activity]),
            BEGUN: float(len(self.begun)),
            EVENTS: float(len(self.events)),
        }
        self.last_event[case] = (activity, event.at_s)
        self.count_at[activity] += 1
        self.open += self.continue_share.get(activity, 1.0)
        self.events.append((event.at_s, case))
        if is_first:
            self.begun.append(event.at_s)
        return load

    def _remove(self, case: int) -> None:
        """Remove a case from its last activity."""
        if case in self.last_event:
            activity, _at_s = self.last_event.pop(case)
            self.count_at[activity] -= 1
            self.open -= self.continue_share.get(activity, 1.0)

    def _drop_before(self, before_s: float) -> None:
        while self.begun and self.begun[0] < before_s:
            self.begun.popleft()
        while self.events and self.events[0][0] < before_s:
            at_s, case = self.events.popleft()
            if case in self.last_event and self.last_event[case][1] == at_s:
                self._remove(case)


class WorkloadFeatures:
    """Adds the workload to events, as attributes.

    It learns from finished cases how often each activity ends a case, and how long cases last.
    """

    def __init__(self, finished: Sequence[Trace]) -> None:
        happened = Counter(event.activity for trace in finished for event in trace.events)
        ended = Counter(trace.events[-1].activity for trace in finished)
        self._continue_share = {activity: 1 - ended[activity] / times for activity, times in happened.items()}
        self._window_s = float(np.quantile([trace.lasted_s for trace in finished], _WINDOW_QUANTILE))

    def with_workload(self, traces: Sequence[Trace]) -> Iterator[Trace]:
        """Yield the traces with the workload at each event; no later event of any case is used."""
        entries = sorted(
            (event.at_s, case, index) for case, trace in enumerate(traces) for index, event in enumerate(trace.events)
        )
        open_cases = _OpenCases(self._window_s, self._continue_share)
        events_by_case: list[list[Event]] = [[] for _trace in traces]
        for _at_s, case, index in entries:
            event = traces[case].events[index]
            load = open_cases.record(case, event, is_first=index == 0)
            events_by_case[case].append(Event(event.activity, event.at_s, {**event.attributes, **load}))
        for trace, events in zip(traces, events_by_case, strict=True):
            yield Trace(trace.case, tuple(events))


def slowdowns(traces: Sequence[Trace], later: Sequence[Trace], until_s: float) -> FloatArray:
    """Return how much slower work is at each event of some cases than it ever was before an instant; 1 if it is not.

    The pace at an event is the median of the latest waits before it, each divided by the median wait after the same
    activity in the past. Values below 1 mean faster. No later event of any case is used.

    Args:
        traces: All cases of the log.
        later: The cases asked about.
        until_s: The end of the past.
    """
    waits = sorted(
        (event.at_s, before.activity, event.at_s - before.at_s)
        for trace in traces
        for before, event in pairwise(trace.events)
        if event.at_s > before.at_s
    )
    past: dict[str, list[float]] = {}
    for at_s, activity, wait_s in waits:
        if at_s < until_s:
            past.setdefault(activity, []).append(wait_s)
    usual_s = {activity: float(np.median(times)) for activity, times in past.items()}
    known = [(at_s, wait_s / usual_s[activity]) for at_s, activity, wait_s in waits if activity in usual_s]
    ended_s, ratio = np.array(known).reshape(-1, 2).T
    padded = np.concatenate([np.zeros(_RECENT_WAITS), np.log(ratio)])
    pace = np.median(np.lib.stride_tricks.sliding_window_view(padded, _RECENT_WAITS), axis=1)
    usual = pace[: int(np.searchsorted(ended_s, until_s)) + 1]
    asked_s = np.array([event.at_s for trace in later for event in trace.events])
    now = pace[np.searchsorted(ended_s, asked_s)]
    beyond = now - np.clip(now, usual.min() - np.log(_TOLERANCE), usual.max() + np.log(_TOLERANCE))
    return np.asarray(np.exp(beyond))
