"""What a case looks like at one of its events: the words and figures that an estimate may lean on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.domain.forecast.learning.event_trace import Attribute, Event, Trace

Path = tuple[str, ...]
"""The last activities, the latest one first."""

PATH_LENGTH = 3

_DAY_S = 86_400
_HOUR_S = 3_600
_WEEK_DAYS = 7
_FIRST_DAY = 3  # 1 January 1970 was a Thursday, the fourth day of the week


@dataclass(frozen=True, slots=True)
class Prefix:
    """The first events of a case, up to one of them."""

    path: Path
    first: str
    figures: tuple[float, ...]
    attributes: dict[str, Attribute]


def prefixes_of(trace: Trace, counted: Sequence[str], offset_s: float) -> Iterator[Prefix]:
    """Yield what the case looked like at each of its events.

    Args:
        trace: The case.
        counted: Activities whose number so far is a figure.
        offset_s: How far local time is ahead of UTC.
    """
    counts: Counter[str] = Counter()
    attributes: dict[str, Attribute] = {}
    before_s = gap_s = 0.0
    path: Path = ()
    for place, event in enumerate(trace.events):
        counts[event.activity] += 1
        if event.attributes:
            attributes = {**attributes, **event.attributes}
        path = (event.activity, *path[: PATH_LENGTH - 1])
        last_gap_s, gap_s = gap_s, event.at_s - before_s if place else 0.0
        before_s = event.at_s
        figures = (
            place,
            event.at_s - trace.began_s,
            gap_s,
            last_gap_s,
            *_local(event, offset_s),
            counts[event.activity],
            place + 1 - len(counts),
            *(counts[activity] for activity in counted),
        )
        yield Prefix(path, trace.events[0].activity, tuple(map(float, figures)), attributes)


def last_prefix(trace: Trace, counted: Sequence[str], offset_s: float) -> Prefix:
    """Return what the case looks like at its last event."""
    *_earlier, last = prefixes_of(trace, counted, offset_s)
    return last


def _local(event: Event, offset_s: float) -> tuple[float, float]:
    """Return the hour of the day, and the day of the week with its fraction, of local time."""
    days = (event.at_s + offset_s) / _DAY_S
    return days % 1 * _DAY_S / _HOUR_S, (days + _FIRST_DAY) % _WEEK_DAYS


def frequent(traces: Iterable[Trace], most: int) -> tuple[str, ...]:
    """Return the activities that happened most, at most so many."""
    times = Counter(event.activity for trace in traces for event in trace.events)
    return tuple(sorted(times, key=lambda activity: (-times[activity], activity))[:most])
