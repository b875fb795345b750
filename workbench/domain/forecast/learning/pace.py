"""Estimates how much faster work is now than in most of the past, from the latest waits of all cases.

Slower work does not lengthen a forecast: the last cases of many logs are incomplete and look slow, and a forecast that
is too long can be wrong by any amount. Instead, the ranges become wider after outcomes outside them.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.event_trace import EventTrace

_RECENT_WAITS = 100
"""The pace at an event is the median of this many waits."""

_WINDOWS_TOGETHER = 10_000
"""The medians that are computed at once, so that memory does not grow with the log."""

_QUICKEST = 0.25
"""The quickest share of the past; work at that pace still counts as usual."""

_TOLERANCE = 1.1
"""Work counts as quicker only if it is quicker than usual by more than this factor."""


def shortening_factors(traces: Sequence[EventTrace], later: Sequence[EventTrace], until_s: float) -> FloatArray:
    """Return for each event of some cases the factor, at most 1, that shortens its forecast.

    The pace at an event is the median of the latest waits before it, each divided by the median wait after the same
    activity in the past. No later event of any case is used.

    Args:
        traces: All cases of the log.
        later: The cases to forecast.
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
    # Before the first waits, work has its usual pace: the logarithm of 1 is 0.
    padded = np.concatenate([np.zeros(_RECENT_WAITS), np.log(ratio)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _RECENT_WAITS)
    # In parts, because a median copies its windows.
    parts = np.array_split(windows, len(windows) // _WINDOWS_TOGETHER + 1)
    log_slowness = np.concatenate([np.median(part, axis=1) for part in parts])
    in_past = log_slowness[: int(np.searchsorted(ended_s, until_s)) + 1]
    asked_s = np.array([event.at_s for trace in later for event in trace.events])
    log_factor = log_slowness[np.searchsorted(ended_s, asked_s)] - np.quantile(in_past, _QUICKEST) + np.log(_TOLERANCE)
    return np.asarray(np.exp(np.minimum(log_factor, 0)))
