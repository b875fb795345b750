"""The features of a case at one of its events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent

ActivityPath = tuple[str, ...]
"""The last activities, the latest first."""

PATH_LENGTH = 3
"""The number of last activities that are features."""

_DAY_S = 86_400
_HOUR_S = 3_600
_WEEK_DAYS = 7
_FIRST_DAY = 3  # 1 January 1970 was a Thursday, the fourth day of the week


@dataclass(frozen=True, slots=True)
class TracePrefix:
    """The features of the first events of a case: last activities, first activity, numeric features and attributes."""

    path: ActivityPath
    first: str
    figures: tuple[float, ...]
    attributes: Mapping[str, str]


def prefixes_of(trace: EventTrace, counted: Sequence[str]) -> Iterator[TracePrefix]:
    """Yield the features of a case at each of its events.

    Args:
        trace: The case.
        counted: The activities whose count so far is a feature.
    """
    counts: Counter[str] = Counter()
    before_s = gap_s = 0.0
    path: ActivityPath = ()
    for index, event in enumerate(trace.events):
        counts[event.activity] += 1
        path = (event.activity, *path[: PATH_LENGTH - 1])
        last_gap_s = gap_s
        gap_s = event.at_s - before_s if index else 0.0
        before_s = event.at_s
        figures = (
            index,
            event.at_s - trace.began_s,
            gap_s,
            last_gap_s,
            *_hour_and_weekday(event),
            counts[event.activity],
            index + 1 - len(counts),
            *(counts[activity] for activity in counted),
        )
        yield TracePrefix(path, trace.events[0].activity, tuple(map(float, figures)), trace.attributes)


def last_prefix(trace: EventTrace, counted: Sequence[str]) -> TracePrefix:
    """Return the features of a case at its last event."""
    *_earlier, last = prefixes_of(trace, counted)
    return last


def _hour_and_weekday(event: TraceEvent) -> tuple[float, float]:
    """Return the hour of the day, and the day of the week with its fraction, both in UTC."""
    days = event.at_s / _DAY_S
    return days % 1 * _DAY_S / _HOUR_S, (days + _FIRST_DAY) % _WEEK_DAYS


def most_frequent_activities(traces: Iterable[EventTrace], most: int) -> tuple[str, ...]:
    """Return the most frequent activities, at most `most` of them."""
    counts = Counter(event.activity for trace in traces for event in trace.events)
    return tuple(sorted(counts, key=lambda activity: (-counts[activity], activity))[:most])
