"""Splits an event log by time into a past to fit to and later cases to test on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, FloatArray, IntArray
from workbench.domain.forecast.learning.event_trace import EventTrace

PERCENT_LEARNT = 60
"""The percentage of the cases that a backtest learns from; the later ones test what it learnt."""

_OPENS_AT = 0.01
"""The window of observation opens when this share of the cases has ended."""


@dataclass(frozen=True, slots=True)
class KnownPast:
    """Everything known at an instant: the finished cases, and the events so far of the open ones."""

    until_s: float
    finished: tuple[EventTrace, ...]
    open: tuple[EventTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """All events known at an instant, case by case in order, as parallel arrays.

    Attributes:
        until_s: The instant.
        case: The number of each event's case.
        activity: The code of each event's activity.
        at_s: The instant of each event.
        ended_s: The end of each event's case, infinite if the case is open.
    """

    until_s: float
    case: IntArray
    activity: IntArray
    at_s: FloatArray
    ended_s: FloatArray

    @classmethod
    def of(cls, past: KnownPast) -> Self:
        """Return the events of a past: those of the finished cases, then those of the open ones."""
        traces = (*past.finished, *past.open)
        codes: dict[str, int] = {}
        activity = [codes.setdefault(event.activity, len(codes)) for trace in traces for event in trace.events]
        ends_s = np.array([*(trace.ended_s for trace in past.finished), *(np.inf for _trace in past.open)])
        case = np.repeat(np.arange(len(traces)), [len(trace.events) for trace in traces])
        at_s = np.array([event.at_s for trace in traces for event in trace.events])
        return cls(past.until_s, case, np.array(activity), at_s, ends_s[case])

    @property
    def is_over(self) -> BoolArray:
        """Whether the case of each event is over."""
        return np.isfinite(self.ended_s)

    @property
    def is_last(self) -> BoolArray:
        """Whether each event is the last known one of its case."""
        return np.append(self.case[1:] != self.case[:-1], True)

    @property
    def opened_s(self) -> float:
        """When the window of observation opens: when 1 % of the cases have ended.

        A log may contain earlier events only for the cases that lasted until then.
        """
        ended_s = self.ended_s[self.is_last & self.is_over]
        return float(np.quantile(ended_s, _OPENS_AT)) if len(ended_s) else self.until_s

    @property
    def is_in_window(self) -> BoolArray:
        """Whether each event is in the window of observation."""
        return self.at_s >= self.opened_s


@dataclass(frozen=True, slots=True)
class LogSplit:
    """A past to fit to, and the cases that began after it."""

    past: KnownPast
    later: tuple[EventTrace, ...]


def split_log(traces: Sequence[EventTrace], percent: int = PERCENT_LEARNT) -> LogSplit | None:
    """Split a log at the first event of the first later case; cases are ordered by their first event.

    Cases that began at the same instant keep the order given. A case that began earlier and was not over before that
    instant is open: only its events before that instant are known.

    Args:
        traces: The cases of the log.
        percent: How many percent of the cases are the first ones.

    Returns:
        The parts, or None if no case is left after the first ones.
    """
    ordered = sorted(traces, key=lambda trace: trace.began_s)
    count = len(ordered) * percent // 100
    if count == len(ordered):
        return None
    earlier, later = ordered[:count], ordered[count:]
    until_s = later[0].began_s
    finished = tuple(trace for trace in earlier if trace.ended_s < until_s)
    still_open = (trace.until(until_s) for trace in earlier if trace.ended_s >= until_s)
    return LogSplit(KnownPast(until_s, finished, tuple(part for part in still_open if part.events)), tuple(later))
