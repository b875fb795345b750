"""What of a log may be learnt from, and what tests it: the past and what began after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.forecast.learning.event_trace import Trace

_TENTHS_LEARNT = 6


@dataclass(frozen=True, slots=True)
class Past:
    """All that is known at an instant: the cases that are over, and when each case began, over or not.

    The cases that are still open show nothing but that they began; their course is not learnt from.
    """

    until_s: float
    finished: tuple[Trace, ...]
    begun_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A past to learn from, and the cases that began when it ended."""

    past: Past
    later: tuple[Trace, ...]


def split(traces: Sequence[Trace]) -> Split | None:
    """Cut a log at the first event of the case after the first 60 % of cases, ordered by their first event.

    Cases that began at the same instant stay in the order given. A case of the first 60 % that was not over before
    that instant belongs to neither part: to learn from its end would be to learn from the future.

    Returns:
        The parts, or None if no case is left after the first 60 %.
    """
    ordered = sorted(traces, key=lambda trace: trace.began_s)
    count = len(ordered) * _TENTHS_LEARNT // 10
    if count == len(ordered):
        return None
    earlier, later = ordered[:count], ordered[count:]
    until_s = later[0].began_s
    finished = tuple(trace for trace in earlier if trace.ended_s < until_s)
    return Split(Past(until_s, finished, tuple(trace.began_s for trace in earlier)), tuple(later))


def earlier_split(past: Past) -> Split | None:
    """Cut a past once more, in the same way: for choices that must not look at what comes after it.

    Returns:
        The parts, or None if the past is too short to be cut.
    """
    count = len(past.begun_s) * _TENTHS_LEARNT // 10
    if not count:
        return None
    begun = sorted(past.begun_s)
    until_s = begun[count]
    finished = tuple(trace for trace in past.finished if trace.ended_s < until_s)
    later = tuple(trace for trace in past.finished if trace.began_s >= until_s)
    return Split(Past(until_s, finished, tuple(begun[:count])), later)
