"""Splits an event log by time into a past to fit to and later cases to test on."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.forecast.learning.event_trace import Trace

_TENTHS_LEARNT = 6


@dataclass(frozen=True, slots=True)
class Past:
    """Everything known at an instant: the finished cases, and when each case began, finished or not.

    An open case contributes only its start.
    """

    until_s: float
    finished: tuple[Trace, ...]
    starts_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A past to fit to, and the cases that began after it."""

    past: Past
    later: tuple[Trace, ...]


def split(traces: Sequence[Trace]) -> Split | None:
    """Split a log when the last 40 % of the cases begin, in the order of their first events.

    Cases that began at the same instant keep the order given. An earlier case that was not over at the split
    contributes only its start (`starts_s`), since its end was not known then.

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
    """Split a past again in the same way, for choices that must not use later cases.

    Returns:
        The parts, or None if the past is too short.
    """
    count = len(past.starts_s) * _TENTHS_LEARNT // 10
    if not count:
        return None
    starts = sorted(past.starts_s)
    until_s = starts[count]
    finished = tuple(trace for trace in past.finished if trace.ended_s < until_s)
    later = tuple(trace for trace in past.finished if trace.began_s >= until_s)
    return Split(Past(until_s, finished, tuple(starts[:count])), later)
